import { idleUntil, mayHaveCode, mayVisit, secondsToWait, typedAddress } from './page.rules.js';
import type { VisitorFacts } from './page.types.js';
import { effectsOf, mayTakeBack } from './withdrawing.rules.js';

const TODAY = '2026-11-23';
const GRACE: VisitorFacts = {
  present: true,
  died: false,
  closed: false,
  safetyFlag: false,
  askedChannel: null,
  bornOn: '1948-03-02',
  parentsDecide: false,
  messagesPaused: false,
  safeToText: true,
  safeToEmail: true,
  supporter: null,
};
const FEMI = { ended: false, mayContact: true, items: ['plan'] };
const ASKED = { safetyFlag: true, askedChannel: 'email' } as const;

describe('who may be on a page', () => {
  it.each<[string, Partial<VisitorFacts>, boolean, boolean]>([
    ['the person', {}, true, true],
    ['nobody after a death', { died: true }, false, false],
    ['nobody of a joined record', { present: false }, false, false],
    ['nobody once it is closed', { closed: true }, false, false],
    ['with a safety flag nobody who did not ask', { safetyFlag: true }, false, false],
    ['with a safety flag whoever asked, by a code alone', ASKED, true, false],
    ['no child for whom parents decide', { parentsDecide: true, bornOn: '2008-11-24' }, false, false],
    ['the same at 18', { parentsDecide: true, bornOn: '2008-11-23' }, true, true],
    ['a supporter who was given something', { supporter: FEMI }, true, true],
    ['no supporter who was given nothing', { supporter: { ...FEMI, items: [] } }, false, false],
    ['no supporter who was ended', { supporter: { ...FEMI, ended: true } }, false, false],
    [
      'with a safety flag no supporter of somebody who did not ask',
      { safetyFlag: true, supporter: FEMI },
      false,
      false,
    ],
    ['with a safety flag a supporter by a code alone', { ...ASKED, supporter: FEMI }, true, false],
  ])('%s', (_who, facts, byCode, byLink) => {
    expect(mayVisit({ ...GRACE, ...facts }, 'code', TODAY)).toBe(byCode);
    expect(mayVisit({ ...GRACE, ...facts }, 'link', TODAY)).toBe(byLink);
  });
});

describe('where a code may go', () => {
  it.each<[string, Partial<VisitorFacts>, boolean, boolean]>([
    ['both, where both are safe', {}, true, true],
    ['no channel that is not', { safeToText: false }, false, true],
    ['none while messages are paused', { messagesPaused: true }, false, false],
    ['with a safety flag the one that was tried', ASKED, false, true],
    ['and not even that once it is unsafe', { ...ASKED, safeToEmail: false }, false, false],
    ['to a supporter, whatever is safe for the person', { supporter: FEMI, safeToText: false }, true, true],
    ['to none whom we may not contact', { supporter: { ...FEMI, mayContact: false } }, false, false],
  ])('%s', (_where, facts, text, email) => {
    expect(mayHaveCode({ ...GRACE, ...facts }, 'text', TODAY)).toBe(text);
    expect(mayHaveCode({ ...GRACE, ...facts }, 'email', TODAY)).toBe(email);
  });
});

describe('what somebody types', () => {
  it.each([
    ['Grace@Example.org ', { channel: 'email', address: 'grace@example.org' }],
    ['07700 900 982', { channel: 'text', address: '+447700900982' }],
    ['020 7946 0000', null],
    ['grace@', null],
    ['', null],
    [`${'a'.repeat(250)}@example.org`, null],
  ])('%j', (text, address) => {
    expect(typedAddress(text)).toEqual(address);
  });
});

describe('waiting', () => {
  const now = new Date('2026-11-23T10:00:00Z');
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

  it('is three codes an hour and eight a day', () => {
    expect(secondsToWait([], now)).toBe(0);
    expect(secondsToWait([ago(1), ago(2)], now)).toBe(0);
    expect(secondsToWait([ago(1), ago(2), ago(20)], now)).toBe(40 * 60);
    expect(secondsToWait([ago(1), ago(2), ago(60)], now)).toBe(0);
    const day = [61, 122, 183, 244, 305, 366, 427, 488].map(ago);
    expect(secondsToWait(day, now)).toBe((24 * 60 - 488) * 60);
  });

  it('ends a session after twenty minutes, or when its time is up', () => {
    expect(idleUntil(now, ago(-120))).toEqual(ago(-20));
    expect(idleUntil(now, ago(-5))).toEqual(ago(-5));
  });
});

describe('taking back', () => {
  it('says what ends, and that the rest stays', () => {
    expect(effectsOf(['scheme_support'], null, false)[0]).toContain('We stop supporting you.');
    expect(effectsOf(['plan'], 'Grace Church', false)).not.toContainEqual(
      expect.stringContaining('Your place'),
    );
    expect(effectsOf(['plan'], 'Grace Church', true)).toContain(
      'Your place at Grace Church ends, and they are asked not to contact you.',
    );
  });

  it('is for what somebody agreed to themselves, once', () => {
    expect(mayTakeBack({ basis: 'agreed', withdrawnAt: null })).toBe(true);
    expect(mayTakeBack({ basis: 'agreed', withdrawnAt: new Date('2026-11-20T10:00:00Z') })).toBe(false);
    expect(mayTakeBack({ basis: 'best_interests', withdrawnAt: null })).toBe(false);
  });
});
