import sql from 'sql-template-tag';
import { ProgramsQueries } from '../../src/identity/programs.queries.js';
import { Programs } from '../../src/identity/programs.service.js';
import type { MakeProgramInput } from '../../src/identity/program.dto.js';
import type { ProgramRole } from '../../src/identity/program.types.js';
import { rowsOf } from '../support/records.js';
import { aMember, type TestMember, type TestScheme } from '../support/people.js';

export interface TestProgram extends TestMember {
  id: string;
  key: string;
  keyId: string;
}

/** A program as an administrator lets one in, with its key; of the organisation that a role has in this scheme unless told. */
export async function aProgram(
  scheme: TestScheme,
  role: ProgramRole,
  details: Partial<MakeProgramInput> = {},
): Promise<TestProgram> {
  const { betony } = scheme;
  const { actor: administrator } = await aMember(scheme, 'administrator');
  const organisationId = details.organisationId ?? (await scheme.homeOf(role));
  const name = details.name ?? 'Records system';
  const keyId = await betony.get(Programs).make(administrator, { ...details, name, organisationId, role });
  const [account] = await rowsOf<{ account_id: string }>(
    scheme,
    sql`select m.account_id from membership m join program_key k on k.membership_id = m.id where k.id = ${keyId}`,
  );
  const { program, key } = await betony.get(ProgramsQueries).made(administrator, keyId);
  return {
    id: program.id,
    key,
    keyId,
    token: key,
    headers: { authorization: `Bearer ${key}` },
    browser: { cookie: '', formToken: '' },
    name: program.name,
    email: '',
    actor: {
      kind: 'member',
      schemeId: scheme.id,
      accountId: account?.account_id ?? '',
      sessionId: keyId,
      membershipId: program.id,
      organisationId,
      role,
      actsFor: [program.id],
      triages: false,
      program: true,
    },
  };
}
