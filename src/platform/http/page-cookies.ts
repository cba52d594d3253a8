import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** `__Host-`: browsers take it only over TLS (or on the machine itself), for this host and the whole of it. */
const SESSION = '__Host-betony';
/** For the forms of those who have not signed in yet. */
const FORM = '__Host-betony-form';

/** Between the two steps of a sign-in: stands for the right password, and is worth nothing without the code. */
const CHALLENGE = '__Host-betony-code';

/** Tells this browser from others. It opens nothing, and stays when somebody signs out. */
const DEVICE = '__Host-betony-device';
const DEVICE_SECONDS = 365 * 86_400;

/** While somebody is away at their organisation to sign in. */
const ORGANISATION = '__Host-betony-organisation';

const KEPT: CookieSerializeOptions = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' };

export const sessionSecret = (request: FastifyRequest): string | null => request.cookies[SESSION] ?? null;

export function keepSession(reply: FastifyReply, secret: string): void {
  // Without a date: it ends with the browser at the latest, and by the session's own rules before that.
  void reply.setCookie(SESSION, secret, KEPT).clearCookie(FORM, KEPT);
}

export function forgetSession(reply: FastifyReply): void {
  void reply.clearCookie(SESSION, KEPT);
}

/** What this browser's forms are tied to: its session, or before there is one a secret of their own. */
export const formSecret = (request: FastifyRequest): string | null =>
  sessionSecret(request) ?? request.cookies[FORM] ?? null;

export function keepFormSecret(reply: FastifyReply, secret: string): void {
  void reply.setCookie(FORM, secret, KEPT);
}

export const challengeToken = (request: FastifyRequest): string | null => request.cookies[CHALLENGE] ?? null;

/** Until the browser is closed; how long it is good for is the challenge's own rule. */
export function keepChallenge(reply: FastifyReply, token: string): void {
  void reply.setCookie(CHALLENGE, token, KEPT);
}

export function forgetChallenge(reply: FastifyReply): void {
  void reply.clearCookie(CHALLENGE, KEPT);
}

export const organisationTicket = (request: FastifyRequest): string | null =>
  request.cookies[ORGANISATION] ?? null;

export function keepOrganisationTicket(reply: FastifyReply, ticket: string): void {
  void reply.setCookie(ORGANISATION, ticket, KEPT);
}

export function forgetOrganisationTicket(reply: FastifyReply): void {
  void reply.clearCookie(ORGANISATION, KEPT);
}

const A_TOKEN = /^[\w-]{43}$/;

export function deviceSecret(request: FastifyRequest): string | null {
  const kept = request.cookies[DEVICE];
  return kept !== undefined && A_TOKEN.test(kept) ? kept : null;
}

export function keepDevice(reply: FastifyReply, secret: string): void {
  void reply.setCookie(DEVICE, secret, { ...KEPT, maxAge: DEVICE_SECONDS });
}
