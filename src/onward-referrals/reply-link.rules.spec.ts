import { emailHash } from '../identity/account.rules.js';
import { codeLetter, linksLetter } from './reply-letter.rules.js';
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
    emailHash: emailHash('mo@example.org'),
    leftAt: null,
    contactEmail: 'Mo@example.org',
    contactShared: false,
    organisationEmail: 'office@example.org',
    closedForGoodOn: null,
  };
  const office = { ...facts, emailHash: emailHash('office@example.org'), contactEmail: null };
  it.each([
    ['the person the group named', facts, { email: 'Mo@example.org', shared: false }],
    [
      'an inbox the group named',
      { ...facts, contactShared: true },
      { email: 'Mo@example.org', shared: true },
    ],
    [
      'somebody who left and was named again',
      { ...facts, leftAt: NOW },
      { email: 'Mo@example.org', shared: false },
    ],
    ['somebody named no more', { ...facts, contactEmail: 'new@example.org' }, null],
    ['the organisation’s own address', office, { email: 'office@example.org', shared: true }],
    ['the organisation’s own address, where somebody left', { ...office, leftAt: NOW }, null],
    ['nobody', { ...office, organisationEmail: null }, null],
    ['a group that closed for good', { ...facts, closedForGoodOn: '2026-11-01' }, null],
  ])('%s', (_who, given, expected) => {
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
  it('hold the code in their text alone', () => {
    const { subject, text } = codeLetter('012345');
    expect(text).toContain('012345');
    expect(subject).not.toMatch(/\d/);
  });

  it('hold every link, and the way out', () => {
    const { subject, text } = linksLetter(
      [
        { reference: 'BT-1', link: 'https://x/reply/a' },
        { reference: 'BT-2', link: 'https://x/reply/b' },
      ],
      ['https://x/reply/c'],
      'https://x/reply/a/leave',
    );
    for (const part of [
      'BT-1: https://x/reply/a',
      'BT-2: https://x/reply/b',
      'to check or to say that you are full:\n\nhttps://x/reply/c',
      'I no longer help here',
    ]) {
      expect(text).toContain(part);
    }
    expect(subject).not.toMatch(/BT|https/);
  });

  it('say so where nothing waits for an answer', () => {
    const { text } = linksLetter([], ['https://x/reply/c'], 'https://x/reply/c/leave');
    expect(text).toContain('Nothing is waiting for an answer from your group just now');
    expect(text).toContain('https://x/reply/c\n');
  });
});
