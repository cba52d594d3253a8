import { ENGLISH, LANGUAGES, render } from './message.words.js';

/** That something is there for a person on their own page, and not what: their telephone may be read by others. */
export const pageNews = (language: string, publicUrl: string): string =>
  render('client.page_news.text', { link: publicUrl }, LANGUAGES.includes(language) ? language : ENGLISH)
    .text;
