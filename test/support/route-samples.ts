import pg from 'pg';
import sql from 'sql-template-tag';
import { Readable } from 'node:stream';
import { ImportWork } from '../../src/imports/batch.work.js';
import { ImportUploads } from '../../src/imports/import-uploads.service.js';
import { DemoSeeder } from '../../src/demo/demo.seeder.js';
import { PROGRAM_ROLES, type ProgramRole } from '../../src/identity/program.types.js';
import { ROLES, systemActor, type Role } from '../../src/platform/actor/actor.types.js';
import { encodeCursor } from '../../src/platform/http/pagination.js';
import { newId } from '../../src/platform/pure/ids.js';
import { without } from '../../src/platform/pure/without.js';
import { Closures } from '../../src/providers/closures.service.js';
import { ListingsQueries } from '../../src/providers/listings.queries.js';
import { PlacePeriods } from '../../src/providers/place-periods.service.js';
import { WEEKDAYS } from '../../src/providers/provider.types.js';
import { RhythmService } from '../../src/providers/rhythm.service.js';
import { TASK_KINDS } from '../../src/reminders/task.types.js';
import { aBulkReferral, aList, aListRow, LIST_HEADINGS } from '../factories/bulk-referrals.js';
import { recognise } from '../../src/imports/referral-sheet.rules.js';
import { aCase } from '../factories/caseload.js';
import { aClient, anNhsNumber, aPerson } from '../factories/clients.js';
import { changeRow, inScheme, insertRow } from '../factories/episodes.js';
import {
  aCase as aSentCase,
  agreement,
  anOffer,
  offerOf,
  type OfferSentence,
  type TestCase,
  type TestGroup,
} from '../factories/onward.js';
import { aListing, aProvider } from '../factories/providers.js';
import { aReferral, aSend, theSender } from '../factories/referrals.js';
import { codeOf, PASSWORD, withApp, withPassword } from '../factories/second-factors.js';
import { aProgram, type TestProgram } from '../factories/programs.js';
import { aParcel } from '../factories/transfers.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from './people.js';
import { rowsOf } from './records.js';
import { TEST_NOW, type TestApp } from './start-app.js';
import { aForm, aPdf } from './upload.js';

export type Cast = Record<Role, TestMember>;

/** A lived-in scheme, and a second one for those to whom it is closed. */
export interface World {
  betony: TestApp;
  scheme: TestScheme;
  /** One of each role. The link worker also works the triage queue. */
  people: Cast;
  /** The same roles in other organisations of the scheme, holding nobody. */
  others: Cast;
  /** The same roles in another scheme. */
  foreigners: Cast;
  /** One of each role that a program may have, in the organisations of `people`. */
  programs: Record<ProgramRole, TestProgram>;
  /** Once of the scheme, and no longer let in. */
  disabled: Cast;
  /** Has the cases that managers are tried on. */
  worker: TestMember;
  host: string;
  /** The organisation of the provider member of `people`, with its profile. */
  group: string;
}

async function cast(scheme: TestScheme, triages: boolean): Promise<Cast> {
  const member = async (role: Role): Promise<TestMember> => {
    const organisation =
      role === 'provider_member'
        ? await aProvider(scheme)
        : await anOrganisation(scheme, role === 'referrer' ? 'gp_practice' : 'host');
    return aMember(scheme, role, { organisation, triages: triages && role === 'link_worker' });
  };
  return Object.fromEntries(
    await Promise.all(ROLES.map(async (role) => [role, await member(role)] as const)),
  ) as Cast;
}

/** Small: what matters is that every table has rows of several people, services and ages. */
const SIZE = {
  referrals: 90,
  workers: 2,
  liveEach: 12,
  practices: 2,
  faithGroups: 2,
  communityGroups: 6,
};

/** The demo's people and the factories' would have the same NHS numbers: the factories go on where the demo stopped. */
async function passNumbersOf(scheme: TestScheme): Promise<void> {
  const [{ last } = { last: null }] = await rowsOf<{ last: string | null }>(
    scheme,
    sql`select max(nhs_number) as last from client where scheme_id = ${scheme.id}`,
  );
  while (last !== null && anNhsNumber() <= last);
}

/** Its people could sign in under the same addresses as those of the next one: these do not. */
async function aDemo(betony: TestApp, name: string, seed?: number): Promise<TestScheme> {
  const { schemeId } = await betony.get(DemoSeeder).seed('a password for the demo', SIZE, seed);
  const scheme: TestScheme = { ...(await aScheme(betony)), id: schemeId, name };
  await inScheme(scheme, (tx) =>
    tx.run(sql`
      update user_account set email_hash = id::text
      where id in (select account_id from user_profile where scheme_id = ${schemeId})`),
  );
  return scheme;
}

/** Somebody else's scheme, as lived-in as the first: for what must not be seen from there, nor from here. */
export async function anotherDemo(betony: TestApp): Promise<TestScheme> {
  const scheme = await aDemo(betony, 'Other', 7);
  // Where postcodes are, and how poor a place is, is known to all schemes; the next demo tells it again.
  const client = new pg.Client({ connectionString: betony.database.superuserUrl });
  await client.connect();
  await client.query('truncate postcode_place, lsoa_deprivation');
  await client.end();
  return scheme;
}

export async function aWorld(betony: TestApp, elsewhere?: TestScheme): Promise<World> {
  const scheme = await aDemo(betony, 'Demo');
  await passNumbersOf(scheme);
  const host = await anOrganisation(scheme, 'host');
  const hosts = Promise.resolve(host);
  const practice = anOrganisation(scheme, 'gp_practice');
  scheme.homeOf = (role) => (role === 'referrer' ? practice : hosts);
  const people = await cast(scheme, true);
  const others = await cast(scheme, false);
  const disabled = await cast(scheme, true);
  const foreigners = await cast(elsewhere ?? (await aScheme(betony)), true);
  // Each route that is tried gives them a case, and reopening one needs room.
  await inScheme(scheme, (tx) =>
    insertRow(tx, 'link_worker', {
      scheme_id: scheme.id,
      membership_id: people.link_worker.actor.membershipId,
      caseload_limit: 500,
      updated_at: tx.now,
    }),
  );
  for (const { actor } of Object.values(disabled)) {
    await changeRow(scheme, 'membership', actor.membershipId, {
      disabled_at: betony.clock.now(),
      triages: false,
    });
  }
  const worker = await aMember(scheme, 'link_worker', { organisation: host });
  // Room for a case a route, and more.
  await inScheme(scheme, (tx) =>
    insertRow(tx, 'link_worker', {
      scheme_id: scheme.id,
      membership_id: worker.actor.membershipId,
      caseload_limit: 500,
    }),
  );
  const group = people.provider_member.actor.organisationId;
  const programs = Object.fromEntries(
    await Promise.all(
      PROGRAM_ROLES.map(
        async (role) =>
          [
            role,
            await aProgram(scheme, role, {
              organisationId: people[role].actor.organisationId,
              perMinute: 6000,
            }),
          ] as const,
      ),
    ),
  ) as World['programs'];
  return { betony, scheme, people, programs, others, foreigners, disabled, worker, host, group };
}

export interface Target {
  /** What stands for `:id` and the like in the path, and whatever the body names. */
  [name: string]: string;
}

export interface Sample {
  /** Makes something the member may reach, anew for each who tries. */
  at?: (world: World, member: TestMember) => Promise<Target>;
  body?: (target: Target, world: World, member: TestMember) => object;
  query?: (target: Target) => string;
  /** Somebody made for the occasion, where the request would spoil the member for later ones. */
  as?: (world: World, role: Role) => Promise<TestMember>;
  /** The name in the target of the row that a list shows to those in reach, and to nobody else. */
  shows?: string;
  /** The body names something that must be in reach, though the path does not. */
  named?: true;
  /** Roles whose reach covers nothing that is found by this route. */
  nothingFor?: readonly Role[];
  /** Only a program finds something by this route. */
  ofPrograms?: true;
  /** Other than 2xx, for those who may: what the state of things forbids. */
  answers?: readonly number[];
  /** Written although refused, on purpose. */
  writes?: readonly string[];
}

const TODAY = '2026-11-23';
const LATER = '2026-12-10';

/** A request as somebody, for what is easiest made by the product itself. */
async function done(world: World, who: TestMember, url: string, payload: object = {}): Promise<Target> {
  const answer = await world.betony.inject({
    method: 'POST',
    url: `/api/v1${url}`,
    headers: who.headers,
    payload,
  });
  if (answer.statusCode >= 300) throw new Error(`${url} ${answer.body}`);
  return answer.json<Target>();
}

type Maker = NonNullable<Sample['at']>;

const somebodyNew = (world: World, role: Role): Promise<TestMember> =>
  withPassword(world.scheme, role, { organisation: world.host });

const offeredApp: Maker = async (world, member) => {
  const { secret } = await done(world, member, '/me/second-factor/offer', { password: PASSWORD });
  return { code: codeOf(world.betony, secret ?? '') };
};

/** Somewhere else where the member is signed in. */
const anotherSession: Maker = async (world, { actor }) => {
  const id = newId();
  await inScheme(world.scheme, (tx) =>
    tx.run(sql`
      insert into session (id, account_id, membership_id, created_at, last_used_at, expires_at)
      values (${id}, ${actor.accountId}, ${actor.membershipId}, ${tx.now}, ${tx.now}, ${new Date(tx.now.getTime() + 60_000)})`),
  );
  return { id };
};

const keptForm: Maker = async (world, { actor }) => {
  const id = newId();
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'kept_form', {
      scheme_id: world.scheme.id,
      id,
      membership_id: actor.membershipId,
      path: `/desk/${id}`,
      answers: '',
      kept_at: tx.now,
    }),
  );
  return { id };
};

/** Whose codes are still to be shown. */
const recoveryCodes = new WeakMap<TestMember, string[]>();
const somebodyWithApp = async (world: World, role: Role): Promise<TestMember> => {
  const made = await withApp(world.scheme, role, { organisation: world.host });
  recoveryCodes.set(made.member, made.recoveryCodes);
  return made.member;
};
const aCode: Maker = (_world, member) => Promise.resolve({ code: recoveryCodes.get(member)?.pop() ?? '' });

/** An input as a form sends it: names with dots, yes and no, dates in three boxes. */
function asForm(input: object, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]: [string, unknown]): [string, string][] => {
      const field = prefix + name;
      if (value === null || value === undefined) return [];
      if (typeof value === 'boolean') return [[field, value ? 'yes' : 'no']];
      if (Array.isArray(value)) return [[field, String(value[0])]];
      if (typeof value === 'object') return Object.entries(asForm(value, `${field}.`));
      const date = typeof value === 'string' ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) : null;
      if (!date) return [[field, typeof value === 'string' ? value : JSON.stringify(value)]];
      const [, year = '', month = '', day = ''] = date;
      return [
        [`${field}.day`, day],
        [`${field}.month`, month],
        [`${field}.year`, year],
      ];
    }),
  );
}

const workerFor = (world: World, member: TestMember): TestMember =>
  member.actor.role === 'link_worker' ? member : world.worker;

const caseOf =
  (
    say: (sentence: ReturnType<typeof aCase>) => PromiseLike<{ referralId: string; clientId: string }> = (
      it,
    ) => it,
  ): Maker =>
  async (world, member) => {
    const { referralId, clientId } = await say(aCase(world.scheme, workerFor(world, member)));
    return { id: referralId, referralId, clientId };
  };
const aReferralCase = caseOf();

const askedOf: Maker = async (world, member) => ({
  ...(await aReferralCase(world, member)),
  measure: 'ons4',
});

const clientOf: Maker = async (world, member) => ({
  id: (await aCase(world.scheme, workerFor(world, member))).clientId,
});

const WRITTEN = { channel: 'email', words: 'Please ring me when it suits you' };
const writable: Maker = async (world, member) => {
  const who = { email: 'grace@example.org', safeToEmail: 'yes' } as const;
  const { clientId, referralId } = await aCase(world.scheme, workerFor(world, member)).person(who);
  return { id: clientId, referralId };
};
const waitingToGo: Maker = async (world, member) => {
  const { id: clientId = '', referralId = '' } = await writable(world, member);
  const url = `/clients/${clientId}/written-messages`;
  const { id = '' } = await done(world, world.people.scheme_manager, url, WRITTEN);
  return { id, clientId, referralId };
};

const senderOf = (world: World, member: TestMember): Promise<TestMember> | TestMember =>
  member.actor.role === 'referrer' ? member : theSender(world.scheme);

const sent: Maker = async (world, member) => {
  const { id } = await aReferral(world.scheme).from(await senderOf(world, member));
  return { id };
};
const accepted: Maker = async (world) => ({ id: (await aReferral(world.scheme).accepted()).id });
const allocated: Maker = async (world, member) => ({
  id: (await aReferral(world.scheme).accepted().allocatedTo(workerFor(world, member))).id,
});
const toJoin: Maker = async (world, member) => {
  const { nhsNumber, firstName, lastName, dateOfBirth } = aPerson();
  const same = { nhsNumber: nhsNumber ?? null, firstName, lastName, dateOfBirth };
  const open = await aReferral(world.scheme).from(world.others.referrer).about(same).accepted();
  const { id } = await aReferral(world.scheme)
    .from(await senderOf(world, member))
    .about(same);
  return { id, into: open.id };
};
const sentOrCase: Maker = (world, member) =>
  member.actor.role === 'referrer' ? sent(world, member) : aReferralCase(world, member);
const draft: Maker = async (world, member) => {
  const { client, agreement, reasons, noKnownRisks } = aSend();
  const { id = '' } = await done(world, member, '/referrals/drafts', {
    client,
    agreement,
    reasons,
    noKnownRisks,
  });
  return { id };
};

const organisationOf: Maker = (world, { actor }) =>
  Promise.resolve({
    id: actor.role === 'referrer' || actor.role === 'provider_member' ? actor.organisationId : world.host,
  });
const somebody: Maker = async (world) => {
  const { actor } = await aMember(world.scheme, 'link_worker', { organisation: world.host });
  return { id: actor.accountId, membershipId: actor.membershipId };
};
/** A role of theirs, in the address below them. */
const roleOf: Maker = async (world, member) => {
  const { id: userId = '', membershipId = '' } = await somebody(world, member);
  return { userId, id: membershipId };
};
const somebodyDisabled: Maker = async (world, member) => {
  const target = await somebody(world, member);
  await done(world, world.people.administrator, `/users/${String(target['id'])}/disable`);
  return target;
};
const membership: Maker = async (world, member) => ({
  id: (await somebody(world, member))['membershipId'] ?? '',
});
const invitation: Maker = async (world) => {
  const { id = '' } = await done(world, world.people.administrator, '/invitations', invite(world));
  return { id };
};
let invited = 0;
const invite = (world: World) => ({
  email: `invited${String(++invited)}@example.org`,
  name: 'Sam Reed',
  organisationId: world.host,
  role: 'link_worker',
});

const freshWorker = (world: World, role: Role): Promise<TestMember> =>
  role === 'link_worker'
    ? aMember(world.scheme, role, { organisation: world.host })
    : Promise.resolve(world.people[role]);
const workerMembership: Maker = async (world, member) => ({
  id:
    member.actor.role === 'link_worker'
      ? member.actor.membershipId
      : (await aMember(world.scheme, 'link_worker', { organisation: world.host })).actor.membershipId,
});
const absentWorker: Maker = async (world, member) => {
  const target = await workerMembership(world, member);
  await done(world, world.people.scheme_manager, `/link-workers/${String(target['id'])}/absent`);
  return target;
};
const cover: Maker = async (world, member) => {
  const { id: workerId = '' } = await workerMembership(world, member);
  const { id = '' } = await done(world, world.people.scheme_manager, '/covers', leave(workerId));
  return { id, workerId };
};
const leave = (workerId: string) => ({
  workerId,
  reason: 'leave',
  startsOn: '2026-12-01',
  endsOn: '2026-12-05',
});

const providerOf: Maker = (world) => Promise.resolve({ id: world.group });
const INSURED = {
  requirement: 'insurance',
  level: 'personal_contact',
  checkedOn: '2026-11-20',
  lapsesOn: '2027-11-20',
};
const assured: Maker = async (world) => {
  const { records } = (await done(
    world,
    world.people.scheme_manager,
    `/providers/${world.group}/assurance`,
    INSURED,
  )) as unknown as { records: { id: string }[] };
  return { id: world.group, recordId: records[0]?.id ?? '' };
};
const evidence: Maker = async (world) => {
  const { payload, headers } = aForm(aPdf());
  const answer = await world.betony.inject({
    method: 'POST',
    url: `/api/v1/providers/${world.group}/evidence?kind=insurance_policy`,
    headers: { ...world.people.scheme_manager.headers, ...headers },
    payload,
  });
  return { id: world.group, fileId: answer.json<Target>()['id'] ?? '' };
};
const closedGroup: Maker = async (world) => {
  const id = await aProvider(world.scheme);
  await world.betony
    .get(Closures)
    .closeForGood(systemActor(world.scheme.id, 'test'), id, { reason: 'no_place' });
  return { id };
};
const COVENANT = {
  words: 'How we work together.',
  commitments: [{ code: 'no_religious_pressure', words: 'Nobody is put under pressure.' }],
};
const covenant: Maker = async (world) => ({
  id: world.group,
  covenantId: (await done(world, world.people.scheme_manager, '/covenants', COVENANT))['id'] ?? '',
});
const partnered: Maker = async (world) => ({
  id: world.group,
  partnerId:
    (await done(world, world.people.scheme_manager, `/providers/${world.group}/partners`, aPartner()))[
      'id'
    ] ?? '',
});
const aPartner = () => ({ name: `Furniture bank ${newId()}`, does: 'Beds and tables' });
const signs = ({ covenantId = '' }: Target) => ({
  covenantId,
  signedBy: 'Rose Hall',
  signedOn: TODAY,
  commitments: ['no_religious_pressure'],
});
const concernAbout = (world: World, clientId: string) => ({
  organisationId: world.group,
  clientId,
  kind: 'religious_pressure',
  toldBy: 'client',
  what: 'They were asked three times to stay for the prayers.',
});
const concern: Maker = async (world, member) => {
  const { id: clientId = '' } = await clientOf(world, member);
  return done(world, workerFor(world, member), '/concerns', concernAbout(world, clientId));
};
const listing =
  (say: (sentence: ReturnType<typeof aListing>) => PromiseLike<string> = (it) => it, more = {}): Maker =>
  async (world) => ({ id: await say(aListing(world.scheme, more).by(world.group)) });

/** A service with a session that has places of its own. */
const listingPeriod: Maker = async (world) => {
  const id = await aListing(world.scheme).by(world.group);
  const { betony } = world.scheme;
  const actor = systemActor(world.scheme.id, 'test');
  await betony.get(PlacePeriods).add(actor, id, { name: 'Tuesdays', total: 4 });
  const [period] = await betony.get(ListingsQueries).periods(actor, id);
  return { id, periodId: period?.id ?? '' };
};

const anAsset = (world: World, { actor }: TestMember, more: object = {}) => ({
  name: 'The knitting table',
  description: 'Eight women who knit, and teach whoever asks.',
  kind: 'people_and_skills',
  domains: ['age_well'],
  community: 'Knitters',
  ...(actor.role === 'provider_member' ? { organisationId: actor.organisationId } : {}),
  ...more,
});
/** Of the group of whoever asks, else made by them. */
const asset =
  (more: object = {}, ...steps: string[]): Maker =>
  async (world, member) => {
    const { id = '' } = await done(world, member, '/assets', anAsset(world, member, more));
    for (const step of steps) await done(world, world.people.scheme_manager, `/assets/${id}/${step}`);
    return { id };
  };

const surveyLink: Maker = (world) =>
  done(world, world.people.scheme_manager, '/group-links', {
    purpose: 'survey',
    organisationId: world.group,
  });
/** A reply of the group of whoever asks. */
const surveyReply: Maker = async (world, { actor }) => {
  const organisationId = actor.role === 'provider_member' ? actor.organisationId : world.group;
  const link = { purpose: 'survey', organisationId };
  const { address = '' } = await done(world, world.people.scheme_manager, '/group-links', link);
  await world.betony.inject({
    method: 'POST',
    url: new URL(address).pathname,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'space=A+hall',
  });
  const [reply] = await rowsOf<{ id: string }>(
    world.scheme,
    sql`
      select id from survey_reply where scheme_id = ${world.scheme.id} and organisation_id = ${organisationId}
      order by id desc limit 1`,
  );
  return { id: reply?.id ?? '' };
};

