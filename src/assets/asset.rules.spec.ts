import { move } from '../platform/pure/lifecycle.js';
import { ASSET_EVENTS } from './asset.events.js';
import { ASSET_LIFECYCLE, assetLifecycle, type AssetVerb } from './asset.lifecycle.js';
import { mapProblems } from './asset.rules.js';
import { ASSET_STATES, type AssetState } from './asset.types.js';

/** Where each verb leads from each state; a state that is not named refuses. */
const LEADS: Record<AssetVerb, Partial<Record<AssetState | 'new', AssetState>>> = {
  draft: { new: 'draft' },
  propose: { new: 'in_review' },
  submit: { draft: 'in_review' },
  return: { in_review: 'draft' },
  publish: { draft: 'published', in_review: 'published' },
  retire: { draft: 'retired', in_review: 'retired', published: 'retired' },
  restore: { retired: 'draft' },
  amend: { draft: 'draft', in_review: 'in_review', published: 'published' },
  confirm: { published: 'published' },
};
const VERBS = Object.keys(ASSET_LIFECYCLE) as AssetVerb[];
const STATES = ['new', ...ASSET_STATES] as const;

describe('the lifecycle of an asset', () => {
  it.each(VERBS.flatMap((verb) => STATES.map((state) => [verb, state] as const)))(
    '%s from %s',
    (verb, state) => {
      const to = LEADS[verb][state];
      const answer = move(assetLifecycle, verb, state === 'new' ? null : state);
      if (to === undefined) expect(answer).toEqual({ ok: false, because: expect.any(String) });
      else expect(answer).toEqual({ ok: true, to });
    },
  );

  it('tells of each verb under a name of its own', () => {
    expect(new Set(Object.values(ASSET_EVENTS)).size).toBe(VERBS.length);
  });
});

describe('what an asset lacks before it is on the map', () => {
  const fields = (asset: Parameters<typeof mapProblems>[0]) => mapProblems(asset).map(({ field }) => field);
  it.each([
    ['nothing, in a neighbourhood', { domains: ['age_well'], neighbourhoodId: 'n', community: null }, []],
    ['nothing, in a community', { domains: ['age_well'], neighbourhoodId: null, community: 'carers' }, []],
    ['a domain', { domains: [], neighbourhoodId: 'n', community: null }, ['domains']],
    ['a place', { domains: ['be_well'], neighbourhoodId: null, community: null }, ['neighbourhoodId']],
    ['both', { domains: [], neighbourhoodId: null, community: null }, ['domains', 'neighbourhoodId']],
  ] as const)('%s', (_what, asset, lacking) => {
    expect(fields({ ...asset, domains: [...asset.domains] })).toEqual(lacking);
  });
});
