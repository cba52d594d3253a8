import { generateSync } from 'otplib';
import sql from 'sql-template-tag';
import { Passwords } from '../../src/identity/passwords.service.js';
import { SecondFactors } from '../../src/identity/second-factors.service.js';
import type { Role } from '../../src/platform/actor/actor.types.js';
import { aMember, type MemberDetails, type TestMember, type TestScheme } from '../support/people.js';
import type { TestApp } from '../support/start-app.js';
import { inScheme } from './episodes.js';

export const PASSWORD = 'three random words';

const hashes = new WeakMap<TestApp, Promise<string>>();

/** Somebody who signs in with a password. Hashed once for all: it takes longer than all the rest. */
export async function withPassword(
  scheme: TestScheme,
  role: Role = 'link_worker',
  details: MemberDetails = {},
): Promise<TestMember> {
  const { betony } = scheme;
  const hash = hashes.get(betony) ?? betony.get(Passwords).hash(PASSWORD);
  hashes.set(betony, hash);
  const member = await aMember(scheme, role, details);
  const passwordHash = await hash;
  await inScheme(scheme, (tx) =>
    tx.run(sql`update user_account set password_hash = ${passwordHash} where id = ${member.actor.accountId}`),
  );
  return member;
}

export interface WithApp {
  member: TestMember;
  secret: string;
  recoveryCodes: string[];
}

/** The code that an app shows so many half minutes from now. */
export const codeOf = (betony: TestApp, secret: string, steps = 0): string =>
  generateSync({ secret, epoch: betony.clock.now().getTime() / 1000 + steps * 30 });

/** Somebody with an app set up. The code of this half minute is used up by it. */
export async function withApp(
  scheme: TestScheme,
  role: Role = 'link_worker',
  details: MemberDetails = {},
): Promise<WithApp> {
  const { betony } = scheme;
  const member = await withPassword(scheme, role, details);
  const factors = betony.get(SecondFactors);
  const { secret } = await factors.offer(member.actor, { password: PASSWORD });
  const recoveryCodes = await factors.confirm(member.actor, codeOf(betony, secret));
  return { member, secret, recoveryCodes };
}