const GIVEN = { kind: 'food_parcel', quantity: 2, householdMembers: 3, givenOn: TODAY };
/** For somebody whom a worker holds; a group's own is with an onward referral that it accepted. */
const help: Maker = async (world, member) => {
  const group = member.actor.role === 'provider_member';
  const target = group ? await offer((it) => it.accepted())(world, member) : await clientOf(world, member);
  const url = group ? `/onward-referrals/${target['id'] ?? ''}/help` : `/clients/${target['id'] ?? ''}/help`;
  const { id = '' } = await done(world, member, url, GIVEN);
  return { id };
};
/** The same where the path names the person. */
const helpPage: Maker = async (world, member) => {
  const target = await clientOf(world, member);
  const url = `/clients/${target['id'] ?? ''}/help`;
  const { id: helpId = '' } = await done(world, workerFor(world, member), url, GIVEN);
  return { ...target, helpId };
};
const tally: Maker = (world, member) => done(world, member, '/help/tallies', GIVEN);

const clientIdOf: Maker = async (world, member) => ({
  clientId: (await clientOf(world, member))['id'] ?? '',
});
const volunteer: Maker = async (world, member) => {
  const { clientId = '' } = await clientIdOf(world, member);
  await done(world, member, `/clients/${clientId}/volunteering`, { sinceOn: TODAY });
  return { clientId };
};
const neighbourhood: Maker = async (world) => {
  const id = newId();
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'neighbourhood', {
      scheme_id: world.scheme.id,
      id,
      name: `Neighbourhood ${id}`,
      edition: 'test',
      created_at: tx.now,
      updated_at: tx.now,
    }),
  );
  return { id };
};

const task: Maker = async (world, member) => {
  const { referralId, clientId } = await aCase(world.scheme, workerFor(world, member));
  const { role, membershipId, organisationId } = member.actor;
  const audience = {
    referrer: ['organisation', organisationId],
    provider_member: ['organisation', organisationId],
    link_worker: ['membership', membershipId],
    scheme_manager: ['managers', null],
    commissioner: ['managers', null],
    administrator: ['membership', membershipId],
  }[role];
  const id = newId();
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'task', {
      scheme_id: world.scheme.id,
      id,
      kind: TASK_KINDS[0],
      audience: audience[0],
      audience_id: audience[1],
      subject_kind: 'referral',
      subject_id: referralId,
      referral_id: referralId,
      client_id: clientId,
      due_at: '2026-01-01T09:00:00Z',
      created_at: tx.now,
    }),
  );
  return { id };
};

/** A message that did not arrive, about a case of the member's. */
const deadMessage: Maker = async (world, member) => {
  const { clientId } = await aCase(world.scheme, workerFor(world, member));
  const id = newId();
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'message', {
      scheme_id: world.scheme.id,
      id,
      kind: 'client',
      channel: 'text',
      recipient_kind: 'client',
      client_id: clientId,
      message_id: `${id}@betony.example.org`,
      state: 'failed',
      because: '400 EADDRESS',
      attempts: 1,
      next_attempt_at: tx.now,
      created_at: tx.now,
      settled_at: tx.now,
    }),
  );
  return { id };
};

const stuckEvent: Maker = async (world) => {
  const id = newId();
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'outbox', {
      id,
      scheme_id: world.scheme.id,
      event: 'referral.sent',
      payload: '{}',
      created_at: '2026-01-01T09:00:00Z',
      published_at: '2026-01-01T09:00:00Z',
    }),
  );
  return { id };
};

const person: Maker = async (world, member) => {
  const nhsNumber = anNhsNumber();
  const { firstName, lastName, dateOfBirth } = aPerson();
  const id = await aClient(world.scheme, { nhsNumber, firstName, lastName, dateOfBirth }).heldBy(
    workerFor(world, member),
  );
  return { id, nhsNumber, firstName, lastName, dateOfBirth };
};
/** Somebody whose record was looked at. */
const readPerson: Maker = async (world, member) => {
  const target = await person(world, member);
  await world.betony.inject({ url: `/api/v1/clients/${target.id ?? ''}`, headers: member.headers });
  return { ...target, name: `${target.firstName ?? ''} ${target.lastName ?? ''}` };
};
const agreementOf: Maker = async (world, member) => {
  const { id = '' } = await clientOf(world, member);
  const { id: agreementId = '' } = await done(
    world,
    world.people.scheme_manager,
    `/clients/${id}/agreements`,
    AGREED,
  );
  return { id, agreementId };
};
const AGREED = { scope: ['needs'], basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' };
const neverOffered: Maker = async (world, member) => ({
  ...(await clientOf(world, member)),
  organisationId: world.group,
});
const neverOfferedNow: Maker = async (world, member) => {
  const target = await neverOffered(world, member);
  await world.betony.inject({
    method: 'PUT',
    url: `/api/v1/clients/${String(target['id'])}/never-offer/${world.group}`,
    headers: world.people.scheme_manager.headers,
  });
  return target;
};
const HEARD = { toldBy: 'Their daughter, by phone' };
/** Recorded as having died, by mistake. */
const dead: Maker = async (world, member) => {
  const target = await clientOf(world, member);
  await done(world, world.people.scheme_manager, `/clients/${String(target['id'])}/record-death`, HEARD);
  return target;
};
const two: Maker = async (world, member) => {
  const mergedId = await aClient(world.scheme, { nhsNumber: null }).heldBy(workerFor(world, member));
  return { ...(await person(world, member)), mergedId };
};
const twice: Maker = async (world, member) => {
  const { id = '', mergedId: otherId = '' } = await two(world, member);
  return { id, otherId };
};
const linked: Maker = async (world, member) => {
  const { id = '', mergedId: otherId = '' } = await two(world, member);
  const link = { otherId, relation: 'household' };
  const { id: linkId = '' } = await done(world, world.people.scheme_manager, `/clients/${id}/links`, link);
  return { id, linkId };
};
const supported: Maker = async (world, member) => {
  const { id = '' } = await person(world, member);
  const carer = { name: 'Ada Okoro', role: 'carer' };
  const { id: supporterId = '' } = await done(
    world,
    world.people.scheme_manager,
    `/clients/${id}/supporters`,
    carer,
  );
  return { id, supporterId };
};
const askingForPage: Maker = async (world, member) => {
  const details = { safetyFlag: true, email: 'asking@example.org' };
  return { id: await aClient(world.scheme, details).safeTo('email').heldBy(workerFor(world, member)) };
};
const copy: Maker = async (world, member) => {
  const { id: clientId = '' } = await person(world, member);
  const { id = '' } = await done(
    world,
    world.people.scheme_manager,
    `/clients/${clientId}/subject-access`,
    COPY_ASKED,
  );
  return { id };
};
const COPY_ASKED = { askedBy: 'person', identityChecked: 'Known to the worker' };
const heldForever: Maker = async (world, member) => {
  const { id = '' } = await person(world, member);
  const why = { reason: 'An inquiry' };
  const { id: holdId = '' } = await done(
    world,
    world.people.scheme_manager,
    `/clients/${id}/legal-holds`,
    why,
  );
  return { id, holdId };
};
const retentionReview: Maker = async (world, member) => {
  const { id: clientId = '' } = await clientOf(world, member);
  const id = newId();
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'retention_review', {
      scheme_id: world.scheme.id,
      id,
      client_id: clientId,
      decision: 'destroy',
      because: 'kept_long_enough',
      destroy_on: TODAY,
      decided_at: tx.now,
    }),
  );
  return { id };
};
const merged: Maker = async (world, member) => {
  const { id = '', mergedId = '' } = await two(world, member);
  await done(world, world.people.scheme_manager, `/clients/${id}/merge`, {
    mergedId,
    reason: 'The same person',
  });
  return { id: mergedId };
};
const STORY = {
  title: 'Going out again',
  words: 'I had not been out of the house since March.',
  anonymised: 'I had not been out of the house for months.',
  toldHow: 'in_person',
};
const CONSENT = { use: 'report', basis: 'agreed', agreedOn: '2026-11-20', how: 'in_person' };
const aStory =
  (...verbs: ('consents' | 'offer' | 'approve' | 'printings')[]): Maker =>
  async (world, member) => {
    const { id: clientId = '' } = await clientOf(world, member);
    // Somebody other than the member writes it, and the member or a manager reads it.
    const author = member.actor.role === 'scheme_manager' ? world.worker : world.people.scheme_manager;
    const reader = member.actor.role === 'scheme_manager' ? member : workerFor(world, member);
    let story = await done(world, author, `/clients/${clientId}/stories`, STORY);
    const bodies = { consents: CONSENT, offer: {}, approve: { lookedAt: [] }, printings: PRINTED };
    for (const verb of verbs) {
      const who = verb === 'approve' ? reader : verb === 'printings' ? world.people.scheme_manager : author;
      story = await done(world, who, `/stories/${story['id'] ?? ''}/${verb}`, bodies[verb]);
    }
    const [printing] = story['printings'] as unknown as { id: string }[];
    return { id: story['id'] ?? '', printingId: printing?.id ?? '' };
  };
const PRINTED = { use: 'report', place: 'Annual report 2026, page 4' };

const SAID = {
  kind: 'concern',
  about: 'service',
  words: 'Nobody rang me back for two weeks.',
  wantsAnswer: true,
  toldHow: 'phone',
};
const someFeedback: Maker = async (world, member) => {
  const { id = '' } = await clientOf(world, member);
  return done(world, workerFor(world, member), `/clients/${id}/feedback`, SAID);
};
/** Given to this very person to read, as where the only manager is meant. */
const feedbackFor: Maker = async (world, member) => {
  const given = await someFeedback(world, member);
  await changeRow(world.scheme, 'client_feedback', given['id'] ?? '', {
    reader_id: member.actor.membershipId,
  });
  return given;
};
const aboutAWorker: Maker = async (world, member) => {
  const given = await feedbackFor(world, member);
  await changeRow(world.scheme, 'client_feedback', given['id'] ?? '', {
    about: 'worker',
    worker_id: world.disabled.link_worker.actor.membershipId,
  });
  return given;
};

const glass: Maker = async (world, member) => {
  const { nhsNumber = '' } = await person(world, member);
  const { id = '' } = await done(world, world.people.link_worker, '/break-glass', opened(nhsNumber));
  return { id };
};
const ownGlass: Maker = async (world, member) => {
  const { nhsNumber } = await person(world, world.people.scheme_manager);
  return done(world, member, '/break-glass', opened(nhsNumber));
};
const opened = (nhsNumber: string | undefined) => ({ nhsNumber, reason: 'They rang in distress just now' });

const WORRY = {
  understood: true,
  kind: 'neglect',
  about: 'client',
  what: 'There was no food in the house, and nobody had been for a week.',
  done: { told: 'adult_social_care', whom: 'The duty desk' },
};
/** One whose words the member may read: their own, or as a lead. */
const safeguarding: Maker = async (world, member) => {
  const { id: clientId = '' } = await clientOf(world, member);
  if (member.actor.role === 'scheme_manager')
    return done(world, member, `/clients/${clientId}/safeguarding`, WORRY);
  return done(world, workerFor(world, member), `/clients/${clientId}/safeguarding`, WORRY);
};
const aLead = async (world: World, role: Role): Promise<TestMember> => {
  const member = await aMember(world.scheme, role, { organisation: world.host });
  await world.betony.inject({
    method: 'PUT',
    url: `/api/v1/safeguarding/leads/${member.actor.membershipId}`,
    headers: world.people.scheme_manager.headers,
  });
  return member;
};
const flagged: Maker = async (world, member) => {
  const { id = '' } = await clientOf(world, member);
  const flags = (await done(world, workerFor(world, member), `/clients/${id}/lone-worker-flags`, {
    code: 'visit_in_pairs',
  })) as unknown as { id: string }[];
  return { id, flagId: flags[0]?.id ?? '' };
};

const CONTACT = { kind: 'phone', outcome: 'reached', nextOn: LATER };
const contact: Maker = async (world, member) => {
  const { id: referralId = '' } = await aReferralCase(world, member);
  const { id = '' } = await done(
    world,
    workerFor(world, member),
    `/referrals/${referralId}/contacts`,
    CONTACT,
  );
  return { id, referralId };
};
const handoverOf: Maker = async (world, member) => {
  const giver = member.actor.role === 'link_worker' ? member : world.worker;
  const { id: referralId = '' } = await caseOf()(world, giver);
  const taker = await aMember(world.scheme, 'link_worker', { organisation: world.host });
  return done(world, world.people.scheme_manager, '/handovers', {
    fromId: giver.actor.membershipId,
    effectiveOn: LATER,
    referrals: [{ referralId, toId: taker.actor.membershipId }],
  });
};
const ESCALATION = { words: 'I cannot carry this alone' };
const escalation: Maker = (world, member) =>
  done(world, member.actor.role === 'link_worker' ? member : world.worker, '/escalations', ESCALATION);
const newcomer = () => ({ kind: 'join', name: 'Dr Ali', email: `ali.${newId()}@example.org` });
const staffRequest: Maker = (world, member) =>
  done(
    world,
    member.actor.role === 'referrer' ? member : world.people.referrer,
    '/staff-requests',
    newcomer(),
  );
const HANDED = {
  toName: 'A scheme elsewhere',
  items: ['reasons'],
  agreement: { basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' },
  result: 'helped',
};
const lookedAt: Maker = async (world, member) => {
  const { id = '' } = await aReferralCase(world, member);
  const answer = await world.betony.inject({
    method: 'GET',
    url: `/api/v1/referrals/${id}/transfer-preview?items=reasons`,
    headers: workerFor(world, member).headers,
  });
  return { id, digest: answer.json<{ digest: string }>().digest };
};
const handedOver: Maker = async (world, member) => {
  const { id = '', digest } = await lookedAt(world, member);
  return done(world, workerFor(world, member), `/referrals/${id}/transfers`, { ...HANDED, digest });
};
const movedPractice: Maker = async (world, member) => {
  const { id = '' } = await clientOf(world, member);
  const [from, to] = await Promise.all([
    anOrganisation(world.scheme, 'gp_practice'),
    anOrganisation(world.scheme, 'gp_practice'),
  ]);
  const moveId = newId();
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'practice_move', {
      scheme_id: world.scheme.id,
      id: moveId,
      client_id: id,
      from_organisation_id: from,
      to_organisation_id: to,
      moved_on: '2026-11-20',
      recorded_at: tx.now,
    }),
  );
  return { id: moveId, clientId: id };
};
const AWAY = { movedOn: '2026-11-20', whereTo: 'Leeds' };
const movedAway: Maker = async (world, member) => {
  const { id = '' } = await aReferralCase(world, member);
  return done(world, workerFor(world, member), `/referrals/${id}/area-moves`, AWAY);
};
const incoming: Maker = async (world) => {
  const from = { ...world.scheme, id: world.foreigners.scheme_manager.actor.schemeId };
  const { firstName, lastName, dateOfBirth } = aPerson();
  const id = await aParcel(from, world.scheme.id, {
    sentAt: world.betony.clock.now(),
    answerBy: new Date('2026-12-07T17:00:00Z'),
    carries: {
      person: { firstName, lastName, dateOfBirth, phone: '+447700900123' },
      practice: null,
      needs: ['loneliness'],
    },
  });
  return { id };
};
const cameFromElsewhere: Maker = async (world, member) => {
  const { id = '' } = await aReferralCase(world, member);
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'transfer_in', {
      scheme_id: world.scheme.id,
      id: newId(),
      referral_id: id,
      from_name: 'Another scheme',
      carries: JSON.stringify({
        person: { firstName: 'Bo', lastName: 'Comes', dateOfBirth: '1950-02-03' },
        practice: null,
        needs: ['loneliness'],
      }),
      received_at: tx.now,
    }),
  );
  return { id };
};
const sectionOf: Maker = async (world, member) => {
  const target = await contact(world, member);
  const made = await done(
    world,
    workerFor(world, member),
    `/contacts/${String(target['id'])}/sections`,
    SAFETY,
  );
  const { sections } = made as unknown as { sections: { id: string }[] };
  return { ...target, sectionId: sections[0]?.id ?? '' };
};
const SAFETY = { kind: 'safety', words: 'There is a dog' };
const PLAN = {
  strengths: 'Knows everybody in the street',
  goals: [
    {
      words: 'To sit down with somebody on Sundays',
      importance: 9,
      actions: [{ what: 'Ring the lunch club', who: 'client' }],
    },
  ],
};
const planOf: Maker = async (world, member) => {
  const { id: referralId = '', clientId = '' } = await aReferralCase(world, member);
  const made = await done(world, workerFor(world, member), `/referrals/${referralId}/plan`, PLAN);
  const { content } = made as unknown as { content: { goals: { id: string; actions: { id: string }[] }[] } };
  const [goal] = content.goals;
  return {
    id: made['id'] ?? '',
    referralId,
    clientId,
    goalId: goal?.id ?? '',
    actionId: goal?.actions[0]?.id ?? '',
  };
};
/** The same where the path names the person. */
const planPage: Maker = async (world, member) => {
  const target = await planOf(world, member);
  return { ...target, id: target['clientId'] ?? '', stepId: target['actionId'] ?? '' };
};
const WITH_CLIENT = { with: 'client', sections: ['goals'] };
const planShared: Maker = async (world, member) => {
  const target = await planOf(world, member);
  const made = await done(
    world,
    workerFor(world, member),
    `/plans/${String(target['id'])}/shares`,
    WITH_CLIENT,
  );
  const [share] = (made as unknown as { sharedWith: { id: string }[] }).sharedWith;
  return { ...target, shareId: share?.id ?? '' };
};
/** Shared with the member's own organisation; a group takes part with the person. */
const planSharedWith: Maker = async (world, member) => {
  const manager = world.people.scheme_manager;
  const organisationId = member.actor.organisationId;
  const [of, to] = await offerable(world, member);
  if (member.actor.role === 'provider_member') {
    await anOffer(world.scheme, of, to).accepted();
    world.betony.clock.set(TEST_NOW);
  }
  const { id: planId = '' } = await done(world, manager, `/referrals/${of.referralId}/plan`, PLAN);
  await done(world, manager, `/clients/${of.clientId}/agreements`, {
    ...AGREED,
    scope: ['plan'],
    organisationId,
  });
  const made = await done(world, manager, `/plans/${planId}/shares`, {
    with: 'organisation',
    organisationId,
    sections: ['goals'],
  });
  const { sharedWith } = made as unknown as { sharedWith: { id: string }[] };
  return { id: sharedWith[0]?.id ?? '' };
};
const planDraft: Maker = async (world, member) => {
  const target = await aReferralCase(world, member);
  const url = `/referrals/${String(target['id'])}/plan-draft`;
  await done(world, member, url, DRAFT).catch(() => undefined);
  return target;
};
const DRAFT = { revision: 0, tab: 'a tab', content: { strengths: 'Kn' } };
const planDraftAside: Maker = async (world, member) => {
  const target = await planDraft(world, member);
  const url = `/referrals/${String(target['id'])}/plan-draft`;
  const other = { ...DRAFT, tab: 'another', content: { strengths: 'No' } };
  await done(world, member, url, other).catch(() => undefined);
  const { aside } = (await world.betony.inject({ url: `/api/v1${url}`, headers: member.headers })).json<{
    aside?: { id: string }[];
  }>();
  return { ...target, asideId: aside?.[0]?.id ?? newId() };
};
const MEETING = { kind: 'phone', on: '2026-11-25', time: '14:30', minutes: 30, evenSo: ['double_booked'] };
const appointment: Maker = async (world, member) => {
  const { id: referralId = '' } = await aReferralCase(world, member);
  const { id = '' } = await done(
    world,
    workerFor(world, member),
    `/referrals/${referralId}/appointments`,
    MEETING,
  );
  return { id, referralId };
};
const homeVisit: Maker = async (world, member) => {
  const { id: referralId = '' } = await aReferralCase(world, member);
  const visit = { ...MEETING, kind: 'home_visit', on: TODAY };
  const who = workerFor(world, member);
  const { id = '' } = await done(world, who, `/referrals/${referralId}/appointments`, visit);
  await done(world, who, `/appointments/${id}/set-out`);
  return { id };
};
const calendarFeed: Maker = (world, member) => done(world, member, '/calendar-feed');
const ONS4 = {
  measure: 'ons4',
  version: '1',
  occasion: 'baseline',
  answeredOn: '2026-11-05',
  mode: 'phone',
  answers: { satisfied: 4, worthwhile: 5, happy: 3, anxious: 8 },
};
const LINKED = { occasion: 'baseline', measures: ['ons4'] };
const questionnaireLink: Maker = async (world, member) => {
  const { id = '' } = await aReferralCase(world, member);
  const made = await done(world, workerFor(world, member), `/referrals/${id}/questionnaire-links`, LINKED);
  return { id, linkId: made['id'] ?? '' };
};
const HOW_OFTEN = [1, 2, 3].map((value) => ({ value, label: `Ateb ${String(value)}` }));
const UCLA3_IN_WELSH = {
  measure: 'ucla3',
  version: '1',
  language: 'cy',
  title: 'Unigrwydd',
  intro: 'Pedwar cwestiwn.',
  source: 'Invented for tests',
  items: ['companionship', 'left_out', 'isolated', 'direct'].map((key) => ({
    key,
    text: `Cwestiwn ${key}`,
    options:
      key === 'direct'
        ? [...HOW_OFTEN, { value: 4, label: 'Ateb 4' }, { value: 5, label: 'Ateb 5' }]
        : HOW_OFTEN,
  })),
};

