import { type Template, templatesIn } from '../platform/messages/templates.js';
import { CLAIM_LINK_DAYS } from './claim.rules.js';
import type { GroupLetter } from './group-address.rules.js';

const { render } = templatesIn(new URL('templates', import.meta.url));

/** No letter names the group or the person: a mailbox may be read by others. */
export const proveLetter = (link: string, privacy: string): Template =>
  render('claim.prove', { link, privacy, days: String(CLAIM_LINK_DAYS) });

/** To where the group was written to before: it says neither which group nor who came after. */
export const replacedLetter = (privacy: string): GroupLetter => ({
  ...render('claim.replaced', { privacy }),
  texts: [render('claim.replaced.text', { privacy }).text],
});

export const decidedLetter = (approved: boolean, privacy: string): Template =>
  render(approved ? 'claim.approved' : 'claim.refused', { privacy });
