/** Where pages for people are, beside the API: they speak HTML, take forms, and load their own style sheet. */
const PAGES = ['reply', 'claim', 'privacy', 'questions', 'survey', 'tally', 'styles'];

/** For the router, which puts everything else under the API's prefix. */
export const PAGE_ROUTES = PAGES.flatMap((path) => [path, `${path}/*path`]);

const PAGE = new RegExp(`^/(${PAGES.join('|')})([/?]|$)`);
export const isPage = (url: string): boolean => PAGE.test(url);

/** No script at all, nothing inline, nothing from anywhere else, and forms that go nowhere else. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
