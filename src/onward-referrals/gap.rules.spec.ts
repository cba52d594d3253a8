import { failedForCapacity, meets, unmet } from './gap.rules.js';
import type { GapWish } from './gap.types.js';
import type { EndReason, OnwardState } from './onward.types.js';

const offer = (state: OnwardState, endReason: EndReason | null = null) => ({ state, endReason });
const FULL = offer('declined', 'full');
const CLOSED = offer('declined', 'closed_for_now');
const SILENT = offer('expired', 'no_reply');

describe('offers that failed for capacity', () => {
  it.each([
    ['none', [], false],
    ['one full', [FULL], true],
    ['one closed for now', [CLOSED], true],
    ['full and silent', [FULL, SILENT], true],
    ['silent alone', [SILENT], false],
    ['one not suitable', [offer('declined', 'not_suitable')], false],
    ['full, and one not suitable', [FULL, offer('declined', 'not_suitable')], false],
    ['full, and one that still waits for an answer', [FULL, offer('offered')], false],
    ['full, and one on a waiting list', [FULL, offer('waitlisted')], false],
    ['full, and one that said yes', [FULL, offer('accepted')], false],
    ['full, and one finished before', [FULL, offer('completed')], false],
    ['full, and one stopped', [FULL, offer('stopped', 'did_not_suit')], false],
    ['full, and one we took back', [FULL, offer('withdrawn', 'changed_mind')], true],
    ['only taken back', [offer('withdrawn', 'changed_mind')], false],
  ] as const)('%s', (_what, offers, failed) => {
    expect(failedForCapacity(offers)).toBe(failed);
  });
});

describe('needs that nothing meets', () => {
  const weighed = [
    { standing: 'may_be_offered', needs: ['food'] },
    { standing: 'waiting_list', needs: ['loneliness'] },
    { standing: 'not_suitable', needs: ['housing', 'debt_and_money'] },
  ] as const;
  it.each([
    [['food'], []],
    [['loneliness'], []],
    [['housing', 'food'], ['housing']],
    [
      ['debt_and_money', 'bereavement'],
      ['debt_and_money', 'bereavement'],
    ],
    [['other'], []],
  ] as const)('of %j are %j', (needs, gaps) => {
    expect(unmet(needs, weighed)).toEqual(gaps);
  });
});

describe('a service that starts', () => {
  const listing = {
    needs: ['food' as const],
    areas: ['CO15'],
    radiusMiles: null,
    latitude: null,
    longitude: null,
    languages: ['en', 'bn'],
  };
  const wish: GapWish = { need: 'food', area: 'CO15', language: null };
  it.each([
    ['the need and the place', listing, wish, true],
    ['another need', { ...listing, needs: ['housing' as const] }, wish, false],
    ['another place', { ...listing, areas: ['CO16'] }, wish, false],
    ['a service for the whole scheme', { ...listing, areas: [] }, wish, true],
    ['a service of which nobody has said where', { ...listing, areas: null }, wish, false],
    ['a gap of unknown place', listing, { ...wish, area: null }, false],
    ['a gap and a service of anywhere', { ...listing, areas: [] }, { ...wish, area: null }, true],
    ['a radius around nobody knows where', { ...listing, areas: [], radiusMiles: 5 }, wish, false],
    ['the language', listing, { ...wish, language: 'bn' }, true],
    ['another language', listing, { ...wish, language: 'pl' }, false],
    [
      'a language, of a service that names none',
      { ...listing, languages: [] },
      { ...wish, language: 'pl' },
      false,
    ],
  ] as const)('%s', (_what, service, gap, met) => {
    const { needs, areas, languages, ...rest } = service;
    expect(
      meets({ ...rest, needs: [...needs], areas: areas && [...areas], languages: [...languages] }, gap),
    ).toBe(met);
  });
});
