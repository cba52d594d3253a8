import { Tokens } from '@fastify/csrf';
import sql from 'sql-template-tag';
import { type MemberActor, type Role, systemActor } from '../../src/platform/actor/actor.types.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { newToken, sha256 } from '../../src/platform/pure/hash.js';
import { newId } from '../../src/platform/pure/ids.js';
import { AccessTokens } from '../../src/identity/access-tokens.service.js';
import { emailHash } from '../../src/identity/account.rules.js';
import type { TestApp } from './start-app.js';

const DECADE_SECONDS = 10 * 365 * 86_400;

const HOME: Record<Role, string> = {
  referrer: 'gp_practice',
  link_worker: 'host',
  scheme_manager: 'host',
  provider_member: 'community_group',
  commissioner: 'commissioner',
  administrator: 'host',
};
const REFERS = ['gp_practice', 'hospital', 'hospice', 'housing', 'council'];
const PROVIDES = ['charity', 'community_group', 'faith_group', 'social_enterprise', 'council'];

export interface TestScheme {
  betony: TestApp;
  id: string;
  name: string;
  /** The organisation members of a role belong to unless told otherwise; made when first asked for. */
  homeOf(role: Role): Promise<string>;
}

export interface TestMember {
  actor: MemberActor;
  token: string;
  /** For `inject`. */
  headers: { authorization: string };
  /** The same for pages: the cookie of a session, and what a form of that browser carries. */
  browser: { cookie: string; formToken: string };
  name: string;
  email: string;
}

const tokens = new Tokens({ userInfo: false });

let count = 0;

/** A new, empty scheme: everything of another one is out of its reach. */
export async function aScheme(betony: TestApp, settings: Record<string, unknown> = {}): Promise<TestScheme> {
  const id = newId();
  const name = `Scheme ${String(++count)}`;
  await betony.get(UnitOfWork).run(systemActor(id, 'test'), async (tx) => {
    await tx.run(sql`
      insert into scheme (id, name, settings, created_at) values (${id}, ${name}, ${JSON.stringify(settings)}, ${tx.now})`);
  });
  const homes = new Map<string, Promise<string>>();
  const scheme: TestScheme = {
    betony,
    id,
    name,
    homeOf: (role) => {
      const kind = HOME[role];
      const home = homes.get(kind) ?? anOrganisation(scheme, kind);
      homes.set(kind, home);
      return home;
    },
  };
  return scheme;
}

export interface OrganisationDetails {
  name?: string;
  refers?: boolean;
  provides?: boolean;
  postcode?: string;
}

export async function anOrganisation(
  scheme: TestScheme,
  kind = 'gp_practice',
  details: OrganisationDetails = {},
): Promise<string> {
  const id = newId();
  const {
    name = `Organisation ${String(++count)}`,
    refers = REFERS.includes(kind),
    provides = PROVIDES.includes(kind),
    postcode = null,
  } = details;
  await scheme.betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    await tx.run(sql`
      insert into organisation (scheme_id, id, name, kind, refers, provides, postcode, created_at, updated_at)
      values (${scheme.id}, ${id}, ${name}, ${kind}, ${refers}, ${provides}, ${postcode}, ${tx.now}, ${tx.now})`);
  });
  return id;
}

export interface MemberDetails {
  /** An organisation's id. */
  organisation?: string;
  triages?: boolean;
  name?: string;
  /** The account of somebody who is a member already, to give them a second membership. */
  accountId?: string;
}

/** Somebody signed in, quickly: the account has no password, the token lasts whatever the test does to the clock. */
export async function aMember(
  scheme: TestScheme,
  role: Role,
  details: MemberDetails = {},
): Promise<TestMember> {
  const { betony } = scheme;
  const organisationId = details.organisation ?? (await scheme.homeOf(role));
  const accountId = details.accountId ?? newId();
  const [membershipId, sessionId] = [newId(), newId()];
  const secret = newToken();
  const name = details.name ?? `Person ${String(++count)}`;
  const email = `person${String(++count)}.${accountId.slice(-6)}@example.org`;
  const triages = details.triages ?? false;
  const now = betony.get(Clock).now();
  const end = new Date(now.getTime() + DECADE_SECONDS * 1000);
  await betony.get(UnitOfWork).run(systemActor(scheme.id, 'test'), async (tx) => {
    await tx.run(sql`
      insert into user_account (id, email_hash, created_at) values (${accountId}, ${emailHash(email)}, ${now})
      on conflict (id) do nothing`);
    await tx.run(sql`
      insert into user_profile (scheme_id, account_id, name, email, created_at, updated_at)
      values (${scheme.id}, ${accountId}, ${name}, ${email}, ${now}, ${now}) on conflict do nothing`);
    await tx.run(sql`
      insert into membership (id, scheme_id, account_id, organisation_id, role, triages, created_at)
      values (${membershipId}, ${scheme.id}, ${accountId}, ${organisationId}, ${role}, ${triages}, ${now})`);
    await tx.run(sql`
      insert into session (id, account_id, membership_id, created_at, last_used_at, expires_at, cookie_hash)
      values (${sessionId}, ${accountId}, ${membershipId}, ${now}, ${now}, ${end}, ${sha256(secret)})`);
  });
  const actor: MemberActor = {
    kind: 'member',
    schemeId: scheme.id,
    accountId,
    sessionId,
    membershipId,
    organisationId,
    role,
    actsFor: [membershipId],
    triages,
  };
  const token = betony.get(AccessTokens).sign(actor, now, DECADE_SECONDS);
  return {
    actor,
    token,
    headers: { authorization: `Bearer ${token}` },
    browser: { cookie: `__Host-betony=${secret}`, formToken: tokens.create(secret) },
    name,
    email,
  };
}
