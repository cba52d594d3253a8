import { emailHash } from '../identity/account.rules.js';
import { MOST_SEGMENTS, textSize } from '../platform/messages/text-size.rules.js';
import { phoneHash } from '../providers/group-address.rules.js';
import {
  type AnswerLink,
  codeLetter,
  type FreshLinks,
  linksLetter,
  withNotice,
} from './reply-letter.words.js';
import {
  addressNow,
  type AddressFacts,
  codeOf,
  detailsFor,
  linkExpiry,
  looksLikeToken,
  passOf,
  replyToken,
} from './reply-link.rules.js';
import { LINK_PURPOSES, type LinkPurpose } from './reply-link.types.js';

const NOW = new Date('2026-11-23T10:00:00Z');
const day = (date: string) => new Date(`${date}T10:00:00Z`);

describe('linkExpiry', () => {
  it.each([
    ['answer', day('2026-12-07'), day('2026-12-21')],
    // A clock that stands: nobody knows how long.
    ['answer', null, day('2027-01-06')],
    // Asked again after the time: a late yes is still heard.
    ['answer', day('2026-11-01'), day('2026-12-07')],
    ['in_touch', null, day('2026-12-07')],
    ['how_did_it_go', day('2027-11-01'), day('2026-12-07')],
    ['ended', null, day('2026-12-07')],
    ['again', null, day('2026-12-07')],
    ['listing_check', null, day('2026-12-23')],
  ] as [LinkPurpose, Date | null, Date][])(
    '%s, to be answered by %s, works until %s',
    (purpose, by, until) => {
      expect(linkExpiry(purpose, NOW, by)).toEqual(until);
    },
  );

  it('ends for every purpose', () => {
    for (const purpose of LINK_PURPOSES) expect(linkExpiry(purpose, NOW).getTime()).toBeGreaterThan(+NOW);
  });
});

describe('secrets', () => {
  it('are 256 bits, each its own', () => {
    const token = replyToken('key', 'id');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(looksLikeToken(token)).toBe(true);
    expect(
      new Set([token, replyToken('key', 'id2'), replyToken('key2', 'id'), passOf('key', 'id')]).size,
    ).toBe(4);
  });

  it.each([
    '',
    'abc',
    '../../etc/passwd',
    'a'.repeat(42),
    'a'.repeat(44),
    `${'a'.repeat(42)}=`,
    `${'a'.repeat(42)}\n`,
  ])('%j was never a token', (text) => {
    expect(looksLikeToken(text)).toBe(false);
  });

  it('codes are six digits, also with noughts in front', () => {
    const codes = Array.from({ length: 2000 }, (_, index) => codeOf('key', String(index)));
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
    expect(new Set(codes).size).toBeGreaterThan(1980);
  });
});

describe('addressNow', () => {
  const facts: AddressFacts = {
    answersBy: 'email',
    emailHash: emailHash('mo@example.org'),
    phoneHash: null,
    left: [],
    contactEmail: 'Mo@example.org',
    contactPhone: '07700 900123',
    contactShared: false,
    organisationEmail: 'office@example.org',
    closedForGoodOn: null,
  };
  const office = { ...facts, emailHash: emailHash('office@example.org'), contactEmail: null };
  const texted = {
    ...facts,
    answersBy: 'text',
    emailHash: null,
    phoneHash: phoneHash('+447700900123'),
  } as const;
  const mo = { channel: 'email', to: 'Mo@example.org' };
  const number = { channel: 'text', to: '+447700900123' };
  it.each([
    ['the person the group named', facts, { address: mo, shared: false }],
    ['an inbox the group named', { ...facts, contactShared: true }, { address: mo, shared: true }],
    [
      'somebody who left and was named again',
      { ...facts, left: [facts.emailHash!] },
      { address: mo, shared: false },
    ],
    ['somebody named no more', { ...facts, contactEmail: 'new@example.org' }, null],
    [
      'the organisation’s own address',
      office,
      { address: { channel: 'email', to: 'office@example.org' }, shared: true },
    ],
    ['the organisation’s own address, where somebody left', { ...office, left: [office.emailHash] }, null],
    ['nobody', { ...office, organisationEmail: null }, null],
    ['a group that closed for good', { ...facts, closedForGoodOn: '2026-11-01' }, null],
    ['the number of a group that answers by text', texted, { address: number, shared: false }],
    ['a number that others read too', { ...texted, contactShared: true }, { address: number, shared: true }],
    ['another number since', { ...texted, contactPhone: '+447700900124' }, null],
    ['a number where the group is written to by e-mail now', { ...texted, answersBy: 'email' }, null],
    ['an address where the group is texted now', { ...facts, answersBy: 'text' }, null],
    ['a number that somebody left', { ...texted, phoneHash: null }, null],
    [
      'a group that is to be texted at a landline',
      { ...facts, answersBy: 'text', contactPhone: '01632 960001' },
      { address: mo, shared: false },
    ],
  ] as [string, AddressFacts, ReturnType<typeof addressNow>][])('%s', (_who, given, expected) => {
    expect(addressNow(given)).toEqual(expected);
  });
});

