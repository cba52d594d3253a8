import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLanguage, LANGUAGES, OWN_NAMES } from './languages.js';
import { type Speech, speechBy } from './speech.js';
import { isStaffLanguage, staffFile, staffLanguages } from './staff/staff-words.js';

/** Says a language and nothing else: who chose it, and for which page, is not in it. */
const COOKIE = 'betony-language';
const YEAR_SECONDS = 365 * 86_400;
export const ASKED = 'lang';

const askedBy = ({ query }: FastifyRequest): unknown =>
  (query as Record<string, unknown> | undefined)?.[ASKED];

/** What was asked for just now, else chosen before in this browser, else known of whoever it is for; else English. */
export const speechFor = (request: FastifyRequest, known: string | null = null): Speech =>
  speechBy(askedBy(request), chosenIn(request), known);

/** The same of staff, whose pages are there in languages of their own. */
export const staffLanguageFor = (request: FastifyRequest): string =>
  [askedBy(request), chosenIn(request)].find(isStaffLanguage) ?? 'en';

/** An address that could not be read is answered before cookies are. */
const chosenIn = ({ cookies }: { cookies?: Record<string, string | undefined> }): string | undefined =>
  cookies?.[COOKIE];

/** A language that was asked for by its link stays chosen for the pages that follow. */
export function keepChoice(reply: FastifyReply, secure: boolean): void {
  const asked = askedBy(reply.request);
  if (!isLanguage(asked)) return;
  void reply.setCookie(COOKIE, asked, {
    path: '/',
    maxAge: YEAR_SECONDS,
    httpOnly: true,
    sameSite: 'lax',
    secure,
  });
}

/** For whoever must leave no trace here. */
export function forgetChoice(reply: FastifyReply): void {
  void reply.clearCookie(COOKIE, { path: '/' });
}

export interface LanguageLink {
  code: string;
  name: string;
  to: string;
  current: boolean;
}

/** The same page in each language. None where the page is the answer to a form: its address alone would not bring it back. */
export const languageLinks = (request: FastifyRequest, { language }: Speech): LanguageLink[] =>
  linksIn(
    request,
    LANGUAGES.map((code) => ({ code, name: OWN_NAMES[code], current: code === language })),
  );

/** The same of a page of staff. */
export const staffLanguageLinks = (request: FastifyRequest): LanguageLink[] =>
  linksIn(
    request,
    staffLanguages().map((code) => ({
      code,
      name: staffFile(code).file.name,
      current: code === staffLanguageFor(request),
    })),
  );

function linksIn({ method, url }: FastifyRequest, languages: Omit<LanguageLink, 'to'>[]): LanguageLink[] {
  if (method !== 'GET') return [];
  const query = url.split('?')[1] ?? '';
  return languages.map((one) => {
    const asked = new URLSearchParams(query);
    asked.set(ASKED, one.code);
    return { ...one, to: `?${asked.toString()}` };
  });
}
