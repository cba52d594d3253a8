import { move } from '../platform/pure/lifecycle.js';
import { LISTING_EVENTS } from './listing.events.js';
import { LISTING_LIFECYCLE, listingLifecycle, type ListingVerb } from './listing.lifecycle.js';
import { LISTING_STATES, type ListingState } from './listing.types.js';

/** Where each verb leads from each state; a state that is not named refuses. */
const LEADS: Record<ListingVerb, Partial<Record<ListingState | 'new', ListingState>>> = {
  draft: { new: 'draft' },
  propose: { new: 'in_review' },
  submit: { draft: 'in_review' },
  return: { in_review: 'draft' },
  publish: { draft: 'published', in_review: 'published' },
  pause: { published: 'paused' },
  resume: { paused: 'published' },
  close: { draft: 'closed', in_review: 'closed', published: 'closed', paused: 'closed' },
  reopen: { closed: 'draft' },
  amend: { draft: 'draft', in_review: 'in_review', published: 'published', paused: 'paused' },
  setPlaces: { draft: 'draft', in_review: 'in_review', published: 'published', paused: 'paused' },
  confirm: { published: 'published', paused: 'paused' },
};
const VERBS = Object.keys(LISTING_LIFECYCLE) as ListingVerb[];
const STATES = ['new', ...LISTING_STATES] as const;

describe('the lifecycle of a listing', () => {
  it.each(VERBS.flatMap((verb) => STATES.map((state) => [verb, state] as const)))(
    '%s from %s',
    (verb, state) => {
      const to = LEADS[verb][state];
      const answer = move(listingLifecycle, verb, state === 'new' ? null : state);
      if (to === undefined) expect(answer).toEqual({ ok: false, because: expect.any(String) });
      else expect(answer).toEqual({ ok: true, to });
    },
  );

  it('reaches every state, and leaves every state', () => {
    const reached = new Set<string>(['new']);
    for (let before = 0; before < reached.size;) {
      before = reached.size;
      for (const verb of VERBS) {
        for (const state of STATES)
          if (reached.has(state) && LEADS[verb][state]) reached.add(LEADS[verb][state]);
      }
    }
    expect([...reached].sort()).toEqual([...STATES].sort());
    const left = LISTING_STATES.filter((state) =>
      VERBS.some((verb) => LEADS[verb][state] !== undefined && LEADS[verb][state] !== state),
    );
    expect(left).toEqual([...LISTING_STATES]);
  });

  it('tells of each verb under a name of its own', () => {
    const names = Object.values(LISTING_EVENTS);
    expect(new Set(names).size).toBe(VERBS.length);
  });
});
