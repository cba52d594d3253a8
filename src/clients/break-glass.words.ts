import { type Template, templatesIn } from '../platform/messages/templates.js';

const { render } = templatesIn(new URL('templates', import.meta.url));

/** Neither whose record nor why: the review queue shows that. */
export const openedLetter = (name: string, link: string): Template =>
  render('break_glass.opened', { name, link });
