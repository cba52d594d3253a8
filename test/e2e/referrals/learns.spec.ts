import pg from 'pg';
import { aPerson } from '../../factories/clients.js';
import { aReferral, aSend, theManager } from '../../factories/referrals.js';
import { aMember, aScheme, anOrganisation, type TestMember, type TestScheme } from '../../support/people.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { ReferralsService } from '../../../src/referrals/referrals.service.js';
import { FEEDBACK } from '../../../src/referrals/referral.types.js';
import { ResponsesService } from '../../../src/outcomes/responses.service.js';
import { londonDate } from '../../../src/platform/clock/calendar.js';
import { UnitOfWork } from '../../../src/platform/database/unit-of-work.js';

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const REFERENCE = /[2-9B-Z]{4}-[2-9B-Z]{4}/g;

/** Two schemes alike in all but one thing: in the first the person has an open referral by way of a hospice. */
interface World {
  scheme: TestScheme;
  practice: TestMember;
  manager: TestMember;
  sam: TestMember;
  known: boolean;
  openId: string | null;
}

/** How it ends, by whoever works for the scheme, and what whoever may hear of it is told. */
const ENDINGS = {
  closed: {
    input: { result: 'helped', reason: 'done', mayAskAgain: false },
    told: { status: 'closed', why: 'done', whyText: 'Done' },
  },
  withdrawn: {
    input: { reason: 'sent_in_error', note: 'Only for the scheme' },
    told: { status: 'withdrawn', why: 'sent_in_error', whyText: 'Sent in error' },
  },
} as const;

const HOW_THEY_ARE = {
  measure: 'ons4',
  version: '1',
  mode: 'phone',
  answers: { satisfied: 3, worthwhile: 4, happy: 5, anxious: 7 },
} as const;
const SATISFIED = { title: 'Life satisfaction', max: 10, before: 3, after: 8, change: 'improved' };

let betony: TestApp;
beforeAll(async () => {
  betony = await startApp();
});
afterAll(async () => {
  await betony.stop();
});

const LIVES = FEEDBACK.flatMap((feedback) =>
  (['closed', 'withdrawn'] as const).map((ending) => ({ feedback, ending })),
);

