import { readFileSync } from 'node:fs';
import { recorded, repeatable } from './statements.js';
import { demoNhsNumber } from '../dist/demo/story.js';

let people = 0;
const DAYS = 27_000;
/** Numbers that begin with 999 run out at half a million; the demo counts them from the other end. Born on any day of 74 years. */
export const person = () => {
  const n = 499_000 - (people += 1);
  return {
    nhsNumber: demoNhsNumber(n),
    firstName: 'Bench',
    lastName: `Person ${String.fromCharCode(65 + (n % 26))}`,
    dateOfBirth: new Date(Date.UTC(1930, 0, 1 + ((n * 7919) % DAYS))).toISOString().slice(0, 10),
    phone: '07700900123',
    postcode: 'CO97 1AA',
    safeToCall: 'yes',
  };
};
const BODY = readFileSync(new URL('./referral.json', import.meta.url), 'utf8');
const sendBody = () =>
  JSON.stringify(JSON.parse(BODY, (key, value) => (key === 'client' ? { ...value, ...person() } : value)));

const NEAR = 'near=CO97%201AA';
const SEARCHES = {
  search: `text=lunch&${NEAR}`,
  filters: `need=food&${NEAR}&withinMiles=20&day=tuesday&cost=free&language=en&access=step_free&hasPlaces=true`,
};

/**
 * The work of real days. `requests(n)` are the requests that connection n repeats, as autocannon takes them; `perScript` is
 * how many requests one recorded script does; `settle` brings back what a round that ended in the middle left; `unique` are
 * words of a request and its answer that no other may have, and how SQL makes others from the random number `:r`.
 */
export function workloads({ workers, referrers, managers, movable, links }) {
  const authorised = ({ token }) => ({ authorization: `Bearer ${token}` });
  const at = (list, n) => list[n % list.length];
  const read = (name, path, who) => ({
    name,
    perScript: 1,
    requests: (n) => [{ method: 'GET', path, headers: authorised(at(who, n)) }],
  });
  const inTwoWeeks = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
  const move = (n) => {
    const { id, owner_id: ownerId } = at(movable, n);
    const headers = {
      ...authorised(workers.find((worker) => worker.id === ownerId)),
      'content-type': 'application/json',
    };
    return Object.entries({
      hold: { reason: 'away', resumeOn: inTwoWeeks },
      resume: { nextOn: inTwoWeeks },
    }).map(([verb, body]) => ({
      method: 'POST',
      path: `/api/v1/referrals/${id}/${verb}`,
      headers,
      body: JSON.stringify(body),
    }));
  };
  return [
    read('caseload', '/api/v1/caseload?limit=25', workers),
    read('today', '/api/v1/today', workers),
    read('counts', '/api/v1/caseload/counts', workers),
    {
      name: 'send',
      perScript: 1,
      requests: (n) => [
        {
          method: 'POST',
          path: '/api/v1/referrals',
          headers: { ...authorised(at(referrers, n)), 'content-type': 'application/json' },
          setupRequest: (request) => ({ ...request, body: sendBody() }),
          body: sendBody(),
        },
      ],
      unique: ({ client }, { reference }) => [
        [reference, `left(md5(:r::text || 'unique'), ${reference.length})`],
        [client.nhsNumber, `'999' || right('000000' || (:r::text::bigint % 10000000), 7)`],
        [client.dateOfBirth, `date '1930-01-01' + (:r::text::bigint % ${DAYS})::int`],
      ],
    },
    {
      name: 'move',
      perScript: 2,
      requests: move,
      // A round may end between the two.
      settle: async (url, connections) => {
        for (let n = 0; n < connections; n += 1) {
          const [, resume] = move(n);
          await fetch(`${url}${resume.path}`, resume);
        }
      },
    },
    ...Object.entries(SEARCHES).map(([name, asked]) =>
      read(name, `/api/v1/listings?${asked}&limit=25`, workers),
    ),
    {
      name: 'match',
      perScript: 1,
      requests: (n) => {
        const { id, owner_id: ownerId } = at(movable, n);
        const worker = workers.find((one) => one.id === ownerId);
        return [
          { method: 'GET', path: `/api/v1/referrals/${id}/services?limit=25`, headers: authorised(worker) },
        ];
      },
    },
    {
      name: 'reply',
      perScript: 1,
      // One address may open so many links a minute: everybody has an address of their own.
      requests: (n) => [
        {
          method: 'GET',
          path: `/reply/${at(links, n)}`,
          headers: {},
          setupRequest: (request) => ({ ...request, headers: { 'x-forwarded-for': anAddress() } }),
        },
      ],
    },
    read('overview', '/api/v1/figures/overview', managers),
  ];
}

const anAddress = () => `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join('.')}`;

const ASKED = `${SEARCHES.search}&limit=25`;
/** Pages, each with the calls that together answer with what stands on it: its list, what it counts and offers to choose from, and whose it is. */
export const pagesBesideCalls = ({ workers }) =>
  [
    ['today', '/desk/today', ['today', 'tasks', 'me']],
    ['caseload', '/desk/caseload', ['caseload?limit=25', 'caseload/counts', 'link-workers?limit=100', 'me']],
    ['find', `/desk/find?${ASKED}`, [`listings?${ASKED}`, 'me']],
  ].map(([name, page, calls]) => {
    const get = (path, headers) => ({
      name,
      requests: (n) => [
        {
          method: 'GET',
          path,
          headers: { ...headers(workers[n % workers.length]), 'accept-encoding': 'gzip' },
        },
      ],
    });
    return {
      name,
      page: get(page, ({ cookie }) => ({ cookie })),
      calls: calls.map((call) =>
        get(`/api/v1/${call}`, ({ token }) => ({ authorization: `Bearer ${token}` })),
      ),
    };
  });

/** What every connection sends to PostgreSQL, request by request, so that others contend for no more rows than ours do. How long the first took is noted. */
export async function statementsOf(app, work, connections) {
  const sample = async (connection) => {
    let unique = [];
    const statements = [];
    for (const { method, path, headers, body, setupRequest } of work.requests(connection)) {
      const ask = async () => {
        const asked = setupRequest?.({ headers, body }) ?? { headers, body };
        const answer = await app.inject({ method, url: path, headers: asked.headers, payload: asked.body });
        if (answer.statusCode >= 300) throw new Error(`${work.name}: ${answer.statusCode} ${answer.body}`);
        if (work.unique) unique = work.unique(JSON.parse(asked.body), answer.json());
      };
      statements.push(await recorded(ask));
    }
    return { statements, unique };
  };
  const made = [];
  const began = performance.now();
  await sample(0);
  work.took = performance.now() - began;
  for (let connection = 0; connection < connections; connection += 1) {
    const first = await sample(connection);
    const second = await sample(connection);
    made.push(repeatable(first.statements, second.statements, first.unique));
  }
  return made;
}

/** The same work asked of the program without a framework. */
export const ofBareNode = ({ name, connections }) => ({
  name,
  requests: (n) =>
    connections[n % connections.length].map((_statements, number) => ({
      method: 'POST',
      path: `/${name}/${n % connections.length}/${number}`,
    })),
});
