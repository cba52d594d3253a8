import { readFileSync } from 'node:fs';
import { codeLetter, linksLetter, registerLetter } from '../onward-referrals/reply-letter.words.js';
import { replacedLetter } from '../providers/claim.words.js';
import { MOST_SEGMENTS, textSize } from '../platform/messages/text-size.rules.js';
import {
  compose,
  draftNote,
  ENGLISH,
  fitsText,
  type Frame,
  languageFor,
  LANGUAGES,
  render,
  sayAsked,
  sayCourse,
  sayDate,
  sayDay,
  sayEnding,
  sayNext,
  sayTime,
  tellsTooMuch,
  TEMPLATES,
  withoutMeaningless,
} from './message.words.js';
import type { WordsFile } from '../platform/messages/templates.js';
import { LOCALES } from '../platform/words/locales.js';
import { TOLD_AT_ONCE } from './told-at-once.js';
import { taskWords } from './task.types.js';
import { privateWords, WATCHED_LANGUAGES } from '../platform/words/private-words.js';

const ALL = [...TEMPLATES].flatMap(([language, templates]) =>
  [...templates].map(([name, letter]) => ({ language, name, letter })),
);
const usedIn = ({ subject, text }: { subject: string; text: string }) =>
  [...`${subject} ${text}`.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort();

const STANDS = ['asked', 'yes', 'waiting', 'ended'] as const;

describe('templates', () => {
  it('are those the code asks for', () => {
    expect([...TEMPLATES.get(ENGLISH)!.keys()].sort()).toEqual([
      'client.appointment',
      'client.appointment.text',
      'client.appointment_moved',
      'client.appointment_moved.text',
      'client.appointment_off',
      'client.appointment_off.text',
      'client.frame',
      'client.frame.letter',
      'client.frame.text',
      'client.keeper.text',
      'client.measure',
      'client.measure.text',
      'client.measure_link',
      'client.measure_link.text',
      'client.page_news.text',
      'client.questions',
      'client.questions.text',
      'client.questions_link',
      'client.questions_link.text',
      'client.thanks.text',
      'client.unreached',
      'client.unreached.text',
      'client.waiting_list',
      'client.waiting_list.text',
      'client.written',
      'client.written.text',
      'digest',
      'group.assurance_lapsing',
      'group.assurance_lapsing.text',
      'group.do_not_contact',
      'group.do_not_contact.text',
      'group.frame',
      'group.frame.text',
      'group.group_closed',
      'group.group_closed.text',
      'group.how_did_it_go',
      'group.how_did_it_go.text',
      'group.in_touch',
      'group.in_touch.text',
      'group.listing_check',
      'group.listing_check.text',
      'group.no_longer_needed',
      'group.no_longer_needed.text',
      'group.offer_made',
      'group.offer_made.text',
      'group.register_wanted',
      'group.register_wanted.text',
      'group.reply_wanted',
      'group.reply_wanted.text',
      'group.safety_changed',
      'group.safety_changed.text',
      'inbox',
      'notice',
      'notice.text',
      'referrer.closing_summary',
      'referrer.frame',
      'safety.message',
      'weekly',
    ]);
  });

  it.each(ALL)('$language $name carries no word of health, faith or need', ({ language, letter }) => {
    expect(privateWords(`${letter.subject} ${letter.text}`, language)).toEqual([]);
  });

  it.each(ALL)(
    '$language $name puts in only dates, counts, references and our own words',
    ({ name: of, letter }) => {
      const allowed =
        'paragraphs signature count late link reply leave day time reference status why keeper name course next received reached ended waiting words asked subject privacy'.split(
          ' ',
        );
      // Who it is about is put in for an address on the practice's secure list alone.
      if (of === 'safety.message') allowed.push('identity', 'phone');
      // References, and likewise who each is about.
      if (of === 'weekly') allowed.push('news');
      expect(usedIn(letter).filter((word) => !allowed.includes(word))).toEqual([]);
    },
  );

  it.each(ALL.filter(({ language }) => language !== ENGLISH))(
    '$language $name says what the English one does',
    ({ name, letter }) => {
      const english = TEMPLATES.get(ENGLISH)!.get(name);
      expect(english).toBeDefined();
      expect([...new Set(usedIn(letter))]).toEqual([...new Set(usedIn(english!))]);
    },
  );

  it('and what groups get at once, when they ask or somebody else answers, carry none either', () => {
    const answers = STANDS.map(
      (stands) => ({ reference: '-', link: '-', stands, askedOn: '-', first: stands === 'yes' }) as const,
    );
    const fresh = {
      group: '-',
      answers,
      listings: [{ name: '-', link: '-' }],
      more: true,
      signIn: null,
      phone: null,
    };
    const letters = [
      codeLetter('012345'),
      linksLetter(fresh),
      linksLetter({ ...fresh, answers: [], signIn: '-' }),
      linksLetter({ ...fresh, phone: '+447700900123' }),
      registerLetter(`https://betony.example.org/reply/${'x'.repeat(43)}`),
      replacedLetter('-'),
    ];
    for (const { subject, text, texts } of letters) {
      expect(texts.length).toBeGreaterThan(0);
      for (const said of [subject, text, ...texts]) expect(privateWords(said)).toEqual([]);
      for (const said of texts) {
        expect(textSize(said)).toEqual({ alphabet: 'gsm7', segments: expect.any(Number) });
        expect(textSize(said).segments).toBeLessThanOrEqual(MOST_SEGMENTS);
      }
    }
  });

  it('are there in every language that pages are in, for whatever a person is told', () => {
    expect([...LANGUAGES].sort()).toEqual(Object.keys(LOCALES).sort());
    const ofPeople = [...TEMPLATES.get(ENGLISH)!.keys()].filter((name) => name.startsWith('client.'));
    for (const language of LANGUAGES.filter((one) => one !== ENGLISH)) {
      expect([language, [...TEMPLATES.get(language)!.keys()].sort()]).toEqual([language, ofPeople.sort()]);
    }
  });

  /** What has letters of its own cannot be left in English unseen. */
  const LETTERS: Partial<Record<string, RegExp>> = {
    bn: /\p{Script=Bengali}/u,
    ne: /\p{Script=Devanagari}/u,
    ur: /\p{Script=Arabic}/u,
    ar: /\p{Script=Arabic}/u,
  };
  const bare = (text: string): string => text.replace(/\{\{\w+\}\}/g, '');
  it.each(ALL.filter(({ language }) => language !== ENGLISH))(
    '$language $name is not left in English',
    ({ language, name, letter }) => {
      const english = TEMPLATES.get(ENGLISH)!.get(name)!;
      const own = LETTERS[language] ?? /\p{L}/u;
      for (const part of ['subject', 'text'] as const) {
        expect(/\p{L}/u.test(bare(letter[part]))).toBe(/\p{L}/u.test(bare(english[part])));
        // Nothing but what somebody wrote.
        if (!/\p{L}/u.test(bare(english[part]))) continue;
        expect(letter[part]).not.toBe(english[part]);
        expect(bare(letter[part])).toMatch(own);
      }
    },
  );

  it('say that they are a machine’s draft until somebody has signed them off', () => {
    expect(draftNote(ENGLISH)).toBeNull();
    for (const language of LANGUAGES.filter((one) => one !== ENGLISH)) {
      const file = JSON.parse(
        readFileSync(new URL(`templates/${language}/file.json`, import.meta.url), 'utf8'),
      ) as WordsFile;
      expect(draftNote(language)).toBe(file.state === 'machine_draft' ? file.note : null);
      expect(bare(file.note)).toMatch(LETTERS[language] ?? /\p{L}/u);
      expect(privateWords(file.note, language)).toEqual([]);
    }
  });

  it('of every language are watched for its own words', () => {
    expect(LANGUAGES.filter((language) => !WATCHED_LANGUAGES.includes(language))).toEqual([]);
  });

  // The longest of each: a Wednesday in September, twenty to twelve, a worker with a long name.
  const WORDS = {
    day: '',
    time: '12:40pm',
    signature: 'Wilhelmina-Josephine',
    link: '',
    privacy: '',
    reply: `https://betony.example.org/questions/${'x'.repeat(43)}`,
    leave: '',
    reference: 'G-7KM2-9PQX',
    keeper: '',
    name: '',
    // What somebody writes is measured when they write it.
    words: '',
  };
  const longestDay = (language: string) =>
    Array.from({ length: 366 }, (_, day) =>
      sayDay(new Date(Date.UTC(2028, 0, 1 + day, 12)), language),
    ).reduce((longest, day) => (day.length > longest.length ? day : longest));
  const texts = ALL.filter(
    ({ name }) =>
      name.endsWith('.text') &&
      name !== 'notice.text' &&
      !['client.frame.text', 'client.thanks.text', 'client.keeper.text', 'group.frame.text'].includes(name),
  );
  it.each(texts)('$language $name fits into two parts of a text message', ({ language, name }) => {
    const words = { ...WORDS, day: longestDay(language) };
    const [frame = '', template = ''] = name.split('.');
    const { text } = compose(frame as Frame, [{ template, words }], words, { channel: 'text', language });
    expect(textSize(text).segments).toBeLessThanOrEqual(MOST_SEGMENTS);
  });

  it.each(texts.filter(({ name }) => name.startsWith('group.')))(
    '$name does so in plain letters, at a long address, with the way out',
    ({ name }) => {
      const words = {
        ...WORDS,
        day: longestDay(ENGLISH),
        reference: 'G-7KM2-9PQX',
        reply: `https://referrals.social-prescribing.example.org/reply/${'x'.repeat(43)}`,
        leave: 'If you no longer help here, please ring us.',
      };
      const part = { template: name.slice('group.'.length, -'.text'.length), words };
      const { text, subject } = compose('group', [part], words, { channel: 'text' });
      expect(textSize(text)).toEqual({ alphabet: 'gsm7', segments: expect.any(Number) });
      expect(textSize(text).segments).toBeLessThanOrEqual(MOST_SEGMENTS);
      expect(text).toContain('no longer help here');
      expect(subject).toBe('');
    },
  );

  it('of groups say by text what they say by e-mail, but for why', () => {
    const [mail, text] = [false, true].map((isText) =>
      [...TEMPLATES.get(ENGLISH)!]
        .filter(([name]) => name.startsWith('group.') && name.endsWith('.text') === isText)
        .filter(([name]) => !name.startsWith('group.frame'))
        .map(([name, letter]) => [
          name.replace('.text', ''),
          usedIn(letter).filter((word) => word !== 'why'),
        ]),
    );
    expect(text).toEqual(mail);
  });

  it.each(Object.keys(TOLD_AT_ONCE))('a notice of %s names nothing private, and fits into a text', (kind) => {
    const letter = render('notice.text', { words: taskWords(kind), link: 'https://betony.example.org' });
    expect(privateWords(letter.text, ENGLISH)).toEqual([]);
    expect(textSize(letter.text).segments).toBeLessThanOrEqual(MOST_SEGMENTS);
  });

  it('the check above would find them', () => {
    expect(privateWords('Your lonely neighbour’s health, at St Mary’s Church')).toEqual([
      'lonely',
      'health',
      'church',
    ]);
    expect(privateWords('Twoja samotność i parafia', 'pl')).toEqual(['samotność', 'parafia']);
    expect(privateWords('Twoja samotność i Health Centre', 'en')).toEqual(['health']);
    // One of health, of faith and of a need in each.
    const told: Record<string, string> = {
      cy: 'Eich iechyd, yr eglwys a’ch dyled',
      ro: 'Sănătatea dumneavoastră, biserica și datoriile',
      bn: 'আপনার স্বাস্থ্য, মসজিদ ও ঋণের বিষয়',
      ne: 'तपाईंको स्वास्थ्य, मन्दिर र ऋणको कुरा',
      ur: 'آپ کی صحت، مسجد اور قرض',
      ar: 'صحتك والمسجد وبالديون',
    };
    for (const [language, text] of Object.entries(told))
      expect([language, privateWords(text, language).length]).toEqual([language, 3]);
    expect(Object.keys(told).sort()).toEqual(
      WATCHED_LANGUAGES.filter((one) => !['en', 'pl'].includes(one)).sort(),
    );
  });

  it('no line of what is logged about messages names a word of one', () => {
    const files = [
      'send-message.handler.ts',
      'messages.service.ts',
      'doorbell.service.ts',
      'receipts.service.ts',
    ];
    const logged = files.flatMap((file) => [
      ...readFileSync(new URL(file, import.meta.url), 'utf8').matchAll(/this\.logger\.\w+\(([^;]+)\);/g),
    ]);
    expect(logged.length).toBeGreaterThan(3);
    for (const [, said] of logged) expect(said).not.toMatch(/letter|subject|text|\bto\b|email|address/);
  });
});

describe('a message about to be sent', () => {
  it('is looked at once more, with everything put in', () => {
    const words = { day: 'Monday', time: '2pm' };
    const frame = { signature: 'Sam', link: '', leave: '', privacy: '' };
    const fine = compose('client', [{ template: 'appointment', words }], frame);
    expect(tellsTooMuch(fine, ENGLISH)).toEqual([]);
    const bad = compose(
      'client',
      [{ template: 'appointment', words: { ...words, day: 'Clinic day' } }],
      frame,
    );
    expect(tellsTooMuch(bad, ENGLISH)).toEqual(['clinic', 'clinic']);
  });

  it('is not held for what chance put into a reference or a link', () => {
    const words = {
      reference: 'G-GPRE-LIGX',
      reply: 'https://x/r/god-church',
      link: 'x',
      leave: 'y',
      why: 'It is over.',
    };
    const shown = withoutMeaningless(words);
    expect(shown).toEqual({ reference: '-', reply: '-', link: '-', leave: '-', why: 'It is over.' });
  });
});

describe('languages', () => {
  const parts = [{ template: 'appointment', words: { day: '', time: '' } }];
  it('are the reader’s where everything has been put into it, and English where not', () => {
    expect(languageFor('pl', 'client', parts, 'text')).toBe('pl');
    expect(languageFor('ur', 'client', parts, 'text')).toBe('ur');
    expect(languageFor('so', 'client', parts, 'text')).toBe('en');
    expect(languageFor('pl', 'referrer', [{ template: 'closing_summary', words: {} }], 'email')).toBe('en');
  });

  it('say days and times their way', () => {
    const at = new Date('2026-11-24T14:00:00Z');
    expect([sayDay(at, 'pl'), sayTime(at, 'pl')]).toEqual(['wtorek, 24 listopada', '14:00']);
    for (const language of LANGUAGES)
      expect([language, sayDay(at, language)]).toEqual([language, expect.stringContaining('24')]);
  });

  it('know when several things are too much for one text', () => {
    const words = { signature: 'Sam', link: '', leave: '', privacy: '' };
    const one = { template: 'measure', words: {} };
    const two = { template: 'waiting_list', words: {} };
    const three = { template: 'appointment', words: { day: 'Wednesday 23 September', time: '12:40pm' } };
    expect(fitsText('client', [one], words, 'en')).toBe(true);
    expect(fitsText('client', [one, two, three], words, 'en')).toBe(false);
  });
});

describe('rendering', () => {
  it('refuses a gap', () => {
    expect(() => render('client.appointment', { day: 'Monday' })).toThrow('wants the word time');
    expect(() => render('nothing', {})).toThrow('no template');
  });

  it('keeps what is put in to one line in a subject', () => {
    expect(render('client.appointment', { day: 'a\r\nBcc: x', time: '' }).subject).toBe(
      'A reminder for a Bcc: x',
    );
  });

  it('does not read what was put in', () => {
    expect(render('client.appointment', { day: '{{time}}', time: 'T' }).subject).toBe(
      'A reminder for {{time}}',
    );
  });

  const summary = (reference: string) => ({
    template: 'closing_summary',
    words: { reference, status: 'Closed: Done', course: 'Ended.', next: 'Nothing is asked of you.' },
  });

  it('one thing comes under its own subject, in three lines', () => {
    const letter = compose('referrer', [summary('BT-1')], { link: 'https://betony.example.org' });
    expect(letter.subject).toBe('News of BT-1');
    expect(letter.text.split('\n').filter(Boolean)).toEqual([
      'BT-1 – Closed: Done',
      'Ended.',
      'Nothing is asked of you.',
      'Sign in to read more: https://betony.example.org',
    ]);
  });

  it('several come as one digest, each once', () => {
    const letter = compose('referrer', [summary('BT-1'), summary('BT-2'), summary('BT-1')], { link: 'L' });
    expect(letter.subject).toBe('News of 2 referrals');
    expect(letter.text).toContain(
      'BT-1 – Closed: Done\nEnded.\nNothing is asked of you.\n\nBT-2 – Closed: Done',
    );
  });
});

describe('dates and times as people say them', () => {
  it.each([
    ['2026-11-24T14:00:00Z', 'Tuesday 24 November', '2pm'],
    ['2026-06-15T08:30:00Z', 'Monday 15 June', '9:30am'],
    ['2026-06-15T23:30:00Z', 'Tuesday 16 June', '12:30am'],
    ['2026-11-24T12:00:00Z', 'Tuesday 24 November', 'midday'],
    ['2026-11-24T00:00:00Z', 'Tuesday 24 November', 'midnight'],
    ['2026-11-24T12:05:00Z', 'Tuesday 24 November', '12:05pm'],
  ])('%s', (at, day, time) => {
    expect([sayDay(new Date(at)), sayTime(new Date(at))]).toEqual([day, time]);
  });
});

it.each([
  [
    new Date('2026-11-03T10:00:00Z'),
    new Date('2026-11-09T10:00:00Z'),
    'Sent on 3 November, spoken to since 9 November, ended on 1 December 2026.',
  ],
  [new Date('2026-11-03T10:00:00Z'), null, 'Sent on 3 November, not spoken to, ended on 1 December 2026.'],
  [null, null, 'Not spoken to, ended on 1 December 2026.'],
  [
    new Date('2025-12-30T10:00:00Z'),
    new Date('2026-01-05T10:00:00Z'),
    'Sent on 30 December 2025, spoken to since 5 January, ended on 1 December 2026.',
  ],
])('the course of a referral: %s, %s', (sentAt, begunAt, said) => {
  expect(sayCourse(sentAt, begunAt, new Date('2026-12-01T10:00:00Z'))).toBe(said);
});

it('a date far ahead has its year', () => {
  expect(sayDate('2027-03-01')).toBe('1 March 2027');
});

it.each([
  ['closed', 'done', 'Closed: Done'],
  ['not_taken_on', 'could_not_take', 'Not taken on: We could not take it'],
  ['withdrawn', 'moved', 'Withdrawn: Moved'],
  ['closed', 'died', 'Closed'],
  ['closed', 'other', 'Closed'],
  ['closed', null, 'Closed'],
])('%s because %s', (status, why, said) => {
  expect(sayEnding(status, why)).toBe(said);
});

it('what is left to do is said by how it ended, and a death is not told by it', () => {
  expect(sayNext('could_not_reach')).toContain('another way to reach them');
  expect(sayNext('could_not_take')).toContain('where else to turn');
  const plain = ['died', 'moved', 'sent_in_error', 'other', null].map(sayNext);
  expect(new Set(plain)).toEqual(new Set(['Nothing is asked of you.']));
});

it.each([
  [0, 'Nothing is asked of you.', 'Your week of referrals'],
  [
    1,
    '1 referral has come back to you and waits for your answer.',
    'Your week of referrals: 1 waits for your answer',
  ],
  [
    3,
    '3 referrals have come back to you and wait for your answer.',
    'Your week of referrals: 3 wait for your answer',
  ],
])('a week with %s returned', (returned, asked, subject) => {
  expect(sayAsked(returned)).toEqual({ asked, subject });
});
