/** Pages for people without an account, who come by a link: they load their own style sheet and no script. */
const OPEN = [
  'reply',
  'claim',
  'privacy',
  'questions',
  'received',
  'survey',
  'tally',
  'my',
  'bank-holidays',
  'find',
  'self-referral',
  'styles',
  'scripts',
  'fonts',
];

/** Where those are who sign in: one place, beside the API's many, so that no address can mean both. */
const DESK = 'desk';

/** For the router, which puts everything else under the API's prefix. */
export const PAGE_ROUTES = [...OPEN, DESK].flatMap((path) => [path, `${path}/*path`]);

const under = (paths: string[]): RegExp => new RegExp(`^/(${paths.join('|')})([/?]|$)`);
const PAGE = under([...OPEN, DESK]);
const STAFF_PAGE = under([DESK]);

/** Pages speak HTML and take forms, where the API speaks JSON. */
export const isPage = (url: string): boolean => PAGE.test(url);

/** Pages that know who is there by the cookie of a session, and whose forms prove where they came from. */
export const isStaffPage = (url: string): boolean => STAFF_PAGE.test(url);

const POLICY =
  "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** No script at all, nothing inline, nothing from anywhere else, and forms that go nowhere else. */
export const PAGE_POLICY = POLICY;

/** The same with the scripts that carry this answer's own number, which may ask us and nobody else. */
export const policyWith = (nonce: string): string =>
  `${POLICY}; script-src 'nonce-${nonce}'; connect-src 'self'`;

/** The same for a map with streets behind it: their pictures come from one other place. */
export const policyWithTiles = (nonce: string, tiles: string): string =>
  policyWith(nonce).replace(/img-src [^;]+/, `$& ${new URL(tiles).origin}`);
