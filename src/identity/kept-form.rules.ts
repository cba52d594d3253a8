import { isUuid } from '../platform/pure/ids.js';

/** As a form sent them, by name. */
export type KeptAnswers = Record<string, string | string[]>;

/** Never kept, not even encrypted: what proves who somebody is. */
export const PROOF = /(^|\.)(password|newPassword|code)$/;
const VERSION = '_version';

/** Which of the pages that are open it was typed on, and what that page went on with. */
export interface KeptPage {
  tab: string;
  wentOnWith: string | null;
}

const hidden = (body: unknown, name: string): string => {
  const value = (body as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
};

/** Where drafts are kept: a form says in what it sends there where it is really going. */
export const KEPT_FORMS = '/desk/kept';

/** Where a form was going, by its address or by its own word for it; null where that is no page of the desk. */
export function keptPath(url: string, body: unknown): string | null {
  const [path = ''] = url.split('?', 1);
  const going = path === KEPT_FORMS ? hidden(body, '_path') : path;
  return going.length <= LONGEST_PATH && /^\/desk(\/[\w-]+)+$/.test(going) ? going : null;
}

/** Every address of ours is far shorter. */
const LONGEST_PATH = 500;

/** By the key each page is shown with. */
export const keptPage = (body: unknown): KeptPage => ({
  tab: hidden(body, '_key').slice(0, 64),
  wentOnWith: isUuid(hidden(body, '_kept')) ? hidden(body, '_kept') : null,
});

/**
 * What of a form is worth keeping; null where it was only a button. What is hidden stays out but the version, so that a change
 * meanwhile is seen when somebody goes on with it.
 */
export function worthKeeping(body: unknown): KeptAnswers | null {
  if (typeof body !== 'object' || body === null) return null;
  const kept = Object.entries(body).filter(
    (entry): entry is [string, string | string[]] =>
      (entry[0] === VERSION || !entry[0].startsWith('_')) &&
      !PROOF.test(entry[0]) &&
      (typeof entry[1] === 'string' ||
        (Array.isArray(entry[1]) && entry[1].every((one) => typeof one === 'string'))),
  );
  const typed = kept.some(([name, value]) => name !== VERSION && value.length > 0);
  return typed ? Object.fromEntries(kept) : null;
}

/** A few words by which somebody knows again what they typed. */
export function glimpse(answers: KeptAnswers): string {
  const words = Object.entries(answers)
    .filter(([name, value]) => name !== VERSION && typeof value === 'string' && /\p{L}{2}/u.test(value))
    .map(([, value]) => String(value));
  return words.sort((a, b) => b.length - a.length)[0]?.slice(0, 80) ?? '';
}