const QUESTIONNAIRE = {
  name: 'belonging',
  title: 'Belonging',
  licence: 'Our own',
  source: 'Written with people of the area',
  intro: 'One question about where you live.',
  items: [
    {
      key: 'belong',
      text: 'How much do you feel that you belong where you live?',
      answer: { kind: 'scale', min: 0, max: 4, minLabel: 'Not at all', maxLabel: 'Very much' },
      direction: 'higher_better',
    },
  ],
  scores: [{ key: 'belong', title: 'Belonging', items: ['belong'], rule: 'sum', direction: 'higher_better' }],
};
let questionnaires = 0;
const aQuestionnaire = () => ({ ...QUESTIONNAIRE, name: `belonging${String(++questionnaires)}` });
const questionnaire: Maker = async (world) => ({
  id: (await done(world, world.people.scheme_manager, '/questionnaires', aQuestionnaire()))['id'] ?? '',
});
const publishedQuestionnaire: Maker = async (world, member) => {
  const target = await questionnaire(world, member);
  await done(world, world.people.scheme_manager, `/questionnaires/${target['id'] ?? ''}/publish`, {});
  return target;
};

const response: Maker = async (world, member) => {
  const { id: referralId = '' } = await aReferralCase(world, member);
  const { id = '' } = await done(world, workerFor(world, member), `/referrals/${referralId}/responses`, ONS4);
  return { id, referralId };
};

const service = async (world: World): Promise<TestGroup> => ({
  organisationId: world.group,
  listingId: await aListing(world.scheme).by(world.group).counting(3),
  member: world.people.provider_member,
});
const offerable = async (world: World, member: TestMember): Promise<[TestCase, TestGroup]> => [
  await aSentCase(world.scheme, { worker: workerFor(world, member) }),
  await service(world),
];
const offerFrom: Maker = async (world, member) => {
  const [{ referralId }, { listingId }] = await offerable(world, member);
  return { referralId, listingId };
};
/** Somebody's own service: they help there too, under another role. */
const ownService = async (world: World, member: TestMember, asker: TestMember): Promise<Target> => {
  const { referralId } = await aSentCase(world.scheme, { worker: workerFor(world, member) });
  const organisation = await aProvider(world.scheme);
  await aMember(world.scheme, 'provider_member', { accountId: asker.actor.accountId, organisation });
  return { id: referralId, listingId: await aListing(world.scheme).by(organisation) };
};
const ASKS = { because: 'It is the nearest.' };
const askedBy =
  (who: 'member' | 'another'): Maker =>
  async (world, member) => {
    const { role } = member.actor;
    const manager = world.people.scheme_manager;
    const own = role === 'scheme_manager' || role === 'link_worker' ? member : manager;
    const asker = who === 'member' ? own : role === 'link_worker' ? manager : workerFor(world, member);
    const { id: referralId, listingId } = await ownService(world, member, asker);
    return done(world, asker, `/referrals/${String(referralId)}/offer-approvals`, { ...ASKS, listingId });
  };
/** Somebody says that a group is theirs, and has proved their address. */
const claimed: Maker = async (world) => {
  const id = newId();
  const organisationId = await aProvider(world.scheme);
  await inScheme(world.scheme, (tx) =>
    insertRow(tx, 'provider_claim', {
      scheme_id: world.scheme.id,
      id,
      organisation_id: organisationId,
      state: 'proved',
      name: 'Ann Lee',
      email: 'ann@example.org',
      email_hash: id,
      why: 'I run it.',
      asked_at: TEST_NOW,
      proved_at: TEST_NOW,
    }),
  );
  return { id };
};
/** Somebody goes along with a person whose group said yes. */
const warmHandover =
  (begun = false): Maker =>
  async (world, member) => {
    const [of, to] = await offerable(world, member);
    const onwardReferralId = await anOffer(world.scheme, of, to).accepted();
    const { id = '' } = await done(
      world,
      world.people.scheme_manager,
      `/onward-referrals/${onwardReferralId}/warm-handovers`,
      GOES,
    );
    if (begun) await changeRow(world.scheme, 'warm_handover', id, { meet_at: '2026-11-23T09:00:00Z' });
    return { id, onwardReferralId };
  };
/** Somebody who could not be reached, sent by a practice that can be written to. */
const unreached: Maker = async (world, member) => {
  const of = await aSentCase(world.scheme, { worker: workerFor(world, member) });
  await inScheme(world.scheme, (tx) =>
    tx.run(sql`
      update organisation set email = 'inbox@example.org' where scheme_id = ${world.scheme.id} and id = (
        select organisation_id from referral where scheme_id = ${world.scheme.id} and id = ${of.referralId})`),
  );
  await done(world, world.people.scheme_manager, `/referrals/${of.referralId}/contacts`, {
    kind: 'phone',
    outcome: 'no_answer',
    nextOn: TODAY,
  });
  return { id: of.referralId };
};
const safetyMessage: Maker = async (world, member) => {
  const { id: referralId } = await unreached(world, member);
  const { id = '' } = await done(
    world,
    world.people.scheme_manager,
    `/referrals/${referralId}/safety-messages`,
    { to: 'sender' },
  );
  return { id };
};
const GOES = { on: '2026-11-30', time: '14:00', goesElse: 'carer' };
/** A register of a group's own service, with one person on it who said yes. */
const register =
  (...steps: ('mark' | 'finalise')[]): Maker =>
  async (world, member) => {
    const [of, to] = await offerable(world, member);
    const onwardReferralId = await anOffer(world.scheme, of, to).accepted();
    const who = world.people.scheme_manager;
    await changeRow(world.scheme, 'organisation', to.organisationId, { email: 'hall@example.org' });
    const { id = '' } = await done(world, who, `/listings/${to.listingId}/registers`, { sessionOn: TODAY });
    const marks = [{ onwardReferralId, result: 'attended' }];
    if (steps.includes('mark')) await done(world, who, `/registers/${id}/mark`, { marks });
    if (steps.includes('finalise')) await done(world, who, `/registers/${id}/finalise`);
    return { id, onwardReferralId, listingId: to.listingId };
  };
/** The service whose register that is. */
const withRegister: Maker = async (world, member) => {
  const { listingId = '', id = '' } = await register()(world, member);
  return { id: listingId, registerId: id };
};
/** The same, with words that the path has beside the id. */
const named =
  (at: Maker, words: Target): Maker =>
  async (world, member) => ({ ...(await at(world, member)), ...words });
const gap: Maker = async (world, member) => {
  const { role } = member.actor;
  const by = role === 'link_worker' ? member : world.people.scheme_manager;
  const { id = '' } = await done(world, by, '/gaps', { need: 'housing', why: 'too_far', area: 'CO15' });
  return { id };
};
let periods = 0;
/** Each a year after the one before, since two times of a group may not share days. */
const aPeriod = () => {
  const year = 2027 + (periods++ % 70);
  return { kind: 'closed', name: 'Christmas', from: `${year}-12-24`, until: `${year}-12-31` };
};
const period: Maker = async (world) => {
  const entered = aPeriod();
  const made = await done(world, world.people.scheme_manager, `/providers/${world.group}/periods`, entered);
  const all = (made as unknown as { periods: { id: string; from: string }[] }).periods;
  return { id: world.group, periodId: all.find(({ from }) => from === entered.from)?.id ?? '' };
};
let hours = 0;
/** Each an hour of its own, at night, since two of a group may not overlap and it must be free at some time. */
const anHour = () => {
  const at = String(hours++ % 7);
  const day = WEEKDAYS[Math.floor(hours / 7) % 7] ?? 'monday';
  return { day, from: `0${at}:00`, to: `0${at}:30` };
};
const quietHour: Maker = async (world) => {
  const hour = anHour();
  await world.betony.get(RhythmService).addQuietTime(world.people.scheme_manager.actor, world.group, hour);
  return { id: world.group, ...hour };
};
const kept: Maker = async (world, member) => {
  const target = await offerFrom(world, member);
  const { referralId = '', listingId } = target;
  await done(world, workerFor(world, member), `/referrals/${referralId}/shortlist`, { listingId });
  return target;
};
let addresses = 0;
/** The same of somebody who can open a page of their own by a code to an address that is theirs alone. */
const keptToSend: Maker = async (world, member) => {
  const worker = workerFor(world, member);
  const own = { email: `kept${String(++addresses)}@example.org`, safeToEmail: 'yes' } as const;
  const { referralId } = await aCase(world.scheme, worker).person(own);
  const { listingId } = await service(world);
  await done(world, worker, `/referrals/${referralId}/shortlist`, { listingId });
  return { referralId, listingId };
};
/** The same with the referral where the path says `id`. */
const byReferral =
  (of: Maker): Maker =>
  async (world, member) => {
    const target = await of(world, member);
    return { ...target, id: target['referralId'] ?? '' };
  };
const offer =
  (say: (sentence: OfferSentence) => OfferSentence = (it) => it): Maker =>
  async (world, member) => {
    const [of, to] = await offerable(world, member);
    const id = await say(anOffer(world.scheme, of, to));
    world.betony.clock.set(TEST_NOW);
    return { id, referralId: of.referralId, clientId: of.clientId, listingId: to.listingId };
  };
/** One that something was already said about, by somebody of that role. */
const offerAfter =
  (role: Role, verb: string, body: object = {}, before: Maker = offer()): Maker =>
  async (world, member) => {
    const target = await before(world, member);
    const who = role === 'link_worker' ? workerFor(world, member) : world.people[role];
    await done(world, who, `/onward-referrals/${String(target['id'])}/${verb}`, body);
    return target;
  };
const expired = offer((it) => it.expired());
/** To a group that is written to. */
const written: Maker = async (world, member) => {
  const target = await offer()(world, member);
  await inScheme(world.scheme, (tx) =>
    tx.run(sql`
      update provider p set contact_email = 'mo@example.org', answers_by = 'email' from listing l
      where p.scheme_id = ${world.scheme.id} and l.scheme_id = p.scheme_id and l.id = ${target['listingId']}
        and l.organisation_id = p.organisation_id`),
  );
  return target;
};
const HELPED = { on: TODAY, by: 'help_given' };

const nothing = () => ({});
const reasonOnly = () => ({ reason: 'For the test' });
const program: Maker = async (world) => {
  const { id, keyId } = await aProgram(world.scheme, 'referrer');
  return { id, keyId };
};
const newWebhook = () => ({ url: 'https://records.example.org/betony', events: ['referral.closed'] });
const webhook: Maker = async (world) => {
  const { id } = await aProgram(world.scheme, 'referrer');
  const made = await done(world, world.people.administrator, `/programs/${id}/webhooks`, newWebhook());
  return { id: (made['webhook'] as unknown as { id: string }).id, programId: id };
};
const delivery: Maker = async (world, member) => {
  const target = await webhook(world, member);
  const { id } = await done(world, world.people.administrator, `/webhooks/${String(target['id'])}/test`);
  return { ...target, deliveryId: String(id) };
};
const newProgram = (world: World) => ({
  name: 'Records system',
  organisationId: world.people.referrer.actor.organisationId,
  role: 'referrer',
});

const WHOLE_PAGE = () => '?limit=100';
/** Of a list in the order of ids that is longer than a page by now. */
const FROM_THERE = ({ id = '' }: Target) => `?after=${encodeCursor([id.replace(/.{12}$/, '000000000000')])}`;

/** One valid request for each route that asks for a permission, with something within reach of those who may. */
const importOf =
  (...steps: ('approve' | 'apply')[]): Maker =>
  async (world, member) => {
    // An administrator brings nothing but users.
    const invites = member.actor.role === 'administrator';
    const manager = invites ? world.people.administrator : world.people.scheme_manager;
    // A directory of its own: imports from one place stand in each other's way.
    const source = `Directory ${newId()}`;
    const id = invites
      ? await listedUser(world, manager)
      : ((await done(world, manager, `/imports/file?kind=open-referral&source=${source}`, aService())).id ??
        '');
    for (const step of steps) {
      if (step === 'apply') {
        const { schemeId } = manager.actor;
        await world.betony
          .get(ImportWork)
          .perform({ name: 'import', key: id, schemeId, ids: { import: id } });
      } else await done(world, manager, `/imports/${id}/${step}`);
    }
    return { id };
  };
async function listedUser(world: World, { actor }: TestMember): Promise<string> {
  const code = newId().slice(-6).toUpperCase();
  await anOrganisation(world.scheme, 'gp_practice', { name: `Surgery ${code}` });
  const list = `name,email,role,organisation\nBo Lin,bo.${code}@example.org,referrer,Surgery ${code}\n`;
  return world.betony
    .get(ImportUploads)
    .file(actor, { kind: 'users', name: 'users.csv' }, Readable.from([Buffer.from(list)]));
}
/** A sheet whose headings are not ours, of a kind that they may bring. */
const sheetToSay: Maker = async (world, { actor }) => {
  const invites = actor.role === 'administrator';
  const by = invites ? actor : world.people.scheme_manager.actor;
  const sheet = 'What it is called,In short,Sort\nTuesday hall,A warm room,places\n';
  return {
    id: await world.betony
      .get(ImportUploads)
      .file(
        by,
        { kind: invites ? 'users' : 'assets', name: 'sheet.csv', sayColumns: true },
        Readable.from([Buffer.from(sheet)]),
      ),
  };
};
/** A list with a charity that looks like a service which is here. */
const alikeInImport: Maker = async (world) => {
  const name = `Saltwick Carers ${newId()}`;
  const { actor } = world.people.scheme_manager;
  await aListing(world.scheme, { name, postcode: 'CO97 1AA' }).by(world.group);
  const number = String(1_000_000 + (Number.parseInt(newId().slice(-5), 16) % 900_000));
  const sheet = `registered_charity_number,charity_name,charity_activities,charity_contact_postcode\n${number},${name},Meals,CO97 1AA\n`;
  const file = Readable.from([Buffer.from(sheet)]);
  const id = await world.betony.get(ImportUploads).file(actor, { kind: 'charities', name: 'list.csv' }, file);
  return { id, row: '2' };
};
const COLUMNS_SAID = { columns: ['name', 'none', 'none'] };
const aService = () => ({ id: newId(), name: 'Tea', organization: { id: newId(), name: 'Tea makers' } });

const listOf =
  (...steps: ('check' | 'approve' | 'work')[]): Maker =>
  async (world) => ({
    id: await aBulkReferral(world.scheme, world.people.referrer, aList(aListRow()), ...steps),
  });
/** Somebody who looks like one whom the organisation referred. */
const alikeOnList: Maker = async (world) => {
  const person = aPerson({ nhsNumber: null });
  await aReferral(world.scheme).from(world.people.referrer).about(person);
  const list = aList(aListRow(person));
  return { id: await aBulkReferral(world.scheme, world.people.referrer, list, 'check', 'work'), row: '2' };
};
const itsColumns = () => ({ columns: recognise(LIST_HEADINGS), how: 'phone' });

