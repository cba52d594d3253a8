import sql from 'sql-template-tag';
import { auditEach } from '../audit/audit.js';
import type { Tx } from '../platform/database/tx.js';
import { newId } from '../platform/pure/ids.js';

export interface PracticeRow {
  odsCode: string;
  name: string;
  address: string | null;
  postcode: string | null;
  phone: string | null;
}

/**
 * Adds GP practices to the scheme, or brings those with the same ODS code up to date; gives what became of each that
 * was written. What the scheme says of its own practices (e-mail, feedback address) stays as it is.
 */
export async function importPractices(
  tx: Tx,
  practices: readonly PracticeRow[],
): Promise<{ added: number; changed: number }> {
  const written = await tx.rows<{ id: string; added: boolean }>(sql`
    insert into organisation as old (scheme_id, id, name, kind, refers, ods_code, address, postcode, phone, source, source_id, created_at, updated_at)
    select ${tx.schemeId}, given.id, given.name, 'gp_practice', true, given.ods_code, given.address, given.postcode,
      given.phone, 'ods', given.ods_code, ${tx.now}, ${tx.now}
    from unnest(${practices.map(() => newId())}::uuid[], ${practices.map((one) => one.odsCode)}::text[],
      ${practices.map((one) => one.name)}::text[], ${practices.map((one) => one.address)}::text[],
      ${practices.map((one) => one.postcode)}::text[], ${practices.map((one) => one.phone)}::text[])
      as given (id, ods_code, name, address, postcode, phone)
    on conflict (scheme_id, ods_code) where ods_code is not null do update
      set name = excluded.name, address = excluded.address, postcode = excluded.postcode, phone = excluded.phone,
        version = old.version + 1, updated_at = excluded.updated_at
      where (old.name, old.address, old.postcode, old.phone)
        is distinct from (excluded.name, excluded.address, excluded.postcode, excluded.phone)
    returning id, (xmax = 0) as added`);
  await auditEach(
    tx,
    'organisation.import',
    'organisation',
    written.map(({ id }) => id),
  );
  const added = written.filter((row) => row.added).length;
  return { added, changed: written.length - added };
}
