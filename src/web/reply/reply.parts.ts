import type { OnwardVerb } from '../../onward-referrals/onward.lifecycle.js';
import type { OnwardState } from '../../onward-referrals/onward.types.js';
import type { FieldProblem, Refusal } from '../../platform/errors/refusal.js';
import type { Key, Speech } from '../words/speech.js';

/** A small form as a group filled it in, with what is wrong with it. */
export interface SmallForm {
  values: Record<string, string>;
  errors: { field: string; text: string; href: string }[];
}
export const NO_FORM: SmallForm = { values: {}, errors: [] };

const BOXES: Partial<Record<string, string>> = {
  sessionOn: 'day',
  fullUntil: 'until',
  closedUntil: 'until',
  diedOn: 'day',
};

/** A date is one field to those below, and three boxes on a page. */
export const toForm = ({ field, message }: FieldProblem) => {
  const box = BOXES[field] ?? field;
  return { field: box, text: message, href: `#${box}` };
};

/** What those below us say of a day that cannot be: in English as they do, and as our own form does in other languages. */
export function inSpeech(problem: FieldProblem, { language, t }: Speech): FieldProblem {
  if (language === 'en' || !['sessionOn', 'diedOn'].includes(problem.field)) return problem;
  return { ...problem, message: t('reply.session.wrong') };
}

/** What was typed, with what a refusal says is wrong with it. */
export function refusedForm(values: Record<string, string>, refusal: Refusal, speech: Speech): SmallForm {
  const errors = (refusal.extra['errors'] as FieldProblem[] | undefined) ?? [];
  return { values, errors: errors.map((problem) => toForm(inSpeech(problem, speech))) };
}

/** What is wrong with each field, for the field itself. */
export const wrongIn = (errors: SmallForm['errors']) =>
  Object.fromEntries(errors.map(({ field, text }) => [field, text]));

/** Where things stand when somebody has said the same already. */
const ALREADY: Partial<Record<string, readonly OnwardState[]>> = {
  yes: ['accepted', 'started'],
  no: ['declined'],
  waitlist: ['waitlisted'],
  finish: ['completed'],
};

/** An answer somebody gave before is no fault of whoever gives it again. */
export const saidBefore = (verb: string, from: unknown): boolean =>
  ALREADY[verb]?.includes(from as OnwardState) ?? false;

/** What a small form asks to do, where that is not always possible. */
const ASKS: Partial<Record<string, OnwardVerb>> = {
  no: 'decline',
  talk: 'talk',
  came: 'attend',
  finish: 'complete',
};

/** Whether a small form asks for something that can be done now; if not, the first page says what can. */
export const canAsk = (form: string, may: Partial<Record<string, boolean>> = {}): boolean => {
  const verb = Object.hasOwn(ASKS, form) ? ASKS[form] : undefined;
  return verb === undefined || may[verb] === true;
};

/** What a page says once something was kept that it does not show otherwise. */
const SAVED: Partial<Record<string, Key>> = {
  yes: 'reply.saved.yes',
  signed: 'common.saved',
  replaced: 'reply.saved.replaced',
  part: 'reply.saved.part',
  undone: 'reply.saved.undone',
  'not-reached': 'reply.saved.notReached',
};

export function noticeOf(saved: unknown, { t }: Speech): { notice?: string } {
  const said = typeof saved === 'string' && Object.hasOwn(SAVED, saved) ? SAVED[saved] : undefined;
  return said === undefined ? {} : { notice: t(said) };
}

/** Of the page that belongs to where things stand. Titles name nobody: they stay in the history of the browser. */
export const TITLES: Partial<Record<string, Key>> = {
  asked: 'reply.title.asked',
  yes: 'reply.title.yes',
  waiting: 'reply.title.waiting',
  'no-said': 'reply.title.noSaid',
  expired: 'reply.title.expired',
  ended: 'reply.title.ended',
  'carries-on': 'reply.title.carriesOn',
  past: 'reply.title.past',
};
