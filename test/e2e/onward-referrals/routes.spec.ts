import { ROLES, type Role } from '../../../src/platform/actor/actor.types.js';
import {
  aCase,
  aGroup,
  agreement,
  anOffer,
  expectPlacesToAddUp,
  offerOf,
  type OfferSentence,
  type TestCase,
  type TestGroup,
} from '../../factories/onward.js';
import { aMember, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

type Who = Role | 'other worker' | 'other group' | 'other scheme' | 'nobody';
const WHO: Who[] = [...ROLES, 'other worker', 'other group', 'other scheme', 'nobody'];
type Made = (sentence: OfferSentence) => PromiseLike<string>;

interface Route {
  name: string;
  method: 'GET' | 'POST';
  /** `:id` an onward referral, `:referral` and `:listing` its own. */
  path: string;
  body?: (world: World) => object;
  made: Made | null;
  /** Statuses for: link_worker, scheme_manager, provider_member. */
  may: [number, number, number];
}
interface World {
  grace: TestCase;
  group: TestGroup;
}

const asIs: Made = (offer) => offer;
const accepted: Made = (offer) => offer.accepted();
const talking: Made = (offer) => offer.talking();
const started: Made = (offer) => offer.accepted().started();
const on = '2026-11-23';

const ROUTES: Route[] = [
  {
    name: 'gates',
    method: 'GET',
    path: '/listings/:listing/gates?referralId=:referral',
    made: null,
    may: [200, 200, 403],
  },
  {
    name: 'preview',
    method: 'POST',
    path: '/referrals/:referral/onward-referrals/preview',
    body: ({ group }) => offerOf(group.listingId),
    made: null,
    may: [200, 200, 403],
  },
  {
    name: 'offer',
    method: 'POST',
    path: '/referrals/:referral/onward-referrals',
    body: ({ group }) => offerOf(group.listingId, { agreement: agreement() }),
    made: null,
    may: [201, 201, 403],
  },
  {
    name: 'of referral',
    method: 'GET',
    path: '/referrals/:referral/onward-referrals',
    made: asIs,
    may: [200, 200, 200],
  },
  { name: 'get', method: 'GET', path: '/onward-referrals/:id', made: asIs, may: [200, 200, 200] },
  { name: 'history', method: 'GET', path: '/onward-referrals/:id/history', made: asIs, may: [200, 200, 403] },
  {
    name: 'accept',
    method: 'POST',
    path: '/onward-referrals/:id/accept',
    body: () => ({}),
    made: asIs,
    may: [200, 200, 200],
  },
  {
    name: 'waitlist',
    method: 'POST',
    path: '/onward-referrals/:id/waitlist',
    body: () => ({}),
    made: asIs,
    may: [200, 200, 200],
  },
  {
    name: 'talk',
    method: 'POST',
    path: '/onward-referrals/:id/talk',
    body: () => ({ by: 'message' }),
    made: asIs,
    may: [200, 200, 200],
  },
  {
    name: 'undo talk',
    method: 'POST',
    path: '/onward-referrals/:id/undo-talk',
    made: talking,
    may: [200, 200, 200],
  },
  {
    name: 'rang',
    method: 'POST',
    path: '/onward-referrals/:id/rang',
    body: () => ({}),
    made: asIs,
    may: [409, 409, 403],
  },
  { name: 'resend', method: 'POST', path: '/onward-referrals/:id/resend', made: asIs, may: [409, 409, 403] },
  {
    name: 'chase',
    method: 'POST',
    path: '/onward-referrals/:id/chase',
    body: () => ({ note: 'They look at it tonight' }),
    made: asIs,
    may: [200, 200, 403],
  },
  {
    name: 'decline',
    method: 'POST',
    path: '/onward-referrals/:id/decline',
    body: () => ({ reason: 'not_suitable' }),
    made: asIs,
    may: [200, 200, 200],
  },
  {
    name: 'late yes',
    method: 'POST',
    path: '/onward-referrals/:id/late-yes',
    body: () => ({}),
    made: asIs,
    may: [409, 409, 409],
  },
  {
    name: 'revive',
    method: 'POST',
    path: '/onward-referrals/:id/revive',
    body: () => ({}),
    made: asIs,
    may: [409, 409, 403],
  },
  {
    name: 'offer again',
    method: 'POST',
    path: '/onward-referrals/:id/re-offer',
    body: () => ({}),
    made: (offer) => offer.withdrawn(),
    may: [201, 201, 403],
  },
  { name: 'undo', method: 'POST', path: '/onward-referrals/:id/undo', made: accepted, may: [200, 200, 200] },
  {
    name: 'start',
    method: 'POST',
    path: '/onward-referrals/:id/start',
    body: () => ({ on, by: 'help_given' }),
    made: accepted,
    may: [200, 200, 200],
  },
  {
    name: 'complete',
    method: 'POST',
    path: '/onward-referrals/:id/complete',
    body: () => ({ result: 'still_going' }),
    made: started,
    may: [200, 200, 200],
  },
  {
    name: 'stop',
    method: 'POST',
    path: '/onward-referrals/:id/stop',
    body: () => ({ reason: 'health', side: 'client' }),
    made: started,
    may: [200, 200, 200],
  },
  {
    name: 'withdraw',
    method: 'POST',
    path: '/onward-referrals/:id/withdraw',
    body: () => ({ reason: 'no_longer_needed', side: 'client' }),
    made: asIs,
    may: [200, 200, 403],
  },
  {
    name: 'seen',
    method: 'POST',
    path: '/onward-referrals/:id/seen',
    made: (offer) => offer.withdrawn(),
    may: [200, 200, 200],
  },
  {
    name: 'noted',
    method: 'POST',
    path: '/onward-referrals/:id/noted',
    made: (offer) => offer.declined(),
    may: [200, 200, 403],
  },
  {
    name: 'died',
    method: 'POST',
    path: '/onward-referrals/:id/died',
    body: () => ({ toldBy: 'Her daughter' }),
    made: accepted,
    may: [200, 200, 200],
  },
  {
    name: 'attendance',
    method: 'GET',
    path: '/onward-referrals/:id/attendance',
    made: asIs,
    may: [200, 200, 200],
  },
  {
    name: 'attend',
    method: 'POST',
    path: '/onward-referrals/:id/attendance',
    body: () => ({ sessionOn: on, result: 'attended' }),
    made: accepted,
    may: [201, 201, 201],
  },
  {
    name: 'signposts',
    method: 'GET',
    path: '/referrals/:referral/signposts',
    made: null,
    may: [200, 200, 403],
  },
  {
    name: 'signpost',
    method: 'POST',
    path: '/referrals/:referral/signposts',
    body: () => ({ toldAbout: 'The library', toldOn: on, how: 'phone' }),
    made: null,
    may: [201, 201, 403],
  },
];

describe('onward referral routes', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let people: Record<Exclude<Who, 'nobody'>, TestMember>;
  let group: TestGroup;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    const elsewhere = await aScheme(betony);
    group = await aGroup(scheme, { places: 500 });
    const members = await Promise.all(
      ROLES.map(async (role) => [role, await aMember(scheme, role)] as const),
    );
    people = {
      ...(Object.fromEntries(members) as Record<Role, TestMember>),
      provider_member: group.member,
      'other worker': await aMember(scheme, 'link_worker'),
      'other group': (await aGroup(scheme)).member,
      'other scheme': await aMember(elsewhere, 'scheme_manager'),
    };
  });
  afterAll(async () => {
    await expectPlacesToAddUp(scheme);
    await betony.stop();
  });

  function expected(route: Route, who: Who): number {
    const [worker, manager, provider] = route.may;
    switch (who) {
      case 'nobody':
        return 401;
      case 'link_worker':
        return worker;
      case 'scheme_manager':
        return manager;
      case 'provider_member':
        return provider;
      case 'other worker':
        return worker === 403 ? 403 : 404;
      case 'other group':
        return provider === 403 ? 403 : 404;
      case 'other scheme':
        return manager === 403 ? 403 : 404;
      // Its own verb for those who hold the client by having referred them, which is another route.
      case 'referrer':
        return route.name === 'died' ? 404 : 403;
      case 'commissioner':
      case 'administrator':
        return 403;
    }
  }

  const cells = ROUTES.flatMap((route) => WHO.map((who) => ({ route, who, name: route.name })));
  it.each(cells)('$name by $who', async ({ route, who }) => {
    const grace = await aCase(scheme, { worker: people.link_worker, agreedWith: [group.organisationId] });
    const id = route.made ? await route.made(anOffer(scheme, grace, group)) : '';
    const url = route.path
      .replace(':id', id)
      .replace(':referral', grace.referralId)
      .replace(':listing', group.listingId);
    const answer = await betony.inject({
      method: route.method,
      url: `/api/v1${url}`,
      headers: who === 'nobody' ? {} : people[who].headers,
      ...(route.body ? { payload: route.body({ grace, group }) } : {}),
    });
    expect(`${String(answer.statusCode)} ${answer.statusCode < 400 ? '' : answer.body}`).toMatch(
      new RegExp(`^${String(expected(route, who))}`),
    );
  });

  it('lists only what is in reach', async () => {
    const grace = await aCase(scheme, { worker: people.link_worker, agreedWith: [group.organisationId] });
    const id = await anOffer(scheme, grace, group);
    const sees = async (who: Exclude<Who, 'nobody'>) => {
      const answer = await betony.inject({
        method: 'GET',
        url: '/api/v1/onward-referrals?limit=1',
        headers: people[who].headers,
      });
      if (answer.statusCode !== 200) return answer.statusCode;
      return answer.json<{ items: { id: string }[] }>().items[0]?.id === id;
    };
    expect({
      link_worker: await sees('link_worker'),
      scheme_manager: await sees('scheme_manager'),
      provider_member: await sees('provider_member'),
      'other worker': await sees('other worker'),
      'other group': await sees('other group'),
      'other scheme': await sees('other scheme'),
      referrer: await sees('referrer'),
      commissioner: await sees('commissioner'),
      administrator: await sees('administrator'),
    }).toEqual({
      link_worker: true,
      scheme_manager: true,
      provider_member: true,
      'other worker': false,
      'other group': false,
      'other scheme': false,
      referrer: 403,
      commissioner: 403,
      administrator: 403,
    });
  });

  it('pages newest first, each row once', async () => {
    const fresh = await aGroup(scheme);
    const ids: string[] = [];
    for (let one = 0; one < 5; one += 1) {
      ids.unshift(await anOffer(scheme, await aCase(scheme, { worker: people.link_worker }), fresh));
    }
    const seen: string[] = [];
    const page = async (after: string | null): Promise<string | null> => {
      const answer = await betony.inject({
        method: 'GET',
        url: `/api/v1/onward-referrals?limit=2${after === null ? '' : `&after=${after}`}`,
        headers: fresh.member.headers,
      });
      const { items, next } = answer.json<{ items: { id: string }[]; next: string | null }>();
      seen.push(...items.map(({ id }) => id));
      return next;
    };
    for (let next = await page(null); next !== null;) next = await page(next);
    expect(seen).toEqual(ids);
  });

  it('makes one offer of a request sent twice with the same key', async () => {
    const grace = await aCase(scheme, { worker: people.link_worker, agreedWith: [group.organisationId] });
    const send = () =>
      betony.inject({
        method: 'POST',
        url: `/api/v1/referrals/${grace.referralId}/onward-referrals`,
        headers: { ...people.link_worker.headers, 'idempotency-key': `offer-${grace.referralId}` },
        payload: offerOf(group.listingId),
      });
    const [first, second] = [await send(), await send()];
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(second.json()).toEqual(first.json());
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('answers a refused offer with every reason a person can read', async () => {
    const grace = await aCase(scheme, { worker: people.link_worker, risks: ['falls'] });
    const careful = await aGroup(scheme, { places: 0, provider: { limits: ['falls'] } });
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1/referrals/${grace.referralId}/onward-referrals`,
      headers: people.link_worker.headers,
      payload: offerOf(careful.listingId),
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      title: 'gates',
      refusals: [
        {
          code: 'gates',
          about: 'within_limits',
          because: 'This group does not take people at risk of falling.',
        },
        { code: 'gates', about: 'has_places' },
        { code: 'no-agreement', about: 'needs' },
        { code: 'no-agreement', about: 'contact_details' },
        { code: 'no-agreement', about: 'access_needs' },
      ],
    });
  });

  it('shows a worker milestones and what may be done, as computed', async () => {
    const grace = await aCase(scheme, { worker: people.link_worker, agreedWith: [group.organisationId] });
    const id = await anOffer(scheme, grace, group).accepted();
    const post = (path: string, payload: object) =>
      betony.inject({
        method: 'POST',
        url: `/api/v1/onward-referrals/${id}/${path}`,
        headers: group.member.headers,
        payload,
      });
    await post('attendance', { sessionOn: on, result: 'attended' });
    await post('attendance', { sessionOn: on, sessionAt: '10:00', result: 'late' });
    await post('attendance', { sessionOn: on, sessionAt: '09:00', result: 'attended' });
    const answer = await betony.inject({
      method: 'GET',
      url: `/api/v1/onward-referrals/${id}`,
      headers: people.link_worker.headers,
    });
    expect(answer.headers['etag']).toBe(`"v${String(answer.json<{ version: number }>().version)}"`);
    expect(answer.json()).toMatchObject({
      state: 'started',
      startedOn: on,
      firstAttendedOn: on,
      thirdAttendedOn: null,
      timesAttended: 1,
      placesHeld: 1,
      actions: ['setSafety', 'resend', 'chase', 'inTouch', 'attend', 'complete', 'stop'],
    });
  });

  const BAD: [string, string, object, string][] = [
    ['offer without needs', 'offer', { needs: [] }, 'needs'],
    ['offer with an unknown need', 'offer', { needs: ['chess'] }, 'needs'],
    ['offer for nobody', 'offer', { people: 0 }, 'people'],
    ['offer for a crowd', 'offer', { people: 21 }, 'people'],
    ['offer with a story', 'offer', { riskNarrative: 'He once' }, 'riskNarrative'],
    ['offer with a scheme', 'offer', { schemeId: '01a2005c-8500-7354-a77c-999a79e0467a' }, 'schemeId'],
    [
      'offer with an unknown instruction',
      'offer',
      { safetyInstructions: ['be careful'] },
      'safetyInstructions',
    ],
    ['offer with a long note', 'offer', { helpNote: 'x'.repeat(501) }, 'helpNote'],
    [
      'offer with an agreement of tomorrow',
      'offer',
      { agreement: { ...agreement(), agreedOn: '2026-11-24' } },
      'agreedOn',
    ],
    ['accept with a date that is none', 'accept', { inTouchBy: '2026-02-30' }, 'inTouchBy'],
    ['waitlist for a negative time', 'waitlist', { expectedWeeks: -1 }, 'expectedWeeks'],
    ['decline without a reason', 'decline', {}, 'reason'],
    ['talk without a way', 'talk', { by: 'pigeon' }, 'by'],
    ['withdraw without a side', 'withdraw', { reason: 'other' }, 'side'],
    ['attend without a session', 'attendance', { result: 'attended' }, 'sessionOn'],
    [
      'attend at a quarter past nothing',
      'attendance',
      { sessionOn: on, sessionAt: '25:15', result: 'attended' },
      'sessionAt',
    ],
  ];
  it.each(BAD)('refuses to %s, naming the field', async (_name, verb, change, field) => {
    const grace = await aCase(scheme, { worker: people.link_worker, agreedWith: [group.organisationId] });
    const offered = verb === 'offer';
    const url = offered
      ? `/referrals/${grace.referralId}/onward-referrals`
      : `/onward-referrals/${await anOffer(scheme, grace, group)}/${verb}`;
    const answer = await betony.inject({
      method: 'POST',
      url: `/api/v1${url}`,
      headers: people.link_worker.headers,
      payload: offered ? { ...offerOf(group.listingId), ...change } : change,
    });
    expect([answer.statusCode, answer.json<{ errors: { field: string }[] }>().errors[0]?.field]).toEqual([
      422,
      field,
    ]);
  });
});