describe('detailsFor', () => {
  const facts = {
    step: 'taking_part',
    purpose: 'answer' as LinkPurpose,
    answeredAt: day('2026-11-23'),
    shared: false,
    safetyFlag: false,
    passed: false,
    days: 14,
  };
  it.each([
    [{}, '2026-11-24', 'shown'],
    [{ step: 'asked' }, '2026-11-24', 'none'],
    [{ step: 'just_ended' }, '2026-11-24', 'none'],
    [{}, '2026-12-06', 'shown'],
    [{}, '2026-12-07', 'by_new_link'],
    [{ purpose: 'again' as LinkPurpose }, '2027-03-01', 'shown'],
    [{ shared: true }, '2026-11-24', 'code'],
    [{ safetyFlag: true }, '2026-11-24', 'code'],
    [{ shared: true, safetyFlag: true, passed: true }, '2026-11-24', 'shown'],
    [{ shared: true, passed: true }, '2026-12-07', 'by_new_link'],
  ])('%j on %s: %s', (change, on, expected) => {
    expect(detailsFor({ ...facts, ...change }, day(on))).toBe(expected);
  });
});

describe('letters', () => {
  const answer = (name: string, more: Partial<AnswerLink> = {}): AnswerLink => ({
    reference: `BT-${name}`,
    link: `https://x/reply/${name}`,
    stands: 'asked',
    askedOn: '20 November',
    first: false,
    ...more,
  });
  const fresh: FreshLinks = {
    group: 'Friends of Grace',
    answers: [],
    listings: [{ name: 'Bereavement café', link: 'https://x/reply/l' }],
    more: false,
    signIn: null,
    phone: null,
  };

  it('hold the code in their text alone', () => {
    const { subject, text } = codeLetter('012345');
    expect(text).toContain('012345');
    expect(subject).not.toMatch(/\d/);
  });

  it('hold every link with what it is about, the one that was asked from first, and the way out', () => {
    const { subject, text, texts } = linksLetter({
      ...fresh,
      answers: [
        answer('a'),
        answer('y', { stands: 'yes' }),
        answer('w', { stands: 'waiting' }),
        answer('e', { stands: 'ended' }),
        answer('f', { stands: 'yes', first: true, askedOn: '2 November' }),
      ],
    });
    expect(text.split('\n').filter((line) => /^(?:You|Wait|What|Your|On|Come|BT)/.test(line))).toEqual([
      'You asked for new links for Friends of Grace.',
      'What your old link was about:',
      'BT-f (asked on 2 November): https://x/reply/f',
      'Waiting for your answer:',
      'BT-a (asked on 20 November): https://x/reply/a',
      'Your group said yes:',
      'BT-y (asked on 20 November): https://x/reply/y',
      'On your waiting list:',
      'BT-w (asked on 20 November): https://x/reply/w',
      'Come to an end lately. Please look once more:',
      'BT-e (asked on 20 November): https://x/reply/e',
      'What we tell people about your group, to check or to say that you are full:',
    ]);
    expect(text).toContain('I no longer help here: https://x/reply/a/leave');
    expect(text).not.toMatch(/sign in|There is more/);
    expect(subject).not.toMatch(/BT|https|Friends/);
    expect(texts.join('\n')).toMatch(/^Betony:\nBT-f: /);
    expect(texts.join('\n')).not.toContain('Friends');
  });

  it('name each service in an e-mail and count them in a text, where words for what it helps with have no place', () => {
    const { text, texts } = linksLetter({
      ...fresh,
      listings: [
        { name: 'Bereavement café', link: 'https://x/reply/c' },
        { name: 'Warm lunch', link: 'https://x/reply/l' },
      ],
    });
    expect(text).toContain('\nBereavement café: https://x/reply/c\n');
    expect(text).toContain('\nWarm lunch: https://x/reply/l\n');
    expect(texts.join('\n')).toContain('What we tell people about your group (1 of 2): https://x/reply/c');
    expect(texts.join('\n')).toContain('What we tell people about your group (2 of 2): https://x/reply/l');
    expect(texts.join('\n')).not.toMatch(/Bereavement|lunch/);
    expect(linksLetter(fresh).texts.join('\n')).toContain('about your group: https://x/reply/l');
  });

  it('say so where nothing waits for an answer', () => {
    const { text } = linksLetter(fresh);
    expect(text).toContain('Nothing is waiting for an answer from Friends of Grace just now');
    expect(text).toContain('https://x/reply/l\n');
  });

  it.each([
    ['an account', { signIn: 'https://x', phone: '+441632960001' }, 'There is more: sign in at https://x'],
    [
      'no account',
      { phone: '+441632960001' },
      'There is more: answer these, then ask again, or ring 01632 960001.',
    ],
    ['neither account nor number to ring', {}, 'There is more: answer these, then ask again.'],
  ])('of which there are more than fit say where they are, to a group with %s', (_who, known, words) => {
    const { text, texts } = linksLetter({ ...fresh, ...known, answers: [answer('a')], more: true });
    expect(text).toContain(`\n${words}\n`);
    expect(texts.at(-1)).toContain(`\n${words}\n`);
  });
});

