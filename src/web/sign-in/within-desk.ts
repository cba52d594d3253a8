import { isStaffPage } from '../../platform/http/pages.js';

/** Where to go after signing in: only ever to a page of ours. */
export const withinDesk = (next: unknown): string =>
  typeof next === 'string' && isStaffPage(next) && !next.startsWith('/desk/sign-') ? next : '/desk';
