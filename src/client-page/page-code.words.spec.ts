import { LOCALES } from '../platform/words/locales.js';
import { codeMessage } from './page-code.words.js';

const codeIn = (channel: 'email' | 'text', reads: string | null): string => {
  const said = codeMessage(channel, 'grace@example.org', '123456', 'id', 'betony.example.org', reads);
  return said.channel === 'email' ? `${said.subject}\n${said.text}` : said.text;
};

describe('a code to the page of one’s own', () => {
  it.each([null, 'en', 'so'])('is in English for whoever reads %s', (reads) => {
    expect(codeIn('text', reads)).toMatch(/^Your code is 123456\. It works for \d+ minutes\.$/);
    expect(codeIn('email', reads)).toMatch(/^Your code\nYour code is 123456/);
  });

  it.each(Object.keys(LOCALES).filter((one) => one !== 'en'))(
    'is in %s, and by e-mail in English beneath while a machine wrote it',
    (reads) => {
      const text = codeIn('text', reads);
      expect(text).toContain('123456');
      expect(text).not.toMatch(/code is|minutes/);
      expect(codeIn('email', reads)).toMatch(/123456[^]*\n\nYour code is 123456/);
    },
  );
});
