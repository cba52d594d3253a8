import { aCase } from '../factories/caseload.js';
import { aPerson } from '../factories/clients.js';
import { PASSWORD, withPassword } from '../factories/second-factors.js';
import type { TestMember } from '../support/people.js';
import type { Sample, Target, World } from '../support/route-samples.js';

/** What stands in for a member where nobody is signed in. */
const nobody = ({ worker }: World): Promise<TestMember> =>
  Promise.resolve({ ...worker, headers: {} as TestMember['headers'] });

const BORN = '1948-03-02';
let houses = 0;

async function done(
  { betony }: World,
  url: string,
  payload: object | undefined,
  headers: { authorization?: string } = {},
): Promise<Target> {
  houses += 1;
  const answer = await betony.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url,
    // Another house each time: what is counted by network address is not what is tried here.
    remoteAddress: `11.${String((houses >> 16) & 255)}.${String((houses >> 8) & 255)}.${String(houses & 255)}`,
    headers,
    ...(payload ? { payload } : {}),
  });
  if (answer.statusCode >= 300) throw new Error(`${url} ${answer.body}`);
  return answer.json<Target>();
}

/** A link to somebody's own page, which the date of birth opens. */
async function aPageLink(world: World): Promise<Target> {
  const { worker, scheme } = world;
  const { clientId, referralId } = await aCase(scheme, worker).person({ dateOfBirth: BORN }).begun();
  const { address = '' } = await done(world, `/api/v1/clients/${clientId}/page/links`, {}, worker.headers);
  return { token: address.split('/my/link/')[1] ?? '', dateOfBirth: BORN, clientId, referralId };
}

/** Somebody on their own page. */
export async function visitor(world: World): Promise<TestMember> {
  const { token, dateOfBirth } = await aPageLink(world);
  const entered = await done(world, '/api/v1/my-page/sessions/by-link', { token, dateOfBirth });
  return { ...world.worker, headers: { authorization: `Bearer ${entered['token'] ?? ''}` } };
}
const onPage = (body?: () => object): Sample => ({ as: visitor, ...(body ? { body } : {}) });

const inFeed =
  (kind: string): NonNullable<Sample['at']> =>
  async (world) => {
    const { contents } = (await done(
      world,
      `/open-referral/${world.scheme.id}/${kind}`,
      undefined,
    )) as unknown as { contents?: { id: string }[] };
    return { scheme: world.scheme.id, id: contents?.[0]?.id ?? 'none' };
  };
const FEED = ['services', 'taxonomies', 'taxonomy_terms', 'service_at_locations', 'organizations'];

/** What nobody needs to sign in for, or only those on their own page. */
export const OPEN_SAMPLES: Record<string, Sample> = {
  'POST /sign-in': {
    as: async (world) => ({
      ...(await withPassword(world.scheme, 'link_worker', { organisation: world.host })),
      headers: {} as TestMember['headers'],
    }),
    body: (_target, _world, { email }) => ({ email, password: PASSWORD }),
  },
  'POST /session/refresh': {
    as: nobody,
    at: async (world) => {
      const { email } = await withPassword(world.scheme, 'link_worker', { organisation: world.host });
      const { refreshToken = '' } = await done(world, '/api/v1/sign-in', { email, password: PASSWORD });
      return { refreshToken };
    },
    body: ({ refreshToken }) => ({ refreshToken }),
  },
  'POST /password-resets': { as: nobody, body: () => ({ email: 'somebody@example.org' }) },
  'POST /schemes/:schemeId/self-referrals': {
    as: nobody,
    at: ({ scheme }) => Promise.resolve({ schemeId: scheme.id }),
    body: () => ({
      client: aPerson({ nhsNumber: null }),
      reasons: ['loneliness'],
      agreed: true,
      couldComeToHarm: false,
    }),
  },
  'GET /calendars/:file': {
    as: nobody,
    at: async (world) => {
      const { address = '' } = await done(world, '/api/v1/calendar-feed', {}, world.worker.headers);
      return { file: new URL(address).pathname.split('/').at(-1) ?? '' };
    },
  },
  'POST /my-page/codes': {
    as: nobody,
    body: (_target, { scheme }) => ({ to: 'somebody@example.org', schemeId: scheme.id }),
  },
  'POST /my-page/sessions/by-link': {
    as: nobody,
    at: aPageLink,
    body: ({ token, dateOfBirth }) => ({ token, dateOfBirth }),
  },
  'POST /my-page/leave': onPage(),
  'GET /my-page': onPage(),
  'GET /my-page/plan': onPage(),
  'GET /my-page/stories': onPage(),
  'GET /my-page/appointments': onPage(),
  'GET /my-page/questionnaires': onPage(),
  'GET /my-page/agreements': onPage(),
  'GET /my-page/supporters': onPage(),
  'GET /my-page/contact': onPage(),
  'POST /my-page/contact': onPage(() => ({ reachNote: 'After ten' })),
  'POST /my-page/stop-messages': onPage(() => ({ callsToo: true })),
  'GET /my-page/messages': onPage(),
  'POST /my-page/messages': onPage(() => ({ words: 'Thank you for ringing.' })),
  'POST /my-page/feedback': onPage(() => ({
    kind: 'feedback',
    about: 'service',
    words: 'Very kind.',
    wantsAnswer: false,
  })),
  'POST /my-page/close': onPage(),
  'GET /open-referral/:scheme': { as: nobody, at: inFeed('services') },
  ...Object.fromEntries(
    FEED.flatMap((kind): [string, Sample][] => [
      [`GET /open-referral/:scheme/${kind}`, { as: nobody, at: inFeed(kind) }],
      [`GET /open-referral/:scheme/${kind}/:id`, { as: nobody, at: inFeed(kind) }],
    ]),
  ),
};
