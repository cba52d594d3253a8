import { Tokens } from '@fastify/csrf';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formSecret, keepFormSecret } from './page-cookies.js';

export const FORM_TOKEN = '_csrf';

const tokens = new Tokens({ userInfo: false });

/** A token for the forms of one page. Salted, so that no two pages hold the same bytes. */
export function formToken(reply: FastifyReply): string {
  const known = formSecret(reply.request);
  const secret = known ?? tokens.secretSync();
  if (known === null) keepFormSecret(reply, secret);
  return tokens.create(secret);
}

/** Whether it is the token of a form we showed to the same browser. */
export function isOurToken(request: FastifyRequest, given: unknown): boolean {
  const secret = formSecret(request);
  return secret !== null && typeof given === 'string' && tokens.verify(secret, given);
}