describe('texts', () => {
  const home = `https://${'social-prescribing.'.repeat(2)}example.org`;
  const link = (name: string) => `${home}/reply/${name.padEnd(43, 'x')}`;
  const written = (offers: number, listings: number) =>
    linksLetter({
      group: 'Friends of Grace',
      answers: Array.from({ length: offers }, (_, n) => ({
        reference: 'G-7KM2-9PQX',
        link: link(`o${String(n)}.`),
        stands: 'asked' as const,
        askedOn: '20 November',
        first: false,
      })),
      listings: Array.from({ length: listings }, (_, n) => ({
        name: 'Bereavement café',
        link: link(`l${String(n)}.`),
      })),
      more: false,
      signIn: home,
      phone: null,
    }).texts;
  const linksIn = (texts: readonly string[]) => texts.join('\n').match(/\/reply\/\w+/g) ?? [];

  it.each([
    [1, 0, 1],
    [0, 1, 1],
    [1, 1, 2],
    [4, 1, 5],
    [20, 20, 5],
  ])(
    'of %i offers and %i services hold %i links, in plain letters and two parts each',
    (offers, listings, held) => {
      const texts = written(offers, listings);
      for (const text of [...texts, ...codeLetter('012345').texts]) {
        const { alphabet, segments } = textSize(text);
        expect([alphabet, segments <= MOST_SEGMENTS]).toEqual(['gsm7', true]);
      }
      expect(linksIn(texts)).toHaveLength(held);
      expect(texts.length).toBeLessThanOrEqual(3);
      expect(texts.some((text) => text.includes('There is more'))).toBe(held < offers + listings);
    },
  );

  it('say what is kept of people in the last part, or in one of its own where that would be too long', () => {
    const privacy = 'https://betony.example.org/privacy';
    const texts = [written(20, 20), codeLetter('012345').texts].map(
      (each) => withNotice({ subject: '', text: '', texts: each }, privacy).texts,
    );
    expect(texts.map((each) => each.length)).toEqual([written(20, 20).length + 1, 1]);
    for (const each of texts) {
      expect(each.at(-1)).toMatch(/What we keep of you: https:\S+\/privacy$/);
      for (const text of each) expect(textSize(text).segments).toBeLessThanOrEqual(MOST_SEGMENTS);
    }
  });

  it('begin with what waits for an answer', () => {
    expect(linksIn(written(2, 1)).map((one) => one.slice(7, 9))).toEqual(['o0', 'o1', 'l0']);
  });
});
