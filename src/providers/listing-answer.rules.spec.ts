import { answerBefore, type ListingAnswer, type SaidByLink } from './listing-answer.rules.js';

const AT = new Date('2026-11-23T10:00:00Z');
const NOW = new Date('2026-11-24T09:59:59Z');
const LATE = new Date('2026-11-24T10:00:00Z');
const full: SaidByLink = {
  at: AT,
  action: 'setPlaces',
  changes: {
    fullUntil: { from: '2026-12-20', to: '2026-12-07' },
    placesConfirmedOn: { from: null, to: '2026-11-23' },
  },
};
const right: SaidByLink = {
  at: AT,
  action: 'confirm',
  changes: { confirmedOn: { from: '2026-08-01', to: '2026-11-23' } },
};
const now: ListingAnswer & { placesTaken: number } = {
  placesKind: 'counted',
  placesTotal: 12,
  placesTaken: 4,
  schedule: [{ day: 'friday', from: '12:00', to: '14:00', every: 'week' }],
  address: 'The hall',
  postcode: 'CO97 1AA',
  latitude: 51.8,
  longitude: 1.1,
  access: ['step_free'],
  cost: 'free',
  costNote: null,
  howToJoin: 'Come along',
  confirmedOn: '2026-11-23',
  fullUntil: '2026-12-07',
  placesConfirmedOn: '2026-11-23',
};

const times: SaidByLink = {
  at: AT,
  action: 'amend',
  changes: { schedule: { from: [], to: [{ every: 'week', to: '14:00', from: '12:00', day: 'friday' }] } },
};
const more: SaidByLink = {
  at: AT,
  action: 'setPlaces',
  changes: { placesTotal: { from: 6, to: 12 } },
};

describe('taking back what was said of a service by link', () => {
  it.each<[string, SaidByLink | null, Partial<typeof now>, Date, object | null]>([
    ['nothing said', null, {}, NOW, null],
    ['full', full, {}, NOW, { fullUntil: '2026-12-20', placesConfirmedOn: null }],
    ['full, a day later', full, {}, LATE, null],
    ['full, and something else said since', full, { fullUntil: null }, NOW, null],
    ['full, and the places counted again since', full, { placesConfirmedOn: '2026-11-24' }, NOW, null],
    ['right', right, {}, NOW, { confirmedOn: '2026-08-01' }],
    ['right, and confirmed again since', right, { confirmedOn: '2026-11-24' }, NOW, null],
    ['other times', times, {}, NOW, { schedule: [] }],
    ['other times, and others again since', times, { schedule: [] }, NOW, null],
    ['more places', more, {}, NOW, { placesTotal: 6 }],
    ['more places, which are taken by now', more, { placesTaken: 7 }, NOW, null],
    ['right once more, which changed nothing', { ...right, changes: {} }, {}, NOW, null],
    [
      'what was a taking back itself',
      { ...right, changes: { ...right.changes, takenBack: true } as SaidByLink['changes'] },
      {},
      NOW,
      null,
    ],
  ])('%s', (_name, said, since, at, before) => {
    const answer = answerBefore(said === null ? [] : [said], { ...now, ...since }, at, 24);
    expect(answer?.before ?? null).toEqual(before);
    if (answer) expect(answer.until).toEqual(LATE);
  });

  const rightStill: SaidByLink = { ...right, changes: {} };
  const fullStill: SaidByLink = { ...full, changes: {} };
  const back = ({ changes }: SaidByLink): SaidByLink => ({
    at: AT,
    action: 'setPlaces',
    changes: { ...changes, takenBack: true } as SaidByLink['changes'],
  });
  it.each<[string, SaidByLink[], object | null]>([
    ['full, then right', [right, full], { confirmedOn: '2026-08-01' }],
    ['right, then full', [full, right], { fullUntil: '2026-12-20', placesConfirmedOn: null }],
    ['right, then full, which was taken back', [back(full), full, right], { confirmedOn: '2026-08-01' }],
    ['both, and both were taken back', [back(right), back(full), full, right], null],
    ['right, pressed twice', [rightStill, right], { confirmedOn: '2026-08-01' }],
    ['right, full, and right again, which changed nothing', [rightStill, full, right], {}],
    ['the same, pressed twice', [rightStill, rightStill, full, right], {}],
    [
      'the same, taken back',
      [back(rightStill), rightStill, full, right],
      { fullUntil: '2026-12-20', placesConfirmedOn: null },
    ],
    [
      'the same, taken back twice',
      [back(full), back(rightStill), rightStill, full, right],
      { confirmedOn: '2026-08-01' },
    ],
    ['full twice, then taken back', [back(full), fullStill, full, right], { confirmedOn: '2026-08-01' }],
    ['right, taken back, and said again', [right, back(right), right], { confirmedOn: '2026-08-01' }],
  ])('goes back one by one: %s', (_name, said, before) => {
    expect(answerBefore(said, now, NOW, 24)?.before ?? null).toEqual(before);
  });
});
