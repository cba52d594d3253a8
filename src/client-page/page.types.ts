import type { ClientActor } from '../platform/actor/actor.types.js';

/** The ways a code is sent. A letter takes days and a call needs somebody who makes it. */
export const CODE_CHANNELS = ['text', 'email'] as const;
export type CodeChannel = (typeof CODE_CHANNELS)[number];

export const ENTERED_BY = ['code', 'link'] as const;
export type EnteredBy = (typeof ENTERED_BY)[number];

/** Somebody on a page: who they are, and what every page says of them. */
export interface Visit {
  actor: ClientActor;
  scheme: string;
  /** What the person is called. */
  name: string;
  /** For forms, so that no other site can send one. */
  formKey: string;
  safetyFlag: boolean;
  /** Whom to ring: the first name of whoever works with them, and a number of the scheme's. */
  worker: string | null;
  phone: string | null;
  /** The code of the language they speak, where it is known. */
  language: string | null;
  until: Date;
}

/** What is known of somebody who may enter, as it decides whether they do. */
export interface VisitorFacts {
  /** Confirmed, and not joined to another record. */
  present: boolean;
  died: boolean;
  closed: boolean;
  safetyFlag: boolean;
  /** With a safety flag: the channel that was tried with them when they asked for a page. */
  askedChannel: CodeChannel | null;
  /** YYYY-MM-DD. */
  bornOn: string;
  /** Below age, on the word of whoever has parental responsibility. */
  parentsDecide: boolean;
  messagesPaused: boolean;
  safeToText: boolean;
  safeToEmail: boolean;
  /** Null where it is the person. */
  supporter: { ended: boolean; mayContact: boolean; items: readonly string[] } | null;
}
