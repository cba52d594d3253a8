import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FORM_TOKEN, formToken } from '../../platform/http/form-token.js';
import { newId } from '../../platform/pure/ids.js';
import { type Form, hidden, KEPT } from '../layout/forms.js';
import { Pages } from '../layout/pages.js';
import { proofOf } from '../layout/proof.js';
import { inSpeech, NO_FORM, type SmallForm, toForm, wrongIn } from '../reply/reply.parts.js';
import { refusedWords } from '../reply/reply.refusals.js';
import { speechFor } from '../words/choice.js';
import type { Key, Speech } from '../words/speech.js';

const PLACES: readonly { text: Key; href: string }[] = [
  { text: 'ours.nav.referrals', href: '/desk/group/referrals' },
  { text: 'ours.nav.services', href: '/desk/group/services' },
  { text: 'ours.nav.account', href: '/desk/account' },
];

/** What a page shows of the form that came back to it. */
export interface Shown extends Partial<SmallForm> {
  status?: number;
  notice?: string;
}

/**
 * The pages of a group that signs in: those behind its links, with the same words in every language and the same small
 * style sheet, and a row of places around them. They load no script.
 */
@Injectable()
export class GroupFrame {
  constructor(private readonly pages: Pages) {}

  async show(
    reply: FastifyReply,
    template: string,
    data: { title: string; [name: string]: unknown },
    { status = 200, ...shown }: Shown = {},
  ): Promise<void> {
    const address = new URL(reply.request.url, 'http://desk');
    const speech = speechFor(reply.request);
    await this.pages.show(reply, status, template, {
      speech,
      signedIn: PLACES.map(({ text, href }) => ({
        text: speech.t(text),
        href,
        current: address.pathname === href || address.pathname.startsWith(`${href}/`),
      })),
      proof: proofOf({
        [FORM_TOKEN]: formToken(reply),
        _key: newId(),
        [KEPT]: hidden(reply.request.body, KEPT),
      }),
      ...NO_FORM,
      ...shown,
      wrong: wrongIn(shown.errors ?? []),
      ...data,
    });
  }
}

/** A form that comes back: with what was typed, and what is wrong with it or why nothing was done. */
export function cameBack(form: Form, verb: string, speech: Speech): Shown {
  // Whoever was overtaken sends it again knowing what stands there now.
  const version: Record<string, string> =
    form.status === 412 || Number(form.version) === 0 ? {} : { _version: form.version };
  const values = Object.fromEntries(
    Object.entries({ ...form.values, ...version }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
  const problems = Object.entries(form.wrong).map(([field, message]) => ({ field, message }));
  const { refusal, notice } = form;
  return {
    status: form.status,
    values,
    errors: problems.map((problem) => toForm(inSpeech(problem, speech))),
    ...(refusal && notice !== null
      ? {
          notice: refusedWords(verb, { code: refusal.code, message: notice, extra: refusal.details }, speech),
        }
      : {}),
    ...(form.again ? { notice: speech.t('ours.again') } : {}),
  };
}