export const SAMPLES: Record<string, Sample> = {
  'GET /bulk-referrals': { at: listOf(), shows: 'id' },
  // As JSON, which is no list of people.
  'POST /bulk-referrals': { answers: [422] },
  'GET /bulk-referrals/:id': { at: listOf() },
  'GET /bulk-referrals/:id/rows': { at: listOf('check', 'work') },
  'GET /bulk-referrals/:id/refused': { at: listOf('check', 'work') },
  'POST /bulk-referrals/:id/check': { at: listOf(), body: itsColumns },
  'POST /bulk-referrals/:id/rows/:row/verdict': { at: alikeOnList, body: () => ({ verdict: 'different' }) },
  'POST /bulk-referrals/:id/approve': {
    at: listOf('check', 'work'),
    body: () => ({ couldComeToHarm: false }),
  },
  'POST /bulk-referrals/:id/stop': { at: listOf('check') },
  'POST /bulk-referrals/:id/discard': { at: listOf() },
  'POST /bulk-referrals/:id/undo': { at: listOf('check', 'work', 'approve', 'work') },
  'GET /desk/jobs/:id': {
    at: (world, member) =>
      (member.actor.role === 'referrer' ? listOf('check') : importOf('approve'))(world, member),
  },
  'GET /desk/bulk-refer': { at: listOf(), shows: 'id' },
  'GET /desk/bulk-refer/template.csv': {},
  // Without a file, which is said on the page.
  'POST /desk/bulk-refer/file': { answers: [422] },
  'GET /desk/bulk-refer/:id': { at: listOf('check', 'work') },
  'GET /desk/bulk-refer/:id/refused': { at: listOf('check', 'work') },
  // One box a column, of which there is one here: said on the page.
  'POST /desk/bulk-refer/:id/check': { at: listOf(), body: () => ({ columns: 'none' }), answers: [422] },
  'POST /desk/bulk-refer/:id/rows/:row/verdict': { at: alikeOnList, body: () => ({ verdict: 'same' }) },
  'POST /desk/bulk-refer/:id/approve': {
    at: listOf('check', 'work'),
    body: () => ({ couldComeToHarm: 'no' }),
  },
  'POST /desk/bulk-refer/:id/stop': { at: listOf('check') },
  'POST /desk/bulk-refer/:id/discard': { at: listOf() },
  'POST /desk/bulk-refer/:id/undo': { at: listOf('check', 'work', 'approve', 'work') },
  'GET /imports': { at: importOf(), shows: 'id' },
  'GET /imports/gone': {},
  'GET /imports/:id': { at: importOf() },
  'GET /imports/:id/rows': { at: importOf() },
  'GET /imports/:id/refused': { at: importOf() },
  'POST /imports/feed': { body: () => ({ address: 'https://directory.example.org/open-referral' }) },
  // Not one of those that an administrator brings, which is said of the kind.
  'POST /imports/file': { query: () => '?kind=open-referral', body: aService, answers: [201, 422] },
  'POST /imports/:id/columns': { at: sheetToSay, body: () => COLUMNS_SAID },
  'POST /imports/:id/rows/:row/verdict': { at: alikeInImport, body: () => ({ verdict: 'different' }) },
  'POST /imports/:id/approve': { at: importOf(), body: () => ({}) },
  // Read to its end as it came: nothing is left to stop.
  'POST /imports/:id/stop': { at: importOf(), answers: [409] },
  'POST /imports/:id/discard': { at: importOf() },
  'POST /imports/:id/undo': { at: importOf('approve', 'apply') },

  'POST /session/switch': {
    at: (_world, { actor }) => Promise.resolve({ membershipId: actor.membershipId }),
    body: ({ membershipId }) => ({ membershipId }),
    as: (world, role) => aMember(world.scheme, role, { organisation: world.host }),
    named: true,
  },
  'POST /session/sign-out': {
    as: (world, role) => aMember(world.scheme, role, { organisation: world.host }),
  },
  'GET /sessions': {
    at: (_world, { actor }) => Promise.resolve({ id: actor.sessionId }),
    shows: 'id',
  },
  'POST /sessions/end-others': { as: somebodyNew },
  'POST /sessions/:id/end': { at: anotherSession },
  'GET /session/memberships': {
    at: (_world, { actor }) => Promise.resolve({ id: actor.membershipId }),
    shows: 'id',
  },
  'GET /me/second-factor': {},
  'POST /me/second-factor/offer': { as: somebodyNew, body: () => ({ password: PASSWORD }) },
  'POST /me/second-factor/confirm': {
    as: somebodyNew,
    at: offeredApp,
    body: ({ code }) => ({ code }),
  },
  // Only some roles may.
  'POST /me/second-factor/use-mail': {
    as: somebodyNew,
    body: () => ({ password: PASSWORD }),
    answers: [409],
  },
  'POST /me/second-factor/renew-codes': {
    as: somebodyWithApp,
    at: aCode,
    body: ({ code }) => ({ password: PASSWORD, code }),
  },
  'POST /me/second-factor/remove': {
    as: somebodyWithApp,
    at: aCode,
    body: ({ code }) => ({ password: PASSWORD, code }),
  },
  'GET /me': { at: (_world, { actor }) => Promise.resolve({ id: actor.accountId }), shows: 'id' },

  'GET /scheme': { at: (world) => Promise.resolve({ id: world.scheme.id }) },
  'PATCH /scheme': { body: () => ({ name: 'Tendring' }) },

  'GET /invitations': { at: invitation, shows: 'id' },
  'GET /invitations/:id': { at: invitation },
  'POST /invitations': { body: (_target, world) => invite(world) },
  'POST /invitations/:id/resend': { at: invitation },
  'POST /invitations/:id/revoke': { at: invitation },

  'GET /users': { at: somebody, query: WHOLE_PAGE, shows: 'id' },
  'GET /users/:id': { at: somebody },
  'PATCH /users/:id': { at: somebody, body: () => ({ name: 'Sam Reed' }) },
  'POST /users/:id/disable': { at: somebody, body: nothing },
  'POST /users/:id/enable': { at: somebodyDisabled },
  'POST /users/:id/reset-factor': {
    at: async (world) => ({ id: (await withApp(world.scheme)).member.actor.accountId }),
  },
  'POST /users/:id/memberships': {
    at: somebody,
    body: (_target, world) => ({ organisationId: world.host, role: 'scheme_manager' }),
  },
  'POST /memberships/:id/end': { at: membership, body: nothing },
  'POST /memberships/:id/disable': { at: membership, body: nothing },
  'POST /memberships/:id/enable': {
    at: async (world, member) => {
      const target = await membership(world, member);
      await done(world, world.people.administrator, `/memberships/${String(target['id'])}/disable`);
      return target;
    },
  },
  'POST /memberships/:id/set-triages': { at: membership, body: () => ({ triages: true }) },

  'GET /organisations': { at: organisationOf, query: WHOLE_PAGE, shows: 'id' },
  'GET /organisations/:id': { at: organisationOf },
  'POST /organisations': { body: () => ({ name: 'Mill Lane Surgery', kind: 'gp_practice' }) },
  'PATCH /organisations/:id': {
    at: async (world) => ({ id: await anOrganisation(world.scheme) }),
    body: () => ({ name: 'Mill Lane' }),
  },

  'GET /staff': {},
  'GET /staff-requests': { at: staffRequest, query: WHOLE_PAGE, shows: 'id' },
  'GET /staff-requests/:id': { at: staffRequest },
  'POST /staff-requests': { body: newcomer },
  'POST /staff-requests/:id/withdraw': { at: staffRequest },
  'POST /staff-requests/:id/grant': { at: staffRequest },
  'POST /staff-requests/:id/refuse': { at: staffRequest, body: () => ({ because: 'Not ours' }) },
  'GET /program': { nothingFor: PROGRAM_ROLES, ofPrograms: true },
  'GET /programs': { at: program, query: WHOLE_PAGE, shows: 'id' },
  'GET /programs/:id': { at: program },
  'POST /programs': { body: (_target, world) => newProgram(world) },
  'PATCH /programs/:id': { at: program, body: () => ({ perMinute: 60 }) },
  'POST /programs/:id/keys': { at: program, body: nothing },
  'POST /programs/:id/keys/:keyId/revoke': { at: program },
  'POST /programs/:id/end': { at: program },

  'GET /programs/:id/webhooks': { at: program },
  'POST /programs/:id/webhooks': { at: program, body: newWebhook },
  'GET /webhooks/:id': { at: webhook },
  'PATCH /webhooks/:id': { at: webhook, body: newWebhook },
  'POST /webhooks/:id/renew-secret': { at: webhook },
  'POST /webhooks/:id/switch-off': { at: webhook },
  'POST /webhooks/:id/switch-on': {
    at: async (world, member) => {
      const target = await webhook(world, member);
      await done(world, world.people.administrator, `/webhooks/${String(target['id'])}/switch-off`);
      return target;
    },
  },
  'POST /webhooks/:id/test': { at: webhook },
  'GET /webhooks/:id/deliveries': { at: delivery },
  'POST /webhook-deliveries/:id/send-again': {
    at: async (world, member) => ({ id: String((await delivery(world, member))['deliveryId']) }),
  },

  'GET /link-workers': { at: workerMembership, query: WHOLE_PAGE, shows: 'id' },
  'GET /link-workers/:id': { at: workerMembership },
  'PATCH /link-workers/:id': { at: workerMembership, body: () => ({ caseloadLimit: 500 }), answers: [412] },
  'POST /link-workers/:id/absent': { at: workerMembership, as: freshWorker, body: nothing },
  'POST /link-workers/:id/back': { at: absentWorker, as: freshWorker },
  'POST /link-workers/standing-cover': {
    at: workerMembership,
    body: ({ id }) => ({ membershipId: id }),
    named: true,
  },
  'GET /covers': { at: cover, as: freshWorker, query: WHOLE_PAGE, shows: 'id' },
  'GET /covers/:id': { at: cover, as: freshWorker },
  'POST /covers': { at: workerMembership, as: freshWorker, body: ({ id = '' }) => leave(id), named: true },
  'POST /covers/:id/end': { at: cover, as: freshWorker },

  'POST /clients': { body: () => aPerson() },
  'POST /clients/match': {
    at: person,
    body: ({ nhsNumber, firstName, lastName, dateOfBirth }) => ({
      nhsNumber,
      firstName,
      lastName,
      dateOfBirth,
    }),
    shows: 'id',
  },
  'POST /clients/search': { at: person, body: ({ nhsNumber }) => ({ nhsNumber }), shows: 'id' },
  'GET /clients': { at: person, query: WHOLE_PAGE, shows: 'id' },
  'GET /clients/:id': { at: clientOf },
  'PATCH /clients/:id': { at: person, body: () => ({ knownAs: 'Grace' }), answers: [412] },
  'GET /clients/:id/matches': { at: clientOf },
  'POST /clients/:id/switch-off-channel': {
    at: clientOf,
    body: () => ({ channel: 'text', because: 'asked' }),
  },
  'POST /clients/:id/resume-messages': { at: clientOf, answers: [409] },
  'POST /clients/:id/record-death': {
    at: clientOf,
    body: () => HEARD,
    nothingFor: ['referrer', 'provider_member'],
  },
  'POST /clients/:id/reverse-death': {
    at: dead,
    body: reasonOnly,
  },
  'POST /clients/:id/merge': { at: two, body: ({ mergedId }) => ({ mergedId, reason: 'The same person' }) },
  'POST /clients/:id/unmerge': { at: merged, body: reasonOnly },
  'GET /clients/:id/merges': { at: clientOf },
  'GET /clients/:id/history': { at: clientOf },
  'GET /clients/:id/gp-registrations': { at: clientOf },
  'POST /clients/:id/gp-registrations': { at: clientOf, body: () => ({ noKnownPractice: true }) },
  'GET /clients/:id/never-offer': { at: clientOf },
  'PUT /clients/:id/never-offer/:organisationId': { at: neverOffered },
  'DELETE /clients/:id/never-offer/:organisationId': { at: neverOfferedNow },
  'GET /clients/:id/agreements': { at: clientOf },
  'POST /clients/:id/agreements': { at: clientOf, body: () => AGREED },
  'POST /clients/:id/agreements/:agreementId/renew': {
    at: agreementOf,
    body: () => ({ agreedOn: TODAY, how: 'phone' }),
  },
  'POST /clients/:id/agreements/:agreementId/withdraw': { at: agreementOf, body: nothing },
  'GET /clients/:id/links': { at: clientOf },
  'POST /clients/:id/links': {
    at: two,
    body: ({ mergedId }) => ({ otherId: mergedId, relation: 'partner', seenTogether: true }),
  },
  'POST /clients/:id/links/:linkId/end': { at: linked },
  'GET /clients/:id/supporters': { at: clientOf },
  'POST /clients/:id/supporters': { at: clientOf, body: () => ({ name: 'Ada Okoro', role: 'carer' }) },
  'PATCH /clients/:id/supporters/:supporterId': {
    at: supported,
    body: () => ({ mayContact: true }),
    answers: [412],
  },
  'POST /clients/:id/supporters/:supporterId/end': { at: supported },
  'GET /clients/:id/page': { at: clientOf },
  'GET /clients/:id/page/messages': { at: clientOf },
  'POST /clients/:id/page/asked': {
    at: askingForPage,
    body: () => ({ askedOn: TODAY, channel: 'email' }),
  },
  'POST /clients/:id/page/links': { at: clientOf, body: () => ({}) },
  'POST /clients/:id/page/close': { at: clientOf },
  'POST /clients/:id/page/reopen': { at: clientOf, answers: [409] },
  'GET /clients/:id/lone-worker-flags': { at: flagged },
  'POST /clients/:id/lone-worker-flags': { at: clientOf, body: () => ({ code: 'daytime_only' }) },
  'POST /clients/:id/lone-worker-flags/:flagId/end': { at: flagged, body: reasonOnly },
  'GET /stories': { at: aStory(), query: WHOLE_PAGE, shows: 'id' },
  'POST /clients/:id/stories': { at: clientOf, body: () => STORY },
  'GET /stories/:id': { at: aStory() },
  'PATCH /stories/:id': { at: aStory(), body: () => ({ title: 'Out again' }) },
  'POST /stories/:id/consents': { at: aStory(), body: () => CONSENT },
  'POST /stories/:id/offer': { at: aStory('consents') },
  'POST /stories/:id/approve': { at: aStory('consents', 'offer'), body: () => ({ lookedAt: [] }) },
  'POST /stories/:id/send-back': { at: aStory('consents', 'offer'), body: () => ({ note: 'Whose shop?' }) },
  'POST /stories/:id/withdraw': { at: aStory('consents'), body: () => ({ how: 'phone' }) },
  'POST /stories/:id/printings': { at: aStory('consents', 'offer', 'approve'), body: () => PRINTED },
  'POST /stories/:id/printings/:printingId/settle': {
    at: aStory('consents', 'offer', 'approve', 'printings'),
    body: () => ({ result: 'taken_down' }),
  },
  'POST /clients/:id/feedback': { at: clientOf, body: () => SAID },
  'GET /client-feedback': { at: someFeedback, query: WHOLE_PAGE, shows: 'id' },
  'GET /client-feedback/:id': { at: someFeedback },
  'POST /client-feedback/:id/look': { at: feedbackFor },
  'POST /client-feedback/:id/answer': {
    at: feedbackFor,
    body: () => ({ answer: 'We rang and said sorry.', how: 'phone' }),
  },
  'POST /client-feedback/:id/release': { at: aboutAWorker },
  'GET /safeguarding/words': {},
  'PUT /safeguarding/leads/:membershipId': {
    at: async (world, member) => ({ membershipId: (await workerMembership(world, member))['id'] ?? '' }),
  },
  'DELETE /safeguarding/leads/:membershipId': {
    at: async (world) => ({ membershipId: (await aLead(world, 'link_worker')).actor.membershipId }),
  },
  'POST /clients/:id/safeguarding': { at: clientOf, body: () => WORRY },
  'POST /referrals/:id/worries': { at: sent, body: () => WORRY },
  'GET /referrals/:id/worries': { at: sent },
  'GET /safeguarding': { at: safeguarding, query: WHOLE_PAGE, shows: 'id' },
  'GET /safeguarding/:id': { at: safeguarding },
  'POST /safeguarding/:id/read': {
    at: safeguarding,
    body: () => ({ reason: 'The lead is away until Monday' }),
  },
  'POST /safeguarding/:id/steps': { at: safeguarding, body: () => ({ told: 'police', reference: '241' }) },
  'POST /safeguarding/:id/close': {
    as: aLead,
    at: safeguarding,
    body: () => ({ outcome: 'passed_on', note: 'The council has taken it on.' }),
  },
  'POST /clients/:id/subject-access': { at: person, body: () => COPY_ASKED },
  'GET /subject-access': { at: copy, query: WHOLE_PAGE, shows: 'id' },
  'GET /subject-access/:id': { at: copy },
  // Collected by the worker, who is not at work here.
  'GET /subject-access/:id/document': { at: copy, answers: [409] },
  'GET /subject-access/:id/document.html': { at: copy, answers: [409] },
  'POST /subject-access/:id/review': { at: copy, body: () => ({ decisions: [] }), answers: [409] },
  'POST /subject-access/:id/release': { at: copy, body: () => ({ how: 'post' }), answers: [409] },
  'POST /subject-access/:id/refuse': { at: copy, body: () => ({ because: 'Asked for by somebody else' }) },
  'GET /clients/:id/legal-holds': { at: clientOf },
  'POST /clients/:id/legal-holds': { at: clientOf, body: reasonOnly },
  'POST /clients/:id/legal-holds/:holdId/lift': { at: heldForever, body: reasonOnly },
  'GET /retention/due': { query: WHOLE_PAGE },
  'POST /clients/:id/review-retention': {
    at: clientOf,
    body: () => ({ decision: 'destroy' }),
    answers: [409],
  },
  'GET /retention/reviews': { at: retentionReview, query: WHOLE_PAGE, shows: 'id' },
  'POST /retention/reviews/:id/cancel': { at: retentionReview },
  'POST /break-glass': {
    at: person,
    body: ({ nhsNumber }) => opened(nhsNumber),
    named: true,
    // Every try is written down, those that found nobody too.
    writes: ['audit_entry'],
  },
  'GET /break-glass': { at: glass, query: WHOLE_PAGE, shows: 'id' },
  'POST /break-glass/:id/review': { at: glass, body: () => ({ outcome: 'justified' }) },

  'GET /providers': { at: providerOf, query: WHOLE_PAGE, shows: 'id' },
  'POST /providers': {
    at: async (world) => ({ id: await anOrganisation(world.scheme, 'charity') }),
    body: ({ id }) => ({ organisationId: id, sector: 'charity' }),
    named: true,
  },
  'GET /providers/:id': { at: providerOf },
  'PATCH /providers/:id': { at: providerOf, body: () => ({ dress: 'Any' }), answers: [412] },
  'GET /providers/:id/assurance': { at: providerOf },
  'GET /providers/:id/rhythm': { at: providerOf },
  'POST /providers/:id/periods': { at: providerOf, body: () => aPeriod() },
  'DELETE /providers/:id/periods/:periodId': { at: period },
  'POST /providers/:id/quiet-times': {
    at: providerOf,
    body: () => ({ times: [{ day: 'friday', from: '12:30', to: '14:00' }] }),
  },
  'POST /volunteers/data': {
    body: (_target, _world, { actor }) =>
      actor.role === 'provider_member' ? {} : { email: 'somebody@example.org' },
  },
  'GET /provider-claims': { at: claimed, query: WHOLE_PAGE, shows: 'id' },
  'GET /provider-claims/:id': { at: claimed },
  'POST /provider-claims/:id/approve': { at: claimed },
  'POST /provider-claims/:id/refuse': { at: claimed, body: reasonOnly },
  'POST /providers/:id/close-for-good': {
    at: async (world) => ({ id: await aProvider(world.scheme) }),
    body: () => ({ reason: 'no_place' }),
  },
  'POST /providers/:id/reopen': {
    at: async (world) => {
      const id = await aProvider(world.scheme);
      await world.betony
        .get(Closures)
        .closeForGood(systemActor(world.scheme.id, 'test'), id, { reason: 'no_place' });
      return { id };
    },
    body: reasonOnly,
  },
  'POST /providers/:id/assurance': { at: providerOf, body: () => INSURED },
  'POST /providers/:id/assurance/:recordId/end': { at: assured, body: reasonOnly },
  'GET /providers/:id/history': { at: providerOf },
  'GET /providers/:id/evidence': { at: evidence, shows: 'fileId' },
  'POST /providers/:id/evidence': {
    at: providerOf,
    query: () => '?kind=insurance_policy',
    body: nothing,
    // In reach it is read, and what is sent here is no form.
    answers: [415],
  },
  'GET /providers/:id/evidence/:fileId': { at: evidence },
  'DELETE /providers/:id/evidence/:fileId': { at: evidence },
  'GET /providers/:id/partners': { at: partnered, shows: 'partnerId' },
  'POST /providers/:id/partners': { at: providerOf, body: aPartner },
  'POST /providers/:id/partners/:partnerId/end': { at: partnered, body: reasonOnly },
  'GET /covenants': { at: covenant, shows: 'covenantId' },
  'POST /covenants': { body: () => COVENANT },
  'GET /providers/:id/covenant': { at: covenant },
  'POST /providers/:id/covenant': { at: covenant, body: signs },
  'POST /providers/:id/covenant/end': {
    at: async (world, member) => {
      const target = await covenant(world, member);
      await done(world, world.people.scheme_manager, `/providers/${world.group}/covenant`, signs(target));
      return target;
    },
    body: reasonOnly,
    // The signature is one: whoever is tried first takes it back.
    answers: [409],
  },
  'GET /concerns': { at: concern, query: WHOLE_PAGE, shows: 'id' },
  'GET /concerns/:id': { at: concern },
  'POST /concerns': { at: clientOf, body: ({ id = '' }, world) => concernAbout(world, id), named: true },
  'POST /concerns/:id/review': {
    at: concern,
    body: () => ({ outcome: 'not_upheld', note: 'We asked both.' }),
  },
  'GET /offer-approvals': { at: askedBy('another'), query: WHOLE_PAGE, shows: 'id' },
  'POST /referrals/:id/offer-approvals': {
    at: (world, member) => ownService(world, member, member),
    body: ({ listingId }) => ({ ...ASKS, listingId }),
  },
  'GET /offer-approvals/:id': { at: askedBy('another') },
  'POST /offer-approvals/:id/approve': { at: askedBy('another'), body: nothing },
  'POST /offer-approvals/:id/refuse': { at: askedBy('another'), body: reasonOnly },
  'POST /offer-approvals/:id/withdraw': { at: askedBy('member') },
  'GET /listings': { query: WHOLE_PAGE },
  'GET /listings/managed': { at: listing(), query: () => '?limit=100&state=published', shows: 'id' },
  'POST /listings': {
    at: providerOf,
    body: ({ id }) => ({ organisationId: id, name: 'Lunch', description: 'Lunch and company' }),
    named: true,
  },
  'GET /listings/:id': { at: listing() },
  'PATCH /listings/:id': { at: listing(), body: () => ({ name: 'Friday lunch' }), answers: [412] },
  'GET /listings/:id/history': { at: listing() },
  'POST /listings/:id/submit': { at: listing((it) => it.inDraft()) },
  'POST /listings/:id/return': { at: listing((it) => it.inDraft(), { forReview: true }), body: reasonOnly },
  'POST /listings/:id/publish': { at: listing((it) => it.inDraft(), { forReview: true }) },
  'POST /listings/:id/pause': { at: listing(), body: nothing },
  'POST /listings/:id/resume': { at: listing((it) => it.paused()) },
  'POST /listings/:id/close': { at: listing(), body: nothing },
  'POST /listings/:id/reopen': { at: listing((it) => it.closed()), body: nothing },
  'POST /listings/:id/places': { at: listing(), body: () => ({ kind: 'counted', total: 5 }) },
  'POST /listings/:id/full': { at: listing(), body: () => ({ until: '2027-01-04' }) },
  'GET /listings/:id/service-capacity': { at: listing((it) => it.counting(3)) },
  'POST /listings/:id/service-capacity': {
    at: listing(),
    body: () => ({ available: 3, maximum: 8, updated: `${TODAY}T09:00:00Z` }),
  },
  'GET /listings/:id/periods': { at: listing() },
  'POST /listings/:id/periods': { at: listing(), body: () => ({ name: 'Tuesdays', total: 4 }) },
  'POST /listings/:id/periods/:periodId/places': { at: listingPeriod, body: () => ({ total: 5 }) },
  'POST /listings/:id/periods/:periodId/end': { at: listingPeriod },
  'POST /listings/:id/confirm': { at: listing() },

  'GET /referrals': { at: sentOrCase, query: WHOLE_PAGE, shows: 'id' },
  'POST /referrals/search': {
    at: async (world, member) => {
      const { id = '' } = await sentOrCase(world, member);
      const [row] = await rowsOf<{ reference: string }>(
        world.scheme,
        sql`select reference from referral where scheme_id = ${world.scheme.id} and id = ${id}`,
      );
      return { id, reference: row?.reference ?? '' };
    },
    body: ({ reference = '' }) => ({ reference }),
    shows: 'id',
  },
  'GET /referrals/drafts': { at: draft, query: WHOLE_PAGE, shows: 'id' },
  'POST /referrals/drafts': { body: () => ({ reasons: ['loneliness'] }) },
  'PATCH /referrals/drafts/:id': { at: draft, body: () => ({ reasons: ['housing'] }) },
  'DELETE /referrals/drafts/:id': { at: draft },
  'POST /referrals': { body: () => aSend({ sender: { name: 'Dr Asha Patel' } }) },
  'GET /referrals/:id': { at: sentOrCase },
  'GET /referrals/:id/history': { at: sentOrCase },
  'POST /referrals/:id/send': {
    at: draft,
    body: () => ({ couldComeToHarm: false, sender: { name: 'Dr Asha Patel' } }),
  },
  'POST /referrals/:id/return': { at: sent, body: () => ({ missing: ['reasons'], message: 'What for?' }) },
  'POST /referrals/:id/accept': { at: sent, body: nothing },
  'POST /referrals/:id/join': {
    at: toJoin,
    body: ({ into }) => ({ into }),
  },
  'POST /referrals/:id/decline': { at: sent, body: () => ({ reason: 'outside_area' }) },
  'POST /referrals/:id/allocate': {
    at: accepted,
    body: (_target, world) => ({ workerId: world.others.link_worker.actor.membershipId }),
  },
  'POST /referrals/:id/next': { at: caseOf((it) => it.begun()), body: () => ({ nextOn: LATER }) },
  'POST /referrals/:id/notes': { at: sentOrCase, body: () => ({ note: 'She prefers mornings' }) },
  'POST /referrals/:id/risks': {
    at: caseOf((it) => it.begun()),
    body: () => ({ risks: ['violence_or_aggression'] }),
  },
  'POST /referrals/:id/feedback': {
    at: allocated,
    body: () => ({ feedback: 'nothing' }),
  },
  'POST /referrals/:id/hold': {
    at: caseOf((it) => it.begun()),
    body: () => ({ reason: 'away', resumeOn: LATER }),
  },
  'POST /referrals/:id/resume': { at: caseOf((it) => it.onHold()), body: nothing },
  'POST /referrals/:id/close': {
    at: caseOf((it) => it.begun()),
    body: () => ({ result: 'helped', reason: 'done', mayAskAgain: true, noResponseBecause: 'declined' }),
  },
  'POST /referrals/:id/reopen': {
    at: caseOf((it) => it.closed()),
    body: (_target, world, member) => ({
      nextOn: LATER,
      reason: 'She rang',
      workerId: workerFor(world, member).actor.membershipId,
    }),
  },
  'POST /referrals/:id/withdraw': { at: sentOrCase, body: () => ({ reason: 'person_said_no' }) },
  'POST /referrals/:id/void': { at: sent, body: () => ({ reason: 'test', note: 'For the test' }) },
  'POST /referrals/:id/died': {
    at: sentOrCase,
    body: () => ({ toldBy: 'Their daughter, by phone' }),
    nothingFor: ['provider_member'],
  },
  'GET /caseload': { at: caseOf((it) => it.due(TODAY)), query: WHOLE_PAGE, shows: 'id' },
  'GET /triage': { at: sent, query: WHOLE_PAGE, shows: 'id' },

  'POST /referrals/:id/contacts': { at: aReferralCase, body: () => CONTACT },
  'GET /referrals/:id/contacts': { at: aReferralCase },
  'GET /contacts/:id': { at: contact },
  'GET /contacts/:id/history': { at: contact },
  'PATCH /contacts/:id': { at: contact, body: () => ({ minutes: 20, reason: 'Left out' }) },
  'GET /handovers': { at: handoverOf, query: WHOLE_PAGE, shows: 'id' },
  'GET /handovers/:id': { at: handoverOf },
  'POST /handovers': {
    at: async (world, member) => {
      const { id = '' } = await aReferralCase(world, member);
      return { referralId: id };
    },
    body: ({ referralId }, world) => ({
      fromId: world.worker.actor.membershipId,
      effectiveOn: LATER,
      referrals: [{ referralId, toId: world.others.link_worker.actor.membershipId }],
    }),
    named: true,
  },
  'POST /handovers/:id/check': { at: handoverOf, body: () => ({ done: ['people_told'] }) },
  'POST /handovers/:id/cancel': { at: handoverOf },
  'GET /caseload/weights': {},
  'GET /caseload/room': {},
  'GET /supervision': {
    at: (_world, { actor }) => Promise.resolve({ workerId: actor.membershipId }),
    query: ({ workerId }) => `?workerId=${workerId ?? ''}`,
  },
  'GET /clients/:id/practice-moves': { at: clientOf },
  'GET /practice-moves/:id': { at: movedPractice },
  'POST /practice-moves/:id/decide': {
    at: movedPractice,
    body: () => ({
      formerHears: 'nothing',
      presentHears: 'progress',
      agreement: { basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' },
    }),
  },
  'GET /referrals/:id/area-moves': { at: aReferralCase },
  'POST /referrals/:id/area-moves': { at: aReferralCase, body: () => AWAY },
  'GET /area-moves/:id': { at: movedAway },
  'POST /area-moves/:id/decide': {
    at: movedAway,
    body: () => ({ choice: 'keep', keepUntil: '2026-12-18', reason: 'Until the move is over' }),
  },
  'POST /area-moves/:id/cancel': { at: movedAway, body: reasonOnly },
  'GET /transfers/schemes': {},
  'GET /referrals/:id/transfer-preview': { at: aReferralCase, query: () => '?items=plan' },
  'GET /referrals/:id/transfers': { at: aReferralCase },
  'POST /referrals/:id/transfers': { at: lookedAt, body: ({ digest }) => ({ ...HANDED, digest }) },
  'GET /referrals/:id/came-with': { at: cameFromElsewhere },
  'GET /transfers/incoming': { at: incoming, query: WHOLE_PAGE, shows: 'id' },
  'GET /transfers/incoming/:id': { at: incoming },
  'POST /transfers/incoming/:id/receive': { at: incoming },
  'POST /transfers/incoming/:id/refuse': { at: incoming, body: reasonOnly },
  'GET /transfers/:id': { at: handedOver },
  'GET /transfers/:id/document': { at: handedOver },
  'POST /transfers/:id/receipt': {
    at: handedOver,
    body: () => ({ receivedBy: 'Ada Reed', receivedOn: TODAY }),
  },
  'POST /transfers/:id/refused': {
    at: handedOver,
    body: () => ({ refusedBy: 'Ada Reed', reason: 'Outside our area' }),
  },
  'POST /transfers/:id/cancel': { at: handedOver, body: reasonOnly },
  'GET /escalations': { at: escalation, query: WHOLE_PAGE, shows: 'id' },
  'GET /escalations/:id': { at: escalation },
  'POST /escalations': { body: () => ESCALATION },
  'POST /escalations/:id/acknowledge': { at: escalation, body: () => ({ answer: 'We will talk' }) },
  'POST /contacts/:id/sections': { at: contact, body: () => SAFETY },
  'POST /contacts/:id/sections/:sectionId/amend': {
    at: sectionOf,
    body: () => ({ words: 'There are two dogs', reason: 'Seen' }),
  },
  'POST /contacts/:id/read-restricted': {
    at: contact,
    body: () => ({ reason: 'A complaint about this visit' }),
  },
  'POST /referrals/:id/unreached-choice': {
    at: caseOf((it) => it.person({ safeToText: 'yes' }).unreached(3)),
    body: () => ({ choice: 'text' }),
  },
  'GET /clients/:id/timeline': { at: clientOf },
  'GET /referrals/:id/plan': {
    at: async (world, member) => {
      const { referralId = '' } = await planOf(world, member);
      return { id: referralId };
    },
  },
  'POST /referrals/:id/plan': { at: aReferralCase, body: () => PLAN },
  'PUT /plans/:id': { at: planOf, body: () => ({ goals: [] }) },
  'GET /plans/:id/versions': { at: planOf },
  'GET /plans/:id/differences': { at: planOf, query: () => '?from=1&to=1' },
  'GET /plans/:id/progress': { at: planOf },
  'POST /plans/:id/goals/:goalId/progress': { at: planOf, body: () => ({ status: 'reached' }) },
  'POST /plans/:id/actions/:actionId/progress': { at: planOf, body: () => ({ status: 'done' }) },
  'POST /plans/:id/agree': { at: planOf, body: () => ({ agreedOn: TODAY, how: 'phone' }) },
  'POST /plans/:id/shares': { at: planOf, body: () => WITH_CLIENT },
  'POST /plans/:id/shares/:shareId/end': { at: planShared },
  'GET /referrals/:id/plan-draft': { at: planDraft },
  'POST /referrals/:id/plan-draft': { at: aReferralCase, body: () => DRAFT },
  'DELETE /referrals/:id/plan-draft': { at: planDraft },
  'DELETE /referrals/:id/plan-draft/aside/:asideId': { at: planDraftAside },
  'GET /shared-plans': { at: planSharedWith, query: WHOLE_PAGE, shows: 'id' },
  'GET /shared-plans/:id': { at: planSharedWith },
  'GET /desk/shared-plans': { at: planSharedWith, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/shared-plans/:id': { at: planSharedWith },
  'POST /referrals/:id/appointments': { at: aReferralCase, body: () => MEETING },
  'GET /referrals/:id/appointments': { at: aReferralCase },
  'GET /appointments/:id': { at: appointment },
  'GET /appointments/:id/history': { at: appointment },
  'GET /appointments/:id/calendar': { at: appointment },
  'POST /appointments/:id/move': {
    at: appointment,
    body: () => ({
      side: 'client',
      reason: 'unwell',
      on: '2026-12-02',
      time: '10:00',
      evenSo: ['double_booked'],
    }),
  },
  'POST /appointments/:id/cancel': { at: appointment, body: () => ({ side: 'client', reason: 'unwell' }) },
  'POST /appointments/:id/interpreter': {
    at: appointment,
    body: () => ({ kind: 'professional', language: 'pl', booking: 'asked' }),
  },
  'POST /appointments/:id/set-out': { at: homeVisit, body: nothing },
  'POST /appointments/:id/back': { at: homeVisit, body: nothing },
  'POST /calendar-feed': {},
  'GET /calendar-feed': { at: calendarFeed },
  'DELETE /calendar-feed': { at: calendarFeed },
  'GET /listings/:id/registers': { at: withRegister, shows: 'registerId' },
  'GET /desk/listings/:id/registers': { at: withRegister, shows: 'registerId' },
  'GET /desk/registers/:id': { at: register() },
  'GET /desk/registers/:id/people/:onwardReferralId': { at: register('mark', 'finalise') },
  'POST /desk/registers/:id/people/:onwardReferralId': {
    at: register('mark', 'finalise'),
    body: () => ({ result: 'late', ...reasonOnly() }),
  },
  'GET /desk/groups/volunteer-data': { answers: [303] },
  'POST /desk/groups/volunteer-data': {
    body: () => ({ email: 'nobody@example.org', language: 'en' }),
    answers: [303],
  },
  'POST /listings/:id/registers': { at: listing(), body: () => ({ sessionOn: TODAY }) },
  'GET /registers/:id': { at: register() },
  'POST /registers/:id/mark': {
    at: register(),
    body: ({ onwardReferralId }) => ({ marks: [{ onwardReferralId, result: 'late' }], walkIns: 2 }),
  },
  'POST /registers/:id/finalise': { at: register('mark') },
  'POST /registers/:id/send-link': { at: register() },
  'POST /registers/:id/correct': {
    at: register('mark', 'finalise'),
    body: ({ onwardReferralId }) => ({ onwardReferralId, result: 'late', ...reasonOnly() }),
  },
  'GET /desk': { answers: [303] },
  'GET /desk/account': {},
  'POST /desk/kept': { body: () => ({ _path: '/desk/refer', note: 'Likes boats' }) },
  'GET /desk/kept': {},
  'POST /desk/kept/:id/drop': { at: keptForm },
  'GET /desk/account/password': {},
  'POST /desk/account/password': {
    as: somebodyNew,
    body: () => ({ password: PASSWORD, newPassword: 'seven quiet green kettles' }),
  },
  'GET /desk/account/sessions': {},
  'POST /desk/account/sessions/end-others': { as: somebodyNew },
  'POST /desk/account/sessions/:id/end': { at: anotherSession },
  'GET /desk/stay': {},
  'GET /desk/account/second-factor': {},
  'POST /desk/account/second-factor': {
    as: somebodyNew,
    body: () => ({ change: 'app', password: PASSWORD }),
  },
  'GET /desk/account/second-factor/set-up': { as: somebodyNew, at: offeredApp },
  'POST /desk/account/second-factor/set-up': {
    as: somebodyNew,
    at: offeredApp,
    body: ({ code }) => ({ code }),
  },
  'POST /desk/account/switch': {
    at: (_world, { actor }) => Promise.resolve({ membershipId: actor.membershipId }),
    body: ({ membershipId }) => ({ membershipId }),
    as: (world, role) => aMember(world.scheme, role, { organisation: world.host }),
    named: true,
  },
  'POST /desk/sign-out': {
    as: (world, role) => aMember(world.scheme, role, { organisation: world.host }),
  },
  'GET /desk/overview': {},
  'GET /desk/overview.csv': { query: () => '?chart=flow' },
  'GET /desk/manage': {},
  'GET /desk/audit': {
    at: readPerson,
    query: ({ id = '' }) => `?clientId=${id}`,
    shows: 'name',
  },
  'GET /desk/health': {},
  'GET /desk/templates': {},
  'GET /desk/outlines': {},
  // Without a file, which is said on the page.
  'POST /desk/outlines': { body: () => ({ source: 'Ours' }), answers: [422] },
  'GET /desk/neighbourhoods': {},
  'GET /desk/neighbourhoods/:id': { at: neighbourhood },
  'GET /desk/assets': { at: asset(), query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/assets/new': {},
  'POST /desk/assets/new': {
    body: () => ({ name: 'A bench', description: 'In the sun.', kind: 'places', community: 'Walkers' }),
  },
  'GET /desk/assets/:id': { at: asset() },
  'GET /desk/assets/:id/change': { at: asset() },
  'POST /desk/assets/:id/change': { at: asset(), body: () => ({ _version: '1', howToJoin: 'Come by.' }) },
  'POST /desk/assets/:id/submit': { at: asset() },
  'POST /desk/assets/:id/return': { at: asset({ forReview: true }), body: reasonOnly },
  'POST /desk/assets/:id/publish': { at: asset() },
  'POST /desk/assets/:id/retire': { at: asset() },
  'POST /desk/assets/:id/restore': { at: asset({}, 'retire') },
  'POST /desk/assets/:id/confirm': { at: asset({}, 'publish') },
  'GET /desk/templates/one': { query: () => '?language=en&name=digest' },
  'POST /desk/templates/test': { body: () => ({ language: 'en', name: 'digest' }) },
  'GET /desk/copies': { at: copy, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/copies/:id': { at: copy },
  'POST /desk/copies/:id/review': { at: copy, answers: [409] },
  'POST /desk/copies/:id/open': { at: copy, body: () => ({ openBy: 'contacts/1' }), answers: [422] },
  // Collected by the worker, who is not at work here.
  'GET /desk/copies/:id/document': { at: copy, answers: [409] },
  'POST /desk/copies/:id/release': { at: copy, body: () => ({ how: 'post' }), answers: [409] },
  'GET /desk/copies/:id/refuse': { at: copy },
  'POST /desk/copies/:id/refuse': { at: copy, body: () => ({ because: 'Asked for by somebody else' }) },
  'GET /desk/people/:id/copy': { at: clientOf },
  'POST /desk/people/:id/copy': { at: person, body: () => COPY_ASKED },
  'GET /desk/retention': { query: WHOLE_PAGE },
  'GET /desk/retention/decisions': { at: retentionReview, query: WHOLE_PAGE, shows: 'id' },
  'POST /desk/retention/decisions/:id/cancel': { at: retentionReview },
  'GET /desk/people/:id/keeping': { at: clientOf },
  'POST /desk/people/:id/keeping': {
    at: clientOf,
    body: () => ({ decision: 'destroy' }),
    answers: [409],
  },
  'POST /desk/people/:id/holds': { at: clientOf, body: reasonOnly },
  'GET /desk/people/:id/holds/:holdId/lift': { at: heldForever },
  'POST /desk/people/:id/holds/:holdId/lift': { at: heldForever, body: reasonOnly },
  'GET /desk/messages': { at: deadMessage, query: WHOLE_PAGE, shows: 'id' },
  'POST /desk/messages/:id/retry': { at: deadMessage },
  'POST /desk/messages/:id/drop': { at: deadMessage, body: () => ({ because: 'done_another_way' }) },
  'POST /desk/stuck-events/:id/retry': { at: stuckEvent },
  'POST /desk/stuck-events/:id/drop': { at: stuckEvent, body: () => ({ because: 'no_longer_wanted' }) },
  'GET /desk/team': {},
  'GET /desk/team/:id': { at: workerMembership },
  'POST /desk/team/:id': { at: workerMembership, body: () => ({ caseloadLimit: '30', _version: '1' }) },
  'GET /desk/standing-cover': {},
  'POST /desk/standing-cover': {
    at: workerMembership,
    body: ({ id }) => ({ membershipId: id }),
    named: true,
  },
  'GET /desk/safeguarding-leads': {},
  'POST /desk/safeguarding-leads': {
    at: workerMembership,
    body: ({ id }) => ({ membershipId: id }),
    named: true,
  },
  'POST /desk/safeguarding-leads/:id/end': {
    at: async (world) => ({ id: (await aLead(world, 'link_worker')).actor.membershipId }),
  },
  'GET /desk/team/:id/hand-over': { at: workerMembership },
  'POST /desk/team/:id/hand-over': {
    at: async (world, member) => {
      const { id = '' } = await aReferralCase(world, member);
      return { referralId: id, id: world.worker.actor.membershipId };
    },
    body: ({ referralId = '' }, world) => ({
      referralId,
      toId: world.others.link_worker.actor.membershipId,
      ...asForm({ effectiveOn: LATER }),
    }),
  },
  'GET /desk/handovers': { at: handoverOf, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/handovers/:id': { at: handoverOf },
  'GET /desk/handovers/:id/sheet': { at: handoverOf },
  'POST /desk/handovers/:id/check': { at: handoverOf, body: () => ({ done: 'people_told' }) },
  'POST /desk/handovers/:id/cancel': { at: handoverOf },
  'GET /desk/imports': { at: importOf(), shows: 'id' },
  'GET /desk/imports/new': {},
  'GET /desk/imports/template': { query: () => '?kind=assets' },
  // Without a file, which is said on the page.
  'POST /desk/imports/file': { body: () => ({ kind: 'assets' }), answers: [422] },
  'POST /desk/imports/feed': { body: () => ({ address: 'https://directory.example.org/open-referral' }) },
  'GET /desk/imports/gone': {},
  'GET /desk/imports/:id': { at: importOf() },
  'GET /desk/imports/:id/refused': { at: importOf() },
  // A form says of every column what it is, which is more than one answer of a name.
  'POST /desk/imports/:id/columns': { at: sheetToSay, body: () => ({ columns: 'none' }), answers: [422] },
  'POST /desk/imports/:id/rows/:row/verdict': { at: alikeInImport, body: () => ({ verdict: 'same' }) },
  'POST /desk/imports/:id/approve': { at: importOf() },
  'POST /desk/imports/:id/stop': { at: importOf(), answers: [409] },
  'POST /desk/imports/:id/discard': { at: importOf() },
  'POST /desk/imports/:id/undo': { at: importOf('approve', 'apply') },
  'GET /desk/groups': { at: providerOf, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/groups/figures': { at: providerOf, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/groups/new': {},
  'POST /desk/groups/new': {
    at: async (world) => ({ id: await anOrganisation(world.scheme, 'charity') }),
    body: ({ id }) => ({ organisationId: id, sector: 'charity', answersBy: 'sign_in' }),
    named: true,
  },
  'GET /desk/groups/:id': { at: providerOf },
  'GET /desk/groups/:id/profile': { at: providerOf },
  'POST /desk/groups/:id/profile': { at: providerOf, body: () => ({ dress: 'Any' }), answers: [412] },
  'GET /desk/groups/:id/partners': { at: partnered, shows: 'partnerId' },
  'POST /desk/groups/:id/partners': { at: providerOf, body: aPartner },
  'GET /desk/groups/:id/partners/:partnerId': { at: partnered },
  'POST /desk/groups/:id/partners/:partnerId': { at: partnered, body: reasonOnly },
  'GET /desk/groups/:id/services/new': { at: providerOf },
  'POST /desk/groups/:id/services/new': {
    at: providerOf,
    body: () => ({ name: 'Lunch', description: 'Lunch and company', from: 'everywhere' }),
  },
  'GET /desk/groups/:id/contact': { at: providerOf },
  // The profile has changed since, which is said on the page.
  'POST /desk/groups/:id/contact': { at: providerOf, body: () => ({ contactName: 'Rose' }), answers: [412] },
  'GET /desk/groups/:id/tally': { at: providerOf },
  'POST /desk/groups/:id/tally': { at: providerOf, body: () => asForm(GIVEN) },
  'GET /desk/groups/:id/times': { at: period },
  'GET /desk/groups/:id/times/new': { at: providerOf },
  'POST /desk/groups/:id/times/new': { at: providerOf, body: () => asForm(aPeriod()) },
  'POST /desk/groups/:id/times/:periodId/remove': { at: period },
  'GET /desk/groups/:id/times/weekly': { at: providerOf },
  'POST /desk/groups/:id/times/weekly': { at: providerOf, body: anHour },
  'POST /desk/groups/:id/times/weekly/remove': {
    at: quietHour,
    body: ({ day, from, to }) => ({ day, from, to }),
  },
  'GET /desk/groups/:id/pause': { at: providerOf },
  'POST /desk/groups/:id/pause': {
    at: providerOf,
    body: () => asForm({ pausedFrom: TODAY }),
    answers: [412],
  },
  'GET /desk/groups/:id/close': { at: providerOf },
  'POST /desk/groups/:id/close': {
    at: async (world) => ({ id: await aProvider(world.scheme) }),
    body: () => ({ reason: 'no_place' }),
  },
  'GET /desk/groups/:id/reopen': { at: closedGroup },
  'POST /desk/groups/:id/reopen': { at: closedGroup, body: reasonOnly },
  'GET /desk/groups/:id/checks': { at: providerOf },
  'POST /desk/groups/:id/checks': { at: providerOf, body: () => asForm(INSURED) },
  'GET /desk/groups/:id/checks/:recordId': { at: assured },
  'POST /desk/groups/:id/checks/:recordId': { at: assured, body: reasonOnly },
  'GET /desk/groups/:id/evidence/:fileId': { at: evidence },
  // A form without a file, and that is what is asked for.
  'POST /desk/groups/:id/evidence': {
    at: providerOf,
    body: () => ({ kind: 'insurance_policy' }),
    answers: [422],
  },
  'POST /desk/groups/:id/evidence/:fileId/remove': { at: evidence },
  'GET /desk/groups/:id/agreement': { at: covenant },
  'POST /desk/groups/:id/agreement': { at: covenant, body: (target) => asForm(signs(target)) },
  'GET /desk/groups/:id/agreement/end': { at: covenant },
  'POST /desk/groups/:id/agreement/end': {
    at: async (world, member) => {
      const target = await covenant(world, member);
      await done(world, world.people.scheme_manager, `/providers/${world.group}/covenant`, signs(target));
      return target;
    },
    body: reasonOnly,
    // The signature is one: whoever is tried first takes it back.
    answers: [409],
  },
  'GET /desk/listings': { at: listing(), query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/listings/:id': { at: listing() },
  'GET /desk/listings/:id/change': { at: listing() },
  'POST /desk/listings/:id/change': { at: listing(), body: () => ({ name: 'Lunch' }), answers: [412] },
  'GET /desk/listings/:id/preview': { at: listing() },
  'GET /desk/listings/:id/places': { at: listing() },
  'POST /desk/listings/:id/places': { at: listing(), body: () => ({ kind: 'counted', total: '5' }) },
  'POST /desk/listings/:id/submit': { at: listing((it) => it.inDraft()) },
  'POST /desk/listings/:id/confirm': { at: listing() },
  'GET /desk/listings/:id/:verb': {
    at: async (world, member) => ({ ...(await listing()(world, member)), verb: 'pause' }),
    nothingFor: ['link_worker'],
  },
  'POST /desk/listings/:id/publish': { at: listing((it) => it.inDraft(), { forReview: true }) },
  'POST /desk/listings/:id/return': {
    at: listing((it) => it.inDraft(), { forReview: true }),
    body: reasonOnly,
  },
  'POST /desk/listings/:id/pause': { at: listing(), body: nothing },
  'POST /desk/listings/:id/resume': { at: listing((it) => it.paused()) },
  'POST /desk/listings/:id/close': { at: listing(), body: nothing },
  'POST /desk/listings/:id/reopen': { at: listing((it) => it.closed()), body: nothing },
  'GET /desk/claims': { at: claimed, query: WHOLE_PAGE, shows: 'id' },
  'POST /desk/claims/:id/approve': { at: claimed },
  'GET /desk/claims/:id/refuse': { at: claimed },
  'POST /desk/claims/:id/refuse': { at: claimed, body: reasonOnly },
  'GET /desk/concerns': { at: concern, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/concerns/:id': { at: concern },
  'POST /desk/concerns/:id': { at: concern, body: () => ({ outcome: 'not_upheld', note: 'We asked both.' }) },
  'GET /desk/covenants': {},
  'POST /desk/covenants': {
    body: () => ({ words: COVENANT.words, commitments: 'Nobody is put under pressure.' }),
  },
  'GET /desk/users': { at: somebody, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/users/:id': { at: somebody },
  'POST /desk/users/:id': {
    at: somebody,
    body: () => ({
      _version: '1',
      name: 'Sam Reed',
      email: `sam.reed${String(++invited)}@example.org`,
      phone: '',
    }),
  },
  'POST /desk/users/:id/reset': { at: somebody },
  'GET /desk/users/:id/reset-factor': { at: somebody },
  'POST /desk/users/:id/reset-factor': {
    at: async (world) => ({ id: (await withApp(world.scheme)).member.actor.accountId }),
  },
  'GET /desk/scheme': {},
  // Somebody has changed it since, which is said on the page.
  'POST /desk/scheme': { body: () => ({ _version: '0', name: 'Tendring' }), answers: [412] },
  'GET /desk/message-switches': {},
  'POST /desk/message-switches': { body: () => ({ kind: 'waiting_list', channel: 'letter', on: 'no' }) },
  'GET /desk/measures': {},
  'POST /desk/measures': { body: () => ({ measure: 'phq9', on: 'yes' }) },
  'GET /desk/lists': {},
  'GET /desk/own-questionnaires': { at: questionnaire, shows: 'id' },
  'GET /desk/own-questionnaires/new': {},
  'POST /desk/own-questionnaires/new': {
    body: () => ({
      ...{
        title: 'Belonging',
        name: `b${String(++invited)}`,
        intro: 'About here.',
        licence: 'Ours',
        source: 'Us',
      },
      ...{ 'questions.0.text': 'Do you belong?', 'questions.0.better': 'higher_better' },
      ...{ kind: 'scale', min: '0', max: '10', rule: 'sum', direction: 'higher_better' },
    }),
  },
  'GET /desk/own-questionnaires/:id': { at: questionnaire },
  'POST /desk/own-questionnaires/:id/publish': { at: questionnaire },
  'POST /desk/own-questionnaires/:id/discard': { at: questionnaire },
  'GET /desk/own-questionnaires/:id/retire': { at: publishedQuestionnaire },
  'POST /desk/own-questionnaires/:id/retire': {
    at: publishedQuestionnaire,
    body: () => ({ because: 'Not understood' }),
  },
  'GET /desk/users/:id/disable': { at: somebody },
  'POST /desk/users/:id/disable': { at: somebody, body: nothing },
  'POST /desk/users/:id/enable': { at: somebodyDisabled },
  'GET /desk/users/:id/roles': { at: somebody },
  'POST /desk/users/:id/roles': {
    at: somebody,
    body: (_target, world) => ({ organisationId: world.host, role: 'scheme_manager' }),
  },
  'GET /desk/users/:userId/roles/:id/leave': { at: roleOf },
  'POST /desk/users/:userId/roles/:id/end': { at: roleOf, body: nothing },
  'POST /desk/users/:userId/roles/:id/disable': { at: roleOf, body: nothing },
  'POST /desk/users/:userId/roles/:id/enable': {
    at: async (world, member) => {
      const target = await roleOf(world, member);
      await done(world, world.people.administrator, `/memberships/${String(target['id'])}/disable`);
      return target;
    },
  },
  'POST /desk/users/:userId/roles/:id/triages': { at: roleOf, body: () => ({ triages: 'yes' }) },
  'GET /desk/invitations': { at: invitation, shows: 'id' },
  'GET /desk/invitations/new': {},
  'POST /desk/invitations/new': { body: (_target, world) => invite(world) },
  'POST /desk/invitations/:id/resend': { at: invitation },
  'POST /desk/invitations/:id/revoke': { at: invitation },
  'GET /desk/programs': { at: program, shows: 'id' },
  'GET /desk/programs/new': {},
  'POST /desk/programs/new': { body: (_target, world) => newProgram(world) },
  'GET /desk/programs/:id': { at: program },
  'POST /desk/programs/:id': { at: program, body: () => ({ _version: '1', perMinute: '60', addresses: '' }) },
  'GET /desk/programs/:id/keys/new': { at: program },
  'POST /desk/programs/:id/keys/new': { at: program },
  'POST /desk/programs/:id/keys/:keyId/revoke': { at: program },
  'GET /desk/programs/:id/end': { at: program },
  'POST /desk/programs/:id/end': { at: program },
  'GET /desk/programs/:id/webhooks/new': { at: program },
  'POST /desk/programs/:id/webhooks/new': { at: program, body: newWebhook },
  'GET /desk/webhooks/:id': { at: webhook },
  'POST /desk/webhooks/:id': { at: webhook, body: () => ({ ...newWebhook(), _version: '1' }) },
  'POST /desk/webhooks/:id/renew-secret': { at: webhook },
  'POST /desk/webhooks/:id/switch-off': { at: webhook },
  'POST /desk/webhooks/:id/switch-on': {
    at: async (world, member) => {
      const target = await webhook(world, member);
      await done(world, world.people.administrator, `/webhooks/${String(target['id'])}/switch-off`);
      return target;
    },
  },
  'POST /desk/webhooks/:id/test': { at: webhook },
  'POST /desk/webhooks/:id/deliveries/:deliveryId/send-again': { at: delivery },
  'GET /desk/organisations': { at: organisationOf, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/organisations/new': {},
  'POST /desk/organisations/new': { body: () => ({ name: 'Mill Lane Surgery', kind: 'gp_practice' }) },
  'GET /desk/organisations/:id': { at: organisationOf },
  'POST /desk/organisations/:id': {
    at: async (world) => ({ id: await anOrganisation(world.scheme) }),
    body: () => ({ _version: '1', name: 'Mill Lane' }),
  },
  'GET /desk/organisations/:id/secure-addresses': { at: organisationOf },
  'POST /desk/organisations/:id/secure-addresses': {
    at: async (world) => ({ id: await anOrganisation(world.scheme, 'gp_practice') }),
    body: () => ({ email: 'mill.lane@secure.example.org' }),
  },
  'POST /desk/organisations/:id/secure-addresses/remove': {
    at: organisationOf,
    body: () => ({ email: 'mill.lane@secure.example.org' }),
  },
  'GET /desk/counted': { at: sentOrCase, query: () => '?figure=openNow&limit=100', shows: 'id' },
  'GET /desk/with-groups': { at: offer((it) => it.accepted()), query: WHOLE_PAGE, shows: 'clientId' },
  'GET /desk/today': { at: caseOf((it) => it.due(TODAY)), shows: 'id' },
  'GET /desk/caseload': { at: caseOf((it) => it.due(TODAY)), query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/caseload/sheet': { at: caseOf((it) => it.due(TODAY)), shows: 'clientId' },
  'GET /desk/triage': { at: sent, query: WHOLE_PAGE, shows: 'id' },
  'POST /desk/caseload/give': {
    at: aReferralCase,
    body: ({ referralId = '' }, world) => ({
      row: `${referralId}.1`,
      workerId: world.others.link_worker.actor.membershipId,
    }),
    named: true,
  },
  'POST /desk/caseload/next': {
    at: aReferralCase,
    body: ({ referralId = '' }) => ({ row: `${referralId}.1`, ...asForm({ nextOn: LATER }) }),
    named: true,
  },
  'POST /desk/caseload/write': {
    at: aReferralCase,
    body: ({ referralId = '' }) => ({ row: `${referralId}.1` }),
    named: true,
  },
  'POST /desk/caseload/write/send': {
    at: aReferralCase,
    body: ({ referralId = '' }) => ({ row: `${referralId}.1`, words: WRITTEN.words }),
    named: true,
  },
  'POST /desk/caseload/write/take-back': {
    at: waitingToGo,
    body: ({ id, referralId = '' }) => ({ row: `${referralId}.1`, [`made.${referralId}`]: id }),
    named: true,
  },
  'POST /desk/caseload/print': {
    at: aReferralCase,
    body: ({ referralId = '' }) => ({ row: `${referralId}.1` }),
    named: true,
  },
  'POST /desk/triage/take-on': { at: sent, body: ({ id = '' }) => ({ row: `${id}.1` }), named: true },
  'POST /desk/triage/give': {
    at: accepted,
    body: ({ id = '' }, world) => ({
      row: `${id}.1`,
      workerId: world.others.link_worker.actor.membershipId,
    }),
    named: true,
  },
  'GET /desk/triage/:id': { at: sent },
  'POST /desk/triage/:id/accept': { at: sent, body: nothing },
  'POST /desk/triage/:id/join': { at: toJoin, body: ({ into = '' }) => ({ into }) },
  'POST /desk/triage/:id/allocate': {
    at: accepted,
    body: (_target, world) => ({ workerId: world.others.link_worker.actor.membershipId }),
  },
  'GET /desk/triage/:id/return': { at: sent },
  'POST /desk/triage/:id/return': { at: sent, body: () => ({ missing: 'reasons', message: 'What for?' }) },
  'GET /desk/triage/:id/decline': { at: sent },
  'POST /desk/triage/:id/decline': { at: sent, body: () => ({ reason: 'outside_area' }) },
  'GET /desk/people/:id': { at: clientOf },
  'GET /desk/people/:id/timeline': { at: clientOf },
  'GET /desk/people/:id/details': { at: clientOf },
  'GET /desk/people/:id/details/change': { at: clientOf },
  'POST /desk/people/:id/details/change': { at: person, body: () => ({ knownAs: 'Grace' }), answers: [412] },
  'GET /desk/people/:id/details/practice': { at: clientOf },
  'POST /desk/people/:id/details/practice': { at: clientOf, body: () => ({ noKnownPractice: 'yes' }) },
  'GET /desk/people/:id/close-to-them': { at: clientOf },
  'POST /desk/people/:id/close-to-them/find': { at: clientOf, body: () => ({ q: 'Nobody' }) },
  'POST /desk/people/:id/close-to-them/link': {
    at: two,
    body: ({ mergedId }) => ({ otherId: mergedId, relation: 'partner' }),
  },
  'POST /desk/people/:id/close-to-them/links/:linkId/end': { at: linked },
  'GET /desk/people/:id/close-to-them/supporter': { at: clientOf },
  'POST /desk/people/:id/close-to-them/supporter': {
    at: clientOf,
    body: () => ({ name: 'Ada Okoro', role: 'carer' }),
  },
  'GET /desk/people/:id/close-to-them/supporters/:supporterId': { at: supported },
  'POST /desk/people/:id/close-to-them/supporters/:supporterId': {
    at: supported,
    body: () => ({ mayContact: 'yes' }),
    answers: [412],
  },
  'POST /desk/people/:id/close-to-them/supporters/:supporterId/end': { at: supported },
  'GET /desk/people/:id/write': { at: clientOf },
  'POST /desk/people/:id/write': { at: writable, body: () => WRITTEN },
  'POST /desk/people/:id/write/preview': { at: writable, body: () => WRITTEN },
  'POST /desk/people/:id/write/:message/take-back': {
    at: async (world, member) => {
      const { id: message = '', clientId: id = '' } = await waitingToGo(world, member);
      return { id, message };
    },
  },
  'GET /desk/people/:id/messages': { at: clientOf },
  'POST /desk/people/:id/messages': {
    at: clientOf,
    body: () => ({ kind: 'appointment', channel: 'text', on: 'no' }),
  },
  'POST /desk/people/:id/messages/stop': {
    at: clientOf,
    body: () => ({ channel: 'text', because: 'asked' }),
  },
  'POST /desk/people/:id/messages/resume': { at: clientOf, answers: [409] },
  'GET /desk/people/:id/own-page': { at: clientOf },
  'POST /desk/people/:id/own-page/asked': {
    at: askingForPage,
    body: () => asForm({ askedOn: TODAY, channel: 'email' }),
  },
  'POST /desk/people/:id/own-page/link': { at: clientOf, body: nothing },
  'POST /desk/people/:id/own-page/close': { at: clientOf },
  'POST /desk/people/:id/own-page/reopen': { at: clientOf, answers: [409] },
  'GET /desk/people/:id/never-offer': { at: neverOfferedNow },
  'POST /desk/people/:id/never-offer/find': { at: clientOf, body: () => ({ text: 'Choir' }) },
  'POST /desk/people/:id/never-offer': {
    at: neverOffered,
    body: ({ organisationId }) => ({ organisationId }),
  },
  'POST /desk/people/:id/never-offer/:organisationId/remove': { at: neverOfferedNow },
  'GET /desk/people/:id/volunteering': { at: clientOf },
  'POST /desk/people/:id/volunteering': { at: clientOf, body: () => asForm({ sinceOn: TODAY }) },
  'POST /desk/people/:id/volunteering/void': {
    at: async (world, member) => ({ id: (await volunteer(world, member))['clientId'] ?? '' }),
    body: reasonOnly,
  },
  'GET /desk/people/:id/same': { at: clientOf },
  'GET /desk/people/:id/same/joined': { at: clientOf },
  'POST /desk/people/:id/same/joined/:mergedId/apart': {
    at: async (world, member) => ({
      ...(await clientOf(world, member)),
      mergedId: (await merged(world, member))['id'] ?? '',
    }),
    body: reasonOnly,
  },
  'GET /desk/people/:id/same/:otherId': { at: twice },
  'POST /desk/people/:id/same/:otherId': { at: twice, body: reasonOnly },
  'GET /desk/break-glass': {},
  'POST /desk/break-glass': {
    at: person,
    body: ({ nhsNumber }) => opened(nhsNumber),
    named: true,
    // Every try is written down, those that found nobody too.
    writes: ['audit_entry'],
  },
  'GET /desk/break-glass/review': { at: glass, query: WHOLE_PAGE, shows: 'id' },
  'POST /desk/break-glass/review/:id': { at: glass, body: () => ({ outcome: 'justified' }) },
  'GET /desk/break-glass/:id': { at: ownGlass },
  'GET /desk/people/:id/death': { at: clientOf },
  'POST /desk/people/:id/death/check': { at: clientOf, body: () => HEARD },
  'POST /desk/people/:id/death': {
    at: clientOf,
    body: () => HEARD,
    nothingFor: ['referrer', 'provider_member'],
  },
  'POST /desk/people/:id/death/reverse': { at: dead, body: reasonOnly },
  'GET /desk/contacts/:id': { at: contact },
  'POST /desk/contacts/:id/read': {
    at: contact,
    body: () => ({ reason: 'A complaint about this visit' }),
  },
  'GET /desk/contacts/:id/amend': { at: contact },
  'POST /desk/contacts/:id/amend': {
    at: contact,
    body: () => ({ ...asForm({ at: TODAY }), time: '10:00', minutes: '20', reason: 'Left out' }),
    answers: [412],
  },
  'POST /desk/contacts/:id/sections': { at: contact, body: () => SAFETY },
  'GET /desk/contacts/:id/sections/:sectionId': { at: sectionOf },
  'POST /desk/contacts/:id/sections/:sectionId': {
    at: sectionOf,
    body: () => ({ words: 'There are two dogs', reason: 'Seen' }),
  },
  'GET /desk/people/:id/documents': { at: clientOf },
  'GET /desk/people/:id/help': { at: clientOf },
  'POST /desk/people/:id/help': { at: clientOf, body: () => asForm(GIVEN), nothingFor: ['provider_member'] },
  'GET /desk/people/:id/help/:helpId': { at: helpPage },
  'POST /desk/people/:id/help/:helpId': {
    at: helpPage,
    body: () => ({ quantity: '3', reason: 'One more', _version: '1' }),
    nothingFor: ['provider_member'],
  },
  'POST /desk/people/:id/help/:helpId/void': {
    at: helpPage,
    body: reasonOnly,
    nothingFor: ['provider_member'],
  },
  'GET /desk/people/:id/conversation': { at: planPage },
  'POST /desk/people/:id/conversation': {
    at: planPage,
    body: () => ({ strengths: 'Bakes', _version: '1' }),
  },
  'POST /desk/people/:id/conversation/draft': { at: planPage, body: () => ({ strengths: 'Bakes' }) },
  'POST /desk/people/:id/conversation/draft/drop': {
    at: async (world, member) => {
      const target = await planDraft(world, member);
      return { ...target, id: target['clientId'] ?? '' };
    },
    body: nothing,
  },
  'GET /desk/people/:id/plan': { at: planPage },
  'GET /desk/people/:id/plan/goal': { at: planPage },
  'POST /desk/people/:id/plan/goal': {
    at: planPage,
    body: () => ({ words: 'Get out more', importance: '8' }),
  },
  'GET /desk/people/:id/plan/goals/:goalId/step': { at: planPage },
  'POST /desk/people/:id/plan/goals/:goalId/step': {
    at: planPage,
    body: () => ({ what: 'Ring the club', who: 'link_worker' }),
  },
  'GET /desk/people/:id/plan/goals/:goalId': { at: planPage },
  'POST /desk/people/:id/plan/goals/:goalId': {
    at: planPage,
    body: () => ({ words: 'To sit down with somebody', importance: '7', _version: '1' }),
  },
  'POST /desk/people/:id/plan/goals/:goalId/drop': { at: planPage, body: () => ({ _version: '1' }) },
  'GET /desk/people/:id/plan/goals/:goalId/how': { at: planPage },
  'POST /desk/people/:id/plan/goals/:goalId/how': {
    at: planPage,
    body: () => ({ status: 'partly_reached', howFar: '4' }),
  },
  'GET /desk/people/:id/plan/steps/:stepId': { at: planPage },
  'POST /desk/people/:id/plan/steps/:stepId': {
    at: planPage,
    body: () => ({ what: 'Ring the lunch club twice', who: 'client', _version: '1' }),
  },
  'POST /desk/people/:id/plan/steps/:stepId/drop': { at: planPage, body: () => ({ _version: '1' }) },
  'POST /desk/people/:id/plan/goals/:goalId/progress': { at: planPage, body: () => ({ status: 'reached' }) },
  'POST /desk/people/:id/plan/steps/:stepId/progress': { at: planPage, body: () => ({ status: 'done' }) },
  'GET /desk/people/:id/plan/copy': { at: planPage },
  'GET /desk/people/:id/plan/copy.pdf': { at: planPage },
  'GET /desk/people/:id/plan/care': { at: planPage },
  'POST /desk/people/:id/plan/care': {
    at: planPage,
    body: () => ({ ...asForm({ reviewOn: '2026-12-21' }), _version: '1' }),
  },
  'GET /desk/people/:id/plan/agree': { at: planPage },
  'POST /desk/people/:id/plan/agree': { at: planPage, body: () => asForm({ agreedOn: TODAY, how: 'phone' }) },
  'GET /desk/people/:id/plan/give': { at: planPage },
  'POST /desk/people/:id/plan/give': { at: planPage, body: () => ({ to: 'client', sections: 'goals' }) },
  'POST /desk/people/:id/plan/shares/:shareId/end': {
    at: async (world, member) => {
      const target = await planShared(world, member);
      return { ...target, id: target['clientId'] ?? '' };
    },
  },
  'GET /desk/people/:id/plan/versions': { at: planPage },
  'GET /desk/referrals/:id/unreached': { at: aReferralCase },
  'POST /desk/referrals/:id/unreached': {
    at: caseOf((it) => it.person({ safeToText: 'yes' }).unreached(3)),
    body: () => ({ choice: 'text' }),
  },
  'GET /desk/referrals/:id/contact': { at: aReferralCase },
  'POST /desk/referrals/:id/contact': { at: aReferralCase, body: () => asForm(CONTACT) },
  'GET /desk/referrals/:id/close': { at: caseOf((it) => it.begun()) },
  'POST /desk/referrals/:id/close': {
    at: caseOf((it) => it.begun()),
    body: () =>
      asForm({ result: 'helped', reason: 'done', mayAskAgain: true, noResponseBecause: 'declined' }),
  },
  'GET /desk/referrals/:id/hold': { at: caseOf((it) => it.begun()) },
  'POST /desk/referrals/:id/hold': {
    at: caseOf((it) => it.begun()),
    body: () => asForm({ reason: 'away', resumeOn: LATER }),
  },
  'GET /desk/referrals/:id/feedback': { at: allocated },
  'POST /desk/referrals/:id/feedback': { at: allocated, body: () => ({ feedback: 'nothing' }) },
  'GET /desk/referrals/:id/void': { at: sent },
  'POST /desk/referrals/:id/void': { at: sent, body: () => ({ reason: 'test', note: 'For the test' }) },
  'GET /desk/referrals/:id/risks': { at: caseOf((it) => it.begun()) },
  'POST /desk/referrals/:id/risks': {
    at: caseOf((it) => it.begun()),
    body: () => asForm({ risks: 'falls' }),
  },
  'GET /desk/referrals/:id/resume': { at: caseOf((it) => it.onHold()) },
  'POST /desk/referrals/:id/resume': { at: caseOf((it) => it.onHold()), body: nothing },
  'GET /desk/referrals/:id/next': { at: caseOf((it) => it.begun()) },
  'POST /desk/referrals/:id/next': { at: caseOf((it) => it.begun()), body: () => asForm({ nextOn: LATER }) },
  'GET /desk/referrals/:id/reopen': { at: caseOf((it) => it.closed()) },
  'POST /desk/referrals/:id/reopen': {
    at: caseOf((it) => it.closed()),
    body: (_target, world, member) => ({
      ...asForm({ nextOn: LATER, reason: 'She rang' }),
      workerId: workerFor(world, member).actor.membershipId,
    }),
  },
  'GET /desk/calendar': {},
  'POST /desk/calendar/feed': {},
  'POST /desk/calendar/feed/end': { at: calendarFeed },
  'GET /desk/referrals/:id/appointment': { at: aReferralCase },
  'POST /desk/referrals/:id/appointment': { at: aReferralCase, body: () => asForm(MEETING) },
  'GET /desk/appointments/:id': { at: appointment },
  'GET /desk/appointments/:id/file': { at: appointment },
  'GET /desk/appointments/:id/move': { at: appointment },
  'POST /desk/appointments/:id/move': {
    at: appointment,
    body: () => asForm({ side: 'client', reason: 'unwell', on: LATER, time: '11:00' }),
  },
  'GET /desk/appointments/:id/cancel': { at: appointment },
  'POST /desk/appointments/:id/cancel': {
    at: appointment,
    body: () => ({ side: 'client', reason: 'unwell' }),
  },
  'POST /desk/appointments/:id/interpreter': {
    at: appointment,
    body: () => asForm({ kind: 'professional', language: 'pl', booking: 'booked' }),
  },
  'POST /desk/appointments/:id/set-out': { at: homeVisit },
  'POST /desk/appointments/:id/back': { at: homeVisit },
  'GET /desk/away': { at: cover, as: freshWorker, shows: 'id' },
  'POST /desk/away': {
    at: workerMembership,
    as: freshWorker,
    body: ({ id = '' }) => asForm(leave(id)),
    named: true,
  },
  'POST /desk/away/workers/:id/today': { at: workerMembership, as: freshWorker },
  'POST /desk/away/workers/:id/back': { at: absentWorker, as: freshWorker },
  'POST /desk/away/:id/end': { at: cover, as: freshWorker },
  'GET /desk/people/:id/sharing': { at: clientOf },
  'GET /desk/people/:id/sharing/new': { at: clientOf },
  'POST /desk/people/:id/sharing/new': {
    at: clientOf,
    body: () => ({
      organisationId: 'us',
      scope: 'needs',
      agreed: 'phone',
      ...asForm({ 'agreement.agreedOn': TODAY }),
    }),
  },
  'GET /desk/people/:id/sharing/:agreementId/withdraw': { at: agreementOf },
  'POST /desk/people/:id/sharing/:agreementId/withdraw': { at: agreementOf, body: nothing },
  'GET /desk/people/:id/sharing/:agreementId/renew': { at: agreementOf },
  'POST /desk/people/:id/sharing/:agreementId/renew': {
    at: agreementOf,
    body: () => asForm({ agreedOn: TODAY, how: 'phone' }),
  },
  'GET /desk/people/:id/safety-note': { at: flagged },
  'POST /desk/people/:id/safety-note': { at: flagged },
  'POST /desk/people/:id/safety-note/flags': { at: clientOf, body: () => ({ code: 'daytime_only' }) },
  'POST /desk/people/:id/safety-note/flags/:flagId/end': { at: flagged, body: reasonOnly },
  'GET /desk/people/:id/concern': { at: clientOf },
  'POST /desk/people/:id/concern': { at: clientOf, body: () => asForm(WORRY) },
  'GET /desk/safeguarding': { at: safeguarding, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/safeguarding/:id': { at: safeguarding },
  'POST /desk/safeguarding/:id/read': {
    at: safeguarding,
    body: () => ({ reason: 'The lead is away and they rang' }),
  },
  'POST /desk/safeguarding/:id/steps': {
    at: safeguarding,
    body: () => ({ told: 'police', reference: '241' }),
  },
  'POST /desk/safeguarding/:id/close': {
    as: aLead,
    at: safeguarding,
    body: () => ({ outcome: 'passed_on', note: 'With the council' }),
  },
  'GET /desk/referrals/:id/worries': { at: sent },
  'GET /desk/referrals/:id/worry': { at: sent },
  'POST /desk/referrals/:id/worry': { at: sent, body: () => asForm(WORRY) },
  'GET /desk/people/:id/questionnaires': { at: clientOf },
  'GET /desk/referrals/:id/questionnaires/send': { at: aReferralCase },
  'POST /desk/referrals/:id/questionnaires/send': { at: aReferralCase, body: () => asForm(LINKED) },
  'POST /desk/referrals/:id/questionnaires/send/:linkId/end': { at: questionnaireLink },
  'POST /desk/referrals/:id/questionnaires/wish': { at: aReferralCase, body: () => ({ ask: 'no' }) },
  'GET /desk/referrals/:id/questionnaires/next': { at: aReferralCase, answers: [303] },
  'GET /desk/referrals/:id/questionnaires/:measure': { at: askedOf },
  'POST /desk/referrals/:id/questionnaires/:measure': {
    at: askedOf,
    body: () => asForm(without(ONS4, 'measure', 'version')),
  },
  'GET /desk/referrals/:id/questionnaires/:measure/unanswered': { at: askedOf },
  'POST /desk/referrals/:id/questionnaires/:measure/unanswered': {
    at: askedOf,
    body: () => ({ because: 'declined' }),
  },
  'GET /desk/answers/:id/strike-out': { at: response },
  'POST /desk/answers/:id/strike-out': { at: response, body: reasonOnly },
  'GET /desk/people/:id/groups': {
    at: async (world, member) => ({ id: (await offerable(world, member))[0].clientId }),
  },
  'GET /desk/referrals/:id/find': { at: byReferral(offerFrom) },
  'GET /desk/referrals/:id/shortlist': { at: byReferral(kept) },
  'POST /desk/referrals/:id/shortlist': {
    at: byReferral(offerFrom),
    body: ({ listingId = '' }) => ({ listingId }),
  },
  'POST /desk/referrals/:id/shortlist/:listingId/drop': { at: byReferral(kept) },
  'GET /desk/referrals/:id/shortlist/send': { at: byReferral(keptToSend) },
  'POST /desk/referrals/:id/shortlist/send': {
    at: byReferral(keptToSend),
    body: ({ listingId = '' }) => ({ listingIds: listingId, channel: 'email' }),
  },
  'GET /desk/find': {},
  'GET /desk/gap': {},
  'POST /desk/gap': {
    at: offerFrom,
    body: ({ referralId = '' }) => ({ need: 'housing', why: 'nothing_like_it', referralId }),
  },
  'GET /desk/referrals/:id/refer/:listingId': { at: byReferral(offerFrom) },
  'POST /desk/referrals/:id/refer/:listingId/check': {
    at: byReferral(offerFrom),
    body: () => asForm(without({ ...offerOf(''), agreement: agreement() }, 'listingId')),
  },
  'POST /desk/referrals/:id/refer/:listingId': {
    at: byReferral(offerFrom),
    body: () => asForm(without({ ...offerOf(''), agreement: agreement() }, 'listingId')),
  },
  'GET /desk/referrals/:id/signpost': { at: byReferral(offerFrom) },
  'POST /desk/referrals/:id/signpost': {
    at: byReferral(offerFrom),
    body: () => asForm({ toldAbout: 'The coffee morning', toldOn: TODAY, how: 'phone' }),
  },
  'GET /desk/onward/:id': { at: offer() },
  'GET /desk/onward/:id/concern': { at: offer() },
  'POST /desk/onward/:id/concern': {
    at: offer(),
    body: () => ({
      kind: 'religious_pressure',
      toldBy: 'client',
      what: 'Asked three times to stay',
      names: 'no',
    }),
  },
  'GET /desk/onward/:id/answer': { at: offer() },
  'POST /desk/onward/:id/answer': { at: offer(), body: () => ({ heard: 'decline', reason: 'not_suitable' }) },
  'GET /desk/onward/:id/end': { at: offer() },
  'POST /desk/onward/:id/end': {
    at: offer(),
    body: () => ({ how: 'withdraw', reason: 'changed_mind', side: 'client' }),
  },
  'GET /desk/onward/:id/along': { at: offer((it) => it.accepted()) },
  'POST /desk/onward/:id/along': { at: offer((it) => it.accepted()), body: () => asForm(GOES) },
  'GET /desk/onward/:id/safety': { at: offer() },
  'GET /desk/onward/:id/safety-seen': { at: offer((it) => it.accepted()) },
  'POST /desk/onward/:id/safety-seen': {
    at: offer((it) => it.accepted()),
    body: () => asForm({ changedAt: '2026-11-23T10:00:00.000Z', toldTo: 'Joan' }),
  },
  'POST /desk/onward/:id/safety': {
    at: offer(),
    body: () => asForm({ safetyInstructions: 'daytime_only' }),
  },
  'POST /desk/onward/:id/rang': { at: offerAfter('provider_member', 'talk', { by: 'call_back' }) },
  'POST /desk/onward/:id/resend': { at: written },
  'POST /desk/onward/:id/chase': { at: offer(), body: () => ({ note: 'They look at it tonight' }) },
  'POST /desk/onward/:id/not-after-all': { at: offer((it) => it.accepted()) },
  'POST /desk/onward/:id/undo-talk': {
    at: offerAfter('provider_member', 'talk', { by: 'call_back' }),
  },
  'POST /desk/onward/:id/undo': { at: offerAfter('provider_member', 'accept') },
  'POST /desk/onward/:id/late-yes': { at: expired },
  'POST /desk/onward/:id/revive': { at: offerAfter('provider_member', 'late-yes', {}, expired) },
  'POST /desk/onward/:id/re-offer': { at: offer((it) => it.withdrawn()) },
  'POST /desk/onward/:id/in-touch': { at: offer((it) => it.accepted()), body: () => ({ reached: 'yes' }) },
  'POST /desk/onward/:id/start': { at: offer((it) => it.accepted()), body: () => HELPED },
  'POST /desk/onward/:id/noted': { at: offer((it) => it.declined()) },
  'GET /desk/referrals/:id/came-with': { at: cameFromElsewhere },
  'GET /desk/onward/:id/attendance': { at: offer((it) => it.accepted()) },
  'POST /desk/onward/:id/attendance': {
    at: offer((it) => it.accepted()),
    body: () => asForm({ sessionOn: TODAY, result: 'attended' }),
  },
  'GET /desk/groups/:id/links': {
    at: async (world, member) => ({ id: (await surveyLink(world, member))['organisationId'] ?? '' }),
  },
  'POST /desk/groups/:id/links': {
    at: (world) => Promise.resolve({ id: world.group }),
    body: () => ({ purpose: 'survey' }),
  },
  'POST /desk/groups/:id/links/:linkId/end': {
    at: async (world, member) => {
      const { id = '', organisationId = '' } = await surveyLink(world, member);
      return { id: organisationId, linkId: id };
    },
  },
  'GET /desk/listings/:id/periods': { at: listingPeriod },
  'POST /desk/listings/:id/periods': {
    at: listingPeriod,
    body: () => ({ name: 'Thursdays', total: '4' }),
  },
  'GET /desk/listings/:id/periods/:periodId': { at: listingPeriod },
  'POST /desk/listings/:id/periods/:periodId': { at: listingPeriod, body: () => ({ total: '9' }) },
  'POST /desk/listings/:id/periods/:periodId/end': { at: listingPeriod },
  'GET /desk/drafts': { at: draft, query: WHOLE_PAGE, shows: 'id' },
  'POST /desk/drafts': { body: () => ({ reasons: 'food' }) },
  'GET /desk/drafts/:id': { at: draft },
  'POST /desk/drafts/:id': { at: draft, body: () => ({ reasons: 'food', _version: '1' }) },
  'POST /desk/drafts/:id/fill': { at: draft, body: () => ({ _pasted: 'Surname: OKAFOR' }) },
  'POST /desk/drafts/:id/send': {
    at: draft,
    body: () => ({ ...asForm(aSend()), agreed: 'in_person', feedback: 'progress' }),
  },
  'GET /desk/drafts/:id/discard': { at: draft },
  'POST /desk/drafts/:id/discard': { at: draft },
  'GET /desk/people/new': {},
  'POST /desk/people': { body: () => asForm(aPerson()) },
  'GET /desk/refer': {},
  'POST /desk/refer': { body: () => ({ ...asForm(aSend()), agreed: 'in_person', feedback: 'progress' }) },
  'POST /desk/refer/find': { body: () => ({ _find: 'Nobody' }) },
  'POST /desk/refer/fill': { body: () => ({ _pasted: 'Surname: OKAFOR' }) },
  'GET /desk/referrals': { at: sentOrCase, shows: 'id' },
  'GET /desk/referrals/:id': { at: sentOrCase },
  'GET /desk/referrals/:id/slip': { at: sentOrCase },
  'GET /desk/referrals/:id/slip.pdf': { at: sentOrCase },
  'POST /desk/referrals/:id/note': { at: sentOrCase, body: () => ({ note: 'She prefers mornings' }) },
  'GET /desk/referrals/:id/withdraw': { at: sentOrCase },
  'POST /desk/referrals/:id/withdraw': { at: sentOrCase, body: () => ({ reason: 'person_said_no' }) },
  'GET /desk/referrals/:id/died': { at: sentOrCase },
  'POST /desk/referrals/:id/died/check': { at: sentOrCase, body: () => HEARD },
  'POST /desk/referrals/:id/died': { at: sentOrCase, body: () => HEARD, nothingFor: ['provider_member'] },
  'GET /desk/referrals/:id/send-again': { at: draft },
  'POST /desk/referrals/:id/send-again': { at: draft, body: () => ({ couldComeToHarm: 'no' }) },
  'GET /desk/practice': {},
  'POST /desk/practice': {
    as: async (world, role) =>
      aMember(world.scheme, role, { organisation: await anOrganisation(world.scheme) }),
    body: () => ({ phone: '01255 700 900', _version: '1' }),
  },
  'GET /desk/practice/staff': {},
  'POST /desk/practice/staff': { body: newcomer },
  'GET /desk/staff-requests': { at: staffRequest, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/staff-requests/:id': { at: staffRequest },
  'POST /desk/staff-requests/:id/withdraw': { at: staffRequest },
  'POST /desk/staff-requests/:id/grant': { at: staffRequest },
  'POST /desk/staff-requests/:id/refuse': { at: staffRequest, body: () => ({ because: 'Not ours' }) },
  'GET /desk/group/referrals': { at: offer(), shows: 'id' },
  'GET /desk/group/folder': { at: offer() },
  'GET /desk/group/my-data': {},
  'GET /desk/group/contact': {},
  // The profile has a version, which is said on the page.
  'POST /desk/group/contact': { body: () => ({ contactName: 'Rose' }), answers: [412] },
  'GET /desk/group/times': {},
  'POST /desk/group/times': { body: () => asForm(aPeriod()) },
  'POST /desk/group/times/:id/end': {
    at: async (world, member) => ({ id: (await period(world, member))['periodId'] ?? '' }),
  },
  'GET /desk/group/tally': {},
  'POST /desk/group/tally': { body: () => asForm(GIVEN) },
  'GET /desk/group/referrals/:id': { at: offer() },
  'GET /desk/group/referrals/:id/:form': { at: named(offer(), { form: 'no' }) },
  'POST /desk/group/referrals/:id/:verb': { at: named(offer(), { verb: 'yes' }), body: nothing },
  'GET /desk/group/services': { at: listing(), query: FROM_THERE, shows: 'id' },
  'GET /desk/group/services/new': {},
  'POST /desk/group/services/new': {
    body: () => ({ name: 'Tuesday walk', description: 'Two miles', needs: 'inactivity' }),
  },
  'GET /desk/group/services/:id': { at: listing() },
  'GET /desk/group/services/:id/:form': { at: named(listing(), { form: 'places' }) },
  'POST /desk/group/services/:id/:verb': { at: named(listing(), { verb: 'right' }), body: nothing },
  'GET /desk/group/registers/:id': { at: register() },
  'GET /desk/group/registers/:id/:form': { at: named(register(), { form: 'worried' }) },
  'POST /desk/group/registers/:id/:verb': {
    at: named(register(), { verb: 'save' }),
    body: ({ onwardReferralId = '' }) => ({ [`w-${onwardReferralId}`]: 'attended', walkIns: '2' }),
  },
  'GET /desk/tasks/count': {},
  'GET /desk/account/messages': {},
  'POST /desk/account/messages': { body: () => ({ kind: 'digest', told: 'list' }) },
  'GET /desk/search': {},
  'POST /desk/audit/person': { body: () => ({ person: 'Nobody' }) },
  'POST /desk/search': { body: () => ({ q: 'Nobody' }) },
  'GET /today': { at: caseOf((it) => it.due(TODAY)), shows: 'id' },
  'GET /caseload/counts': {},

  'GET /measures': {},
  'POST /measures/switch': { body: () => ({ measure: 'phq9', on: true }) },
  'POST /measures/translations': { body: () => UCLA3_IN_WELSH },
  'GET /referrals/:id/questionnaire-links': { at: questionnaireLink },
  'POST /referrals/:id/questionnaire-links': { at: aReferralCase, body: () => LINKED },
  'POST /referrals/:id/questionnaire-links/:linkId/revoke': { at: questionnaireLink, body: () => ({}) },
  'GET /referrals/:id/questionnaire-wish': { at: aReferralCase },
  'POST /referrals/:id/questionnaire-wish': { at: aReferralCase, body: () => ({ ask: false }) },
  'GET /questionnaires': { at: questionnaire, shows: 'id' },
  'POST /questionnaires': { body: aQuestionnaire },
  'GET /questionnaires/:id': { at: questionnaire },
  'PATCH /questionnaires/:id': { at: questionnaire, body: () => ({ title: 'Where you live' }) },
  'POST /questionnaires/:id/publish': { at: questionnaire, body: () => ({}) },
  'POST /questionnaires/:id/retire': {
    at: publishedQuestionnaire,
    body: () => ({ because: 'Not understood' }),
  },
  'DELETE /questionnaires/:id': { at: questionnaire },
  'POST /referrals/:id/responses': { at: aReferralCase, body: () => ONS4 },
  'GET /referrals/:id/responses': { at: aReferralCase },
  'GET /referrals/:id/unanswered': { at: aReferralCase },
  'POST /referrals/:id/unanswered': {
    at: aReferralCase,
    body: () => ({ measure: 'ons4', because: 'declined' }),
  },
  'GET /referrals/:id/change': { at: aReferralCase, query: () => '?measure=ons4' },
  'GET /responses/:id': { at: response },
  'GET /responses/:id/trail': { at: response },
  'POST /responses/:id/correct': { at: response, body: () => ({ mode: 'video', reason: 'It was a call' }) },
  'POST /responses/:id/void': { at: response, body: reasonOnly },

  'GET /listings/:listingId/gates': {
    at: offerFrom,
    query: ({ referralId = '' }) => `?referralId=${referralId}`,
  },
  'GET /referrals/:referralId/services': { at: offerFrom },
  'GET /referrals/:referralId/services/:listingId': { at: offerFrom },
  'GET /onward-referrals/:id/next-candidates': { at: offer((it) => it.declined()) },
  'GET /gaps': { at: gap, query: WHOLE_PAGE, shows: 'id' },
  'GET /gaps/counts': { at: gap },
  'GET /gaps/barriers': { at: gap },
  'GET /gaps/:id': { at: gap },
  'GET /desk/gaps': { at: gap, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/gaps-by-place': { at: gap },
  'GET /desk/gaps-by-place.csv': { at: gap },
  'GET /desk/gaps-by-barrier.csv': { at: gap },
  'GET /desk/gaps/:id': { at: gap },
  'POST /desk/gaps/:id/close': { at: gap, body: () => ({ because: 'no_longer_needed' }) },
  'POST /gaps': {
    at: offerFrom,
    body: ({ referralId }) => ({ need: 'housing', why: 'nothing_like_it', referralId }),
  },
  'POST /gaps/:id/close': { at: gap, body: () => ({ because: 'no_longer_needed' }) },
  'GET /referrals/:referralId/shortlist': { at: kept },
  'POST /referrals/:referralId/shortlist': { at: offerFrom, body: ({ listingId }) => ({ listingId }) },
  'DELETE /referrals/:referralId/shortlist/:listingId': { at: kept },
  'GET /referrals/:referralId/shortlist/sending': { at: kept },
  'POST /referrals/:referralId/shortlist/send': {
    at: keptToSend,
    body: ({ listingId = '' }) => ({ listingIds: [listingId], channel: 'email' }),
  },
  'POST /referrals/:referralId/onward-referrals/preview': {
    at: offerFrom,
    body: ({ listingId = '' }) => offerOf(listingId),
  },
  'POST /referrals/:referralId/onward-referrals': {
    at: offerFrom,
    body: ({ listingId = '' }) => offerOf(listingId, { agreement: agreement() }),
  },
  'GET /referrals/:referralId/onward-referrals': { at: offer() },
  'GET /onward-referrals': { at: offer(), query: WHOLE_PAGE, shows: 'id' },
  'GET /onward-referrals/:id': { at: offer() },
  'GET /onward-referrals/:id/history': { at: offer() },
  'GET /onward-referrals/:id/attendance': { at: offer((it) => it.accepted()) },
  'POST /onward-referrals/:id/accept': { at: offer(), body: nothing },
  'POST /onward-referrals/:id/waitlist': { at: offer(), body: nothing },
  'POST /onward-referrals/:id/talk': { at: offer(), body: () => ({ by: 'call_back' }) },
  'POST /onward-referrals/:id/undo-talk': {
    at: offerAfter('provider_member', 'talk', { by: 'call_back' }),
  },
  'POST /onward-referrals/:id/rang': {
    at: offerAfter('provider_member', 'talk', { by: 'call_back' }),
    body: nothing,
  },
  'POST /onward-referrals/:id/resend': { at: written },
  'POST /onward-referrals/:id/chase': { at: offer(), body: () => ({ note: 'They look at it tonight' }) },
  'POST /onward-referrals/:id/safety-instructions/seen': {
    at: offer((it) => it.accepted()),
    body: () => ({ changedAt: '2026-11-23T10:00:00.000Z' }),
  },
  'POST /onward-referrals/:id/safety-instructions': {
    at: offer(),
    body: () => ({ safetyInstructions: ['daytime_only'] }),
  },
  'POST /onward-referrals/:id/decline': { at: offer(), body: () => ({ reason: 'not_suitable' }) },
  'POST /onward-referrals/:id/late-yes': { at: expired, body: nothing },
  'POST /onward-referrals/:id/revive': {
    at: offerAfter('provider_member', 'late-yes', {}, expired),
    body: nothing,
  },
  'POST /onward-referrals/:id/re-offer': { at: offer((it) => it.withdrawn()), body: nothing },
  'POST /onward-referrals/:id/undo': { at: offerAfter('provider_member', 'accept') },
  'POST /onward-referrals/:id/in-touch': {
    at: offer((it) => it.accepted()),
    body: () => ({ reached: true }),
  },
  'POST /onward-referrals/:id/start': { at: offer((it) => it.accepted()), body: () => HELPED },
  'POST /onward-referrals/:id/complete': {
    at: offer((it) => it.accepted().started()),
    body: () => ({ result: 'finished_as_planned' }),
  },
  'POST /onward-referrals/:id/stop': {
    at: offer((it) => it.accepted().started()),
    body: () => ({ reason: 'did_not_suit', side: 'client' }),
  },
  'POST /onward-referrals/:id/withdraw': {
    at: offer(),
    body: () => ({ reason: 'changed_mind', side: 'client' }),
  },
  'POST /onward-referrals/:id/seen': { at: offer((it) => it.accepted().withdrawn()) },
  'POST /onward-referrals/:id/noted': { at: offer((it) => it.declined()) },
  'POST /onward-referrals/:id/died': {
    at: offer((it) => it.accepted()),
    body: () => ({ toldBy: 'Their daughter, at the door' }),
    nothingFor: ['referrer'],
  },
  'POST /onward-referrals/:id/attendance': {
    at: offer((it) => it.accepted()),
    body: () => ({ sessionOn: TODAY, result: 'attended' }),
  },
  'GET /onward-referrals/:id/warm-handovers': { at: offer((it) => it.accepted()) },
  'POST /onward-referrals/:id/warm-handovers': { at: offer((it) => it.accepted()), body: () => GOES },
  'GET /referrals/:id/safety-messages': { at: unreached },
  'POST /referrals/:id/safety-messages': { at: unreached, body: () => ({ to: 'sender' }) },
  'POST /safety-messages/:id/heard': { at: safetyMessage, body: () => ({ by: 'Reception' }) },
  'GET /warm-handovers': { at: warmHandover(), query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/more': {},
  'GET /desk/referrals/:id/transfer': { at: aReferralCase },
  'POST /desk/referrals/:id/transfer': {
    at: lookedAt,
    body: ({ digest }) => asForm({ ...HANDED, digest }),
  },
  'GET /desk/transfers/incoming': { at: incoming, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/transfers/incoming/:id': { at: incoming },
  'POST /desk/transfers/incoming/:id/receive': { at: incoming },
  'POST /desk/transfers/incoming/:id/refuse': { at: incoming, body: reasonOnly },
  'GET /desk/transfers/:id': { at: handedOver },
  'GET /desk/transfers/:id/document': { at: handedOver },
  'POST /desk/transfers/:id/receipt': {
    at: handedOver,
    body: () => asForm({ receivedBy: 'Their front desk', receivedOn: TODAY }),
  },
  'POST /desk/transfers/:id/refused': {
    at: handedOver,
    body: () => ({ refusedBy: 'Their front desk', reason: 'Out of their area' }),
  },
  'POST /desk/transfers/:id/cancel': { at: handedOver, body: reasonOnly },
  'GET /desk/supervision': {},
  'GET /desk/people/:id/moves': { at: clientOf },
  'GET /desk/practice-moves/:id': { at: movedPractice },
  'POST /desk/practice-moves/:id': {
    at: movedPractice,
    body: () =>
      asForm({
        formerHears: 'nothing',
        presentHears: 'progress',
        agreement: { basis: 'agreed', agreedOn: '2026-11-20', how: 'phone' },
      }),
  },
  'GET /desk/referrals/:id/area-move': { at: aReferralCase },
  'POST /desk/referrals/:id/area-move': { at: aReferralCase, body: () => asForm(AWAY) },
  'GET /desk/area-moves/:id': { at: movedAway },
  'POST /desk/area-moves/:id/decide': {
    at: movedAway,
    body: () => asForm({ choice: 'keep', keepUntil: '2026-12-18', reason: 'Until the move is over' }),
  },
  'POST /desk/area-moves/:id/cancel': { at: movedAway, body: reasonOnly },
  'GET /desk/said': { at: someFeedback, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/said/:id': { at: someFeedback },
  'POST /desk/said/:id/look': { at: feedbackFor },
  'POST /desk/said/:id/answer': {
    at: feedbackFor,
    body: () => ({ answer: 'We looked', how: 'phone' }),
  },
  'POST /desk/said/:id/release': { at: aboutAWorker },
  'GET /desk/people/:id/said': { at: clientOf },
  'POST /desk/people/:id/said': { at: clientOf, body: () => asForm(SAID) },
  'GET /desk/stories': { at: aStory(), query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/people/:id/stories': { at: clientOf },
  'GET /desk/people/:id/stories/new': { at: clientOf },
  'POST /desk/people/:id/stories': { at: clientOf, body: () => asForm(STORY) },
  'GET /desk/stories/:id': { at: aStory() },
  'GET /desk/stories/:id/change': { at: aStory() },
  'POST /desk/stories/:id/change': { at: aStory(), body: () => ({ title: 'Out again', _version: '1' }) },
  'GET /desk/stories/:id/consent': { at: aStory() },
  'POST /desk/stories/:id/consent': { at: aStory(), body: () => asForm(CONSENT) },
  'POST /desk/stories/:id/offer': { at: aStory('consents') },
  'POST /desk/stories/:id/approve': { at: aStory('consents', 'offer'), body: nothing },
  'POST /desk/stories/:id/send-back': {
    at: aStory('consents', 'offer'),
    body: () => ({ note: 'Whose shop?' }),
  },
  'GET /desk/stories/:id/withdraw': { at: aStory('consents') },
  'POST /desk/stories/:id/withdraw': { at: aStory('consents'), body: () => ({ how: 'phone' }) },
  'POST /desk/stories/:id/printings': {
    at: aStory('consents', 'offer', 'approve'),
    body: () => asForm(PRINTED),
  },
  'GET /desk/stories/:id/printings/:printingId': { at: aStory('consents', 'offer', 'approve', 'printings') },
  'POST /desk/stories/:id/printings/:printingId': {
    at: aStory('consents', 'offer', 'approve', 'printings'),
    body: () => ({ result: 'taken_down' }),
  },
  'GET /desk/approvals': { at: askedBy('another'), query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/approvals/:id': { at: askedBy('another') },
  'POST /desk/approvals/:id/approve': { at: askedBy('another'), body: nothing },
  'POST /desk/approvals/:id/refuse': { at: askedBy('another'), body: reasonOnly },
  'POST /desk/approvals/:id/withdraw': { at: askedBy('member') },
  'GET /desk/referrals/:id/approvals/:listingId': {
    at: (world, member) => ownService(world, member, member),
  },
  'POST /desk/referrals/:id/approvals/:listingId': {
    at: (world, member) => ownService(world, member, member),
    body: () => ASKS,
  },
  'GET /desk/warm-handovers': { at: warmHandover(), query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/warm-handovers/:id': { at: warmHandover() },
  'POST /desk/warm-handovers/:id/settle': { at: warmHandover(true), body: () => ({ outcome: 'they_met' }) },
  'POST /desk/warm-handovers/:id/cancel': { at: warmHandover(), body: reasonOnly },
  'GET /desk/referrals/:id/safety-messages': { at: unreached },
  'POST /desk/referrals/:id/safety-messages': { at: unreached, body: () => ({ to: 'sender' }) },
  'GET /desk/safety-messages/:id': { at: safetyMessage },
  'POST /desk/safety-messages/:id/heard': { at: safetyMessage, body: () => ({ by: 'Reception' }) },
  'GET /desk/notes': { at: escalation, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/notes/new': {},
  'POST /desk/notes': { body: () => ESCALATION },
  'GET /desk/notes/:id': { at: escalation },
  'POST /desk/notes/:id': { at: escalation, body: () => ({ answer: 'We will talk' }) },
  'GET /warm-handovers/:id': { at: warmHandover() },
  'POST /warm-handovers/:id/settle': { at: warmHandover(true), body: () => ({ outcome: 'they_met' }) },
  'POST /warm-handovers/:id/cancel': { at: warmHandover(), body: reasonOnly },
  'GET /referrals/:referralId/signposts': { at: offerFrom },
  'POST /referrals/:referralId/signposts': {
    at: offerFrom,
    body: () => ({ toldAbout: 'The coffee morning', toldOn: TODAY, how: 'phone' }),
  },

  'GET /neighbourhoods': {},
  'GET /neighbourhoods/outlines': {},
  'POST /neighbourhoods/outlines': {
    query: () => '?source=Ours',
    body: nothing,
    // In reach it is read, and what is sent here is no form.
    answers: [415],
  },
  'GET /assets': { at: asset(), query: WHOLE_PAGE, shows: 'id' },
  'POST /assets': {
    at: (world, { actor }) =>
      Promise.resolve({
        organisationId: actor.role === 'provider_member' ? actor.organisationId : world.group,
      }),
    body: ({ organisationId }, world, member) => anAsset(world, member, { organisationId }),
    named: true,
  },
  'GET /assets/:id': { at: asset() },
  'PATCH /assets/:id': { at: asset(), body: () => ({ howToJoin: 'Come on a Friday.' }) },
  'GET /assets/:id/history': { at: asset() },
  'POST /assets/:id/submit': { at: asset() },
  'POST /assets/:id/return': { at: asset({ forReview: true }), body: reasonOnly },
  'POST /assets/:id/publish': { at: asset() },
  'POST /assets/:id/retire': { at: asset(), body: nothing },
  'POST /assets/:id/restore': { at: asset({}, 'retire'), body: nothing },
  'POST /assets/:id/confirm': { at: asset({}, 'publish') },

  'GET /group-links': { at: surveyLink },
  'POST /group-links': {
    at: providerOf,
    body: ({ id = '' }) => ({ purpose: 'survey', organisationId: id }),
    named: true,
  },
  'GET /group-links/:id': { at: surveyLink },
  'POST /group-links/:id/revoke': { at: surveyLink },
  'GET /survey-replies': { at: surveyReply, query: WHOLE_PAGE, shows: 'id' },
  'GET /survey-replies/:id': { at: surveyReply },
  'GET /desk/offers-of-groups': { at: surveyReply, query: WHOLE_PAGE, shows: 'id' },
  'GET /desk/offers-of-groups/:id': { at: surveyReply },
  'POST /desk/offers-of-groups/:id/review': { at: surveyReply },
  'GET /desk/offers-of-groups/:id/forget': { at: surveyReply },
  'POST /desk/offers-of-groups/:id/forget': { at: surveyReply },
  'POST /survey-replies/:id/review': { at: surveyReply },
  'POST /survey-replies/:id/forget': { at: surveyReply },

  'GET /clients/:clientId/help': {
    at: clientIdOf,
    nothingFor: ['provider_member'],
  },
  'POST /clients/:clientId/help': {
    at: clientIdOf,
    body: () => GIVEN,
    nothingFor: ['provider_member'],
  },
  'GET /onward-referrals/:id/help': { at: offer((it) => it.accepted()) },
  'POST /onward-referrals/:id/help': { at: offer((it) => it.accepted()), body: () => GIVEN },
  'GET /help/tallies': { at: tally, query: WHOLE_PAGE, shows: 'id' },
  'POST /help/tallies': {
    at: providerOf,
    body: ({ id = '' }, world, { actor }) => ({
      ...GIVEN,
      organisationId: actor.role === 'provider_member' ? actor.organisationId : id || world.group,
    }),
    named: true,
  },
  'GET /help/:id': { at: help },
  'GET /help/:id/trail': { at: help },
  'PATCH /help/:id': { at: help, body: () => ({ quantity: 3, reason: 'One more' }) },
  'POST /help/:id/void': { at: help, body: reasonOnly },

  'GET /desk/tasks': { at: task, shows: 'id' },
  'POST /desk/tasks/:id/finish': { at: task },
  'GET /tasks': { at: task, query: WHOLE_PAGE, shows: 'id' },
  'POST /tasks/:id/finish': { at: task },
  'GET /messages': { at: deadMessage, query: WHOLE_PAGE, shows: 'id' },
  'GET /messages/:id': { at: deadMessage },
  'POST /messages/:id/retry': { at: deadMessage, body: () => ({}) },
  'POST /messages/:id/drop': { at: deadMessage, body: () => ({ because: 'done_another_way' }) },
  'GET /stuck-events': { at: stuckEvent, query: WHOLE_PAGE, shows: 'id' },
  'POST /stuck-events/:id/retry': { at: stuckEvent },
  'POST /stuck-events/:id/drop': { at: stuckEvent, body: () => ({ because: 'no_longer_wanted' }) },
  'GET /organisations/:id/secure-addresses': { at: organisationOf },
  'POST /organisations/:id/secure-addresses': {
    at: async (world) => ({ id: await anOrganisation(world.scheme, 'gp_practice') }),
    body: () => ({ email: 'mill.lane@secure.example.org' }),
  },
  'POST /organisations/:id/secure-addresses/remove': {
    at: organisationOf,
    body: () => ({ email: 'mill.lane@secure.example.org' }),
  },
  'GET /message-templates': {},
  'GET /system-health': {},
  'POST /message-templates/send-test': { body: () => ({ name: 'digest', language: 'en' }) },
  'GET /audit': { at: readPerson, query: ({ id = '' }) => `?clientId=${id}`, shows: 'name' },
  'GET /clients/:id/who-looked': { at: readPerson },
  'GET /scheme/message-switches': {},
  'POST /scheme/message-switches': { body: () => ({ kind: 'waiting_list', channel: 'letter', on: false }) },
  'GET /me/message-switches': {},
  'POST /me/message-switches': { body: () => ({ kind: 'digest', told: 'list' }) },
  'GET /clients/:id/written-messages': { at: clientOf },
  'POST /clients/:id/written-messages': { at: writable, body: () => WRITTEN },
  'POST /clients/:id/written-messages/preview': { at: writable, body: () => WRITTEN },
  'POST /written-messages/:id/take-back': { at: waitingToGo },
  'GET /clients/:id/message-switches': { at: clientOf },
  'POST /clients/:id/message-switches': {
    at: clientOf,
    body: () => ({ kind: 'appointment', channel: 'text', on: false }),
  },
  'GET /figures/change': { query: () => '?measure=ons4' },
  'GET /clients/:clientId/volunteering': { at: volunteer },
  'POST /clients/:clientId/volunteering': { at: clientIdOf, body: () => ({ sinceOn: TODAY }) },
  'POST /clients/:clientId/volunteering/void': { at: volunteer, body: reasonOnly },
  'GET /figures/neighbourhoods/:id': { at: neighbourhood },
  'GET /figures/help': {},
  'GET /figures/helpers': {},
  'GET /figures/goals': {},
  'GET /figures/stories': { query: () => '?use=report' },
  'GET /figures/stories/published': {},
  'GET /figures/overview': {},
  'GET /figures/groups': { at: providerOf, query: WHOLE_PAGE, shows: 'id' },
  'GET /figures/groups/together': {},
};
