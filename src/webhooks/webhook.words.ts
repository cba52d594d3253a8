import { type Template, templatesIn } from '../platform/messages/templates.js';

const { render } = templatesIn(new URL('templates', import.meta.url));

/** To an administrator. */
export const offLetter = (facts: { name: string; program: string; link: string }): Template =>
  render('webhook.off', facts);