describe.each(LIVES)(
  'somebody known, to a sender who hears $feedback of what is $ending',
  ({ feedback, ending }) => {
    const worlds: World[] = [];
    const person = aPerson();
    let referralIds: string[] = [];

    beforeAll(async () => {
      betony.clock.set(TEST_NOW);
      for (const known of [true, false]) {
        const scheme = await aScheme(betony);
        const sam = await aMember(scheme, 'link_worker', { name: 'Sam' });
        const practice = await aMember(scheme, 'referrer', { name: 'Dr Patel' });
        const manager = await theManager(scheme);
        let openId: string | null = null;
        if (known) {
          const organisation = await anOrganisation(scheme, 'hospice');
          const hospice = await aMember(scheme, 'referrer', { organisation });
          const open = aReferral(scheme).from(hospice).about(person).accepted().allocatedTo(sam).active();
          openId = (await open).id;
        }
        worlds.push({ scheme, practice, manager, sam, known, openId });
      }
    });

    /** The same request in both worlds: its status, headers and body, without the ids that must differ. */
    const both = async (
      method: 'GET' | 'POST',
      url: (id: string) => string,
      payload?: object,
    ): Promise<{ answers: string[]; bodies: Record<string, unknown>[] }> => {
      const answers: string[] = [];
      const bodies: Record<string, unknown>[] = [];
      for (const [place, { practice }] of worlds.entries()) {
        const response = await betony.inject({
          method,
          url: `/api/v1${url(referralIds[place] ?? '')}`,
          headers: { ...practice.headers, 'x-request-id': 'a-request-of-a-test' },
          ...(payload === undefined ? {} : { payload }),
        });
        const { etag, 'content-length': length, location } = response.headers;
        answers.push(
          JSON.stringify([response.statusCode, { etag, length, location }, response.body])
            .replace(ID, 'id')
            .replace(REFERENCE, 'reference'),
        );
        bodies.push(response.json<Record<string, unknown>>());
      }
      return { answers, bodies };
    };

    const same = async (
      method: 'GET' | 'POST',
      url: (id: string) => string,
      payload?: object,
    ): Promise<Record<string, unknown>[]> => {
      const { answers, bodies } = await both(method, url, payload);
      expect(answers[0]).toBe(answers[1]);
      return bodies;
    };

    /** All that a sender can look at: the status and what it allows, for whoever may hear of it. */
    const looksTheSame = async (told: string, allows: string[]): Promise<void> => {
      const [view] = await same('GET', (id) => `/referrals/${id}`);
      const hears = feedback !== 'nothing' || told === 'returned';
      const [status, allowed] = hears ? [told, allows] : ['sent', ['note', 'withdraw']];
      expect(view).toMatchObject({ status, allowed });
      await same('GET', (id) => `/referrals/${id}/history`);
      await same('GET', () => '/referrals');
      await same('GET', () => `/referrals?status=${status}`);
    };

    const inEach = async (work: (world: World, id: string) => Promise<unknown>): Promise<void> => {
      for (const [place, world] of worlds.entries()) await work(world, referralIds[place]!);
    };

    it('when sending: the same answer after the same statements', async () => {
      const statements: string[][] = [];
      const query: unknown = Reflect.get(pg.Client.prototype, 'query');
      Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]): unknown {
        const [given] = args as [string | { text: string }];
        statements.at(-1)?.push(typeof given === 'string' ? given : given.text);
        return Reflect.apply(query as () => unknown, this, args);
      });
      const answers: string[] = [];
      referralIds = [];
      try {
        for (const { practice } of worlds) {
          statements.push([]);
          const response = await betony.inject({
            method: 'POST',
            url: '/api/v1/referrals',
            headers: practice.headers,
            payload: { ...aSend({ feedback }), client: person },
          });
          expect(response.statusCode).toBe(201);
          referralIds.push(response.json<{ id: string }>().id);
          answers.push(response.body.replace(ID, 'id').replace(REFERENCE, 'reference'));
        }
      } finally {
        Reflect.set(pg.Client.prototype, 'query', query);
      }
      expect(answers[0]).toBe(answers[1]);
      expect(statements[0]!.length).toBeGreaterThan(10);
      expect(statements[0]).toEqual(statements[1]);
      await looksTheSame('sent', ['note', 'withdraw']);
    });

    it('when it is sent back and sent again', async () => {
      const referrals = betony.get(ReferralsService);
      await inEach(({ manager }, id) =>
        referrals.return(manager.actor, id, { missing: ['reasons'], message: 'What would help?' }),
      );
      await looksTheSame('returned', ['send', 'note', 'withdraw']);
      await same('POST', (id) => `/referrals/${id}/send`, {
        couldComeToHarm: false,
        reasonNote: 'Company in the mornings',
      });
      await looksTheSame('sent', ['note', 'withdraw']);
    });

    it('when triage joins the one and accepts the other', async () => {
      const referrals = betony.get(ReferralsService);
      betony.clock.advance({ hours: 1 });
      await inEach(({ manager, openId }, id) =>
        openId === null
          ? referrals.accept(manager.actor, id, {})
          : referrals.join(manager.actor, id, { into: openId }),
      );
      await looksTheSame('taken_on', ['note', 'withdraw']);
      await same('POST', (id) => `/referrals/${id}/notes`, { note: 'She moved in with her daughter' });
      await looksTheSame('taken_on', ['note', 'withdraw']);
      await same('POST', () => '/referrals', { ...aSend(), client: person });
    });

    it('when they ask to take it back once somebody is helping', async () => {
      await inEach(({ manager, sam, known }, id) =>
        known
          ? Promise.resolve()
          : betony.get(ReferralsService).allocate(manager.actor, id, { workerId: sam.actor.membershipId }),
      );
      const [body] = await same('POST', (id) => `/referrals/${id}/withdraw`, { reason: 'no_longer_needed' });
      expect(body).toMatchObject({ status: 409, title: 'ask-link-worker' });
      await looksTheSame('taken_on', ['note', 'withdraw']);
    });

    it('when the person is reached', async () => {
      betony.clock.advance({ hours: 1 });
      await inEach(({ manager, openId }, id) =>
        betony
          .get(UnitOfWork)
          .run(manager.actor, (tx) => betony.get(ReferralsService).begin(tx, openId ?? id)),
      );
      await looksTheSame('in_touch', ['note']);
    });

    it('when they say how they are, at the start', async () => {
      await inEach(({ sam, openId }, id) =>
        betony.get(ResponsesService).record(sam.actor, openId ?? id, {
          ...HOW_THEY_ARE,
          occasion: 'baseline',
          answeredOn: londonDate(betony.clock.now()),
        }),
      );
      await looksTheSame('in_touch', ['note']);
    });

    it('when it is over', async () => {
      const referrals = betony.get(ReferralsService);
      betony.clock.advance({ days: 20 });
      await inEach(({ manager, sam, openId }, id) =>
        ending === 'closed'
          ? betony
              .get(ResponsesService)
              .record(sam.actor, openId ?? id, {
                ...HOW_THEY_ARE,
                answers: { ...HOW_THEY_ARE.answers, satisfied: 8 },
                occasion: 'closing',
                answeredOn: londonDate(betony.clock.now()),
              })
              .then(() => referrals.close(manager.actor, openId ?? id, { ...ENDINGS.closed.input }))
          : referrals.withdraw(manager.actor, openId ?? id, { ...ENDINGS.withdrawn.input }),
      );
      await looksTheSame(ending, []);
      for (const [verb, payload] of [
        ['withdraw', { reason: 'no_longer_needed' }],
        ['notes', { note: 'Thank you' }],
        ['send', { couldComeToHarm: false }],
        ['accept', {}],
      ] as const) {
        await same('POST', (id) => `/referrals/${id}/${verb}`, payload);
      }
      const [view] = await same('GET', (id) => `/referrals/${id}`);
      const result = feedback === 'everything' && ending === 'closed' ? 'helped' : null;
      const nothing = { status: 'sent', why: null, whyText: null };
      expect(view).toMatchObject({ ...(feedback === 'nothing' ? nothing : ENDINGS[ending].told), result });
      const { acceptedAt, firstContactAt, outcome } = view as Record<string, unknown>;
      expect([typeof acceptedAt, typeof firstContactAt]).toEqual(
        Array(2).fill(feedback === 'nothing' ? 'object' : 'string'),
      );
      const told4 = { joinedGroup: false, scores: expect.arrayContaining([SATISFIED]) as unknown };
      expect(outcome).toEqual(result === null ? null : told4);
      const told = new Date(view!['statusAt'] as string).getTime() - new Date(TEST_NOW).getTime();
      expect(told > 0).toBe(feedback !== 'nothing');
      const [history] = await same('GET', (id) => `/referrals/${id}/history`);
      const { items } = history as { items: { action: string; note: string | null }[] };
      expect(items.map(({ action }) => action)).toEqual(['send', 'return', 'send', 'note']);
      expect(JSON.stringify(items)).not.toContain('Only for the scheme');
    });
  },
);
