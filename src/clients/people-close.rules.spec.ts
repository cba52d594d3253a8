import { sharingProblems, type Sharing } from './people-close.rules.js';
import { RELATIONS, SEEN_FROM_THE_OTHER } from './people-close.types.js';

describe('what is shared with a supporter', () => {
  const today = '2026-11-21';
  it.each<[string, Sharing, boolean, string[]]>([
    ['nothing, nothing agreed', { shares: [], agreedOn: null }, false, []],
    ['something agreed before', { shares: ['plan'], agreedOn: '2026-01-05' }, false, []],
    ['something nobody agreed to', { shares: ['plan'], agreedOn: null }, false, ['agreedOn']],
    ['agreed tomorrow', { shares: [], agreedOn: '2026-11-22' }, false, ['agreedOn']],
    [
      'with a safety flag, agreed before',
      { shares: ['messages'], agreedOn: '2026-11-20' },
      true,
      ['agreedOn'],
    ],
    ['with a safety flag, asked for today', { shares: ['messages'], agreedOn: today }, true, []],
    ['with a safety flag, nothing', { shares: [], agreedOn: null }, true, []],
  ])('%s', (_what, sharing, safetyFlag, fields) => {
    expect(sharingProblems(sharing, { safetyFlag }, today).map(({ field }) => field)).toEqual(fields);
  });

  it('seen from the other side twice, every relation is itself again', () => {
    for (const relation of RELATIONS) {
      expect(SEEN_FROM_THE_OTHER[SEEN_FROM_THE_OTHER[relation]]).toBe(relation);
    }
  });
});
