import { createRequire } from 'node:module';
import { planLetter } from '../my/my.pages.js';
import { LANGUAGES } from '../words/languages.js';
import { speechIn } from '../words/speech.js';
import { pdfOf } from './letter.pdf.js';
import { canBeWritten, hasFiles, type Letter, runsOf } from './letter.rules.js';

const letter = (...texts: string[]): Letter => ({ title: 'Title', blocks: texts.map((text) => ({ text })) });

describe('a letter as a file', () => {
  it('is cut where the script changes, and only there', () => {
    expect(runsOf('আপনার Sam ১২')).toEqual([
      { text: 'আপনার', font: 'Bengali' },
      { text: ' Sam ', font: 'Roboto' },
      { text: '১২', font: 'Bengali' },
    ]);
    expect(runsOf('क्षेत्र।')).toEqual([{ text: 'क्षेत्र।', font: 'Devanagari' }]);
    expect(runsOf('Żółć, ŵy, ștefan')).toHaveLength(1);
  });

  it.each([
    ['Arabic', 'شكرا'],
    ['Chinese', '谢谢'],
    ['a picture', 'well 🙂'],
  ])('is not made where somebody’s words are in %s', (_what, words) => {
    expect(canBeWritten(letter('Fine', words))).toBe(false);
    expect(canBeWritten({ title: words, blocks: [] })).toBe(false);
    expect(canBeWritten({ title: '', blocks: [{ list: [words] }] })).toBe(false);
  });

  it('can say all that we say ourselves, in every language that runs from left to right', () => {
    const told = LANGUAGES.filter(hasFiles).flatMap((language) => {
      const { t } = speechIn(language);
      const texts = [
        t('slip.title'),
        t('slip.asked', { organisation: 'A', scheme: 'B' }),
        t('slip.contact'),
        t('slip.safe'),
      ];
      return canBeWritten(letter(...texts)) ? [] : [language];
    });
    expect(told).toEqual([]);
    expect(LANGUAGES.filter((language) => !hasFiles(language))).toEqual(['ur', 'ar']);
  });

  it('of a plan says each goal, each step and each part of it, in the order of its page', () => {
    const plan = {
      goals: [
        {
          words: 'Sing again',
          status: 'Under way',
          steps: [{ id: '1', what: 'Ring', text: 'You: Ring', done: false, mayTick: true }],
        },
      ],
      parts: [{ section: 'strengths', heading: 'Strengths', text: 'Good company' }],
      reviewOn: 'Tuesday 24 November',
    } as unknown as Parameters<typeof planLetter>[0];
    expect(planLetter(plan, 'My plan', speechIn('en'))).toEqual({
      title: 'My plan',
      blocks: [
        { heading: 'Sing again' },
        { text: 'Under way' },
        { list: ['You: Ring'] },
        { heading: 'Strengths' },
        { text: 'Good company' },
        { text: 'We look at it together again on Tuesday 24 November.' },
      ],
    });
  });

  it('is A4, names its language, and holds the letters it needs', async () => {
    const file = (await pdfOf(letter('আপনার পরিকল্পনা', 'Żółć'), 'bn')).toString('latin1');
    expect(file.startsWith('%PDF-')).toBe(true);
    expect(file).toMatch(/\/MediaBox \[0 0 595\.28 841\.89\]/);
    expect(file).toContain('/Lang (bn)');
    expect(file).toContain('NotoSansBengali');
    expect(file).toContain('Roboto');
    expect(file).not.toContain('NotoSansDevanagari');
  });

  it('goes on to a second page, and cuts nothing off', async () => {
    const pages = (file: Buffer): number =>
      file.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;
    expect(pages(await pdfOf(letter('One line'), 'en'))).toBe(1);
    expect(pages(await pdfOf(letter(...Array.from({ length: 60 }, () => 'A line of its own')), 'en'))).toBe(
      3,
    );
  });

  it('has a letter for every character it says it can write', () => {
    const require = createRequire(createRequire(import.meta.url).resolve('pdfmake'));
    const { openSync } = require('fontkit') as {
      openSync: (path: string) => { hasGlyphForCodePoint: (code: number) => boolean };
    };
    const font = openSync(createRequire(import.meta.url).resolve('pdfmake/fonts/Roboto/Roboto-Regular.ttf'));
    const missing = Array.from({ length: 0x2100 }, (_, code) => code).filter(
      (code) =>
        code >= 0x20 &&
        runsOf(String.fromCodePoint(code))[0]?.font === 'Roboto' &&
        !/[\u0964\u0965\u200C\u200D]/.test(String.fromCodePoint(code)) &&
        canBeWritten(letter(String.fromCodePoint(code))) &&
        !font.hasGlyphForCodePoint(code),
    );
    expect(missing).toEqual([]);
  });
});
