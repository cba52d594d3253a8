import pg from 'pg';

/** The columns of each table that name a row of the scheme's own: its own id first. */
const TABLES: Record<string, { ids: string[]; changes?: Record<string, string> }> = {
  user_account: { ids: ['id'], changes: { email_hash: 't.email_hash || n' } },
  membership: { ids: ['id', 'account_id'] },
  client: { ids: ['id'], changes: { nhs_number: 'null' } },
  agreement: { ids: ['id', 'client_id'] },
  gp_registration: { ids: ['id', 'client_id'] },
  referral: {
    ids: ['id', 'client_id', 'sent_client_id', 'agreement_id', 'owner_id'],
    changes: { reference: 't.reference || n', author_id: 'null' },
  },
  referral_history: { ids: ['id', 'referral_id'] },
  referral_assignment: { ids: ['id', 'referral_id', 'owner_id'], changes: { assigned_by: 'null' } },
  contact: { ids: ['id', 'referral_id'], changes: { logged_by: 'null' } },
  onward_referral: {
    ids: ['id', 'referral_id', 'client_id', 'agreement_id'],
    changes: { offered_by: 'null', places_held: '0' },
  },
  attendance: { ids: ['id', 'onward_referral_id'], changes: { recorded_by: 'null' } },
  reminder: { ids: ['id', 'subject_id', 'referral_id', 'client_id'] },
};

/** Only link workers and the people they hold are multiplied; practices and groups stay as they are. */
const ONLY: Record<string, string> = {
  user_account: `t.id in (select account_id from membership where role = 'link_worker')`,
  membership: `t.role = 'link_worker'`,
};

const other = (column: string): string => `md5(t.${column}::text || n)::uuid`;

/** Makes a scheme `times` as large: every referral again for other people and other workers, with all that hangs on it. */
export async function multiply(superuserUrl: string, schemeId: string, times: number): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`set local session_replication_role = replica`);
    const indexes = await withoutIndexes(client, [...Object.keys(TABLES), 'client_reach']);
    for (const [table, { ids, changes }] of Object.entries(TABLES)) {
      const { rows } = await client.query<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
          and attgenerated = ''`,
        [table],
      );
      const columns = rows.map(({ name }) => name);
      const given = columns.map(
        (name) =>
          changes?.[name] ??
          (ids.includes(name) ? `case when t.${name} is not null then ${other(name)} end` : `t.${name}`),
      );
      const scheme = table === 'user_account' ? 'true' : `t.scheme_id = '${schemeId}'`;
      await client.query(`
        insert into ${table} (${columns.join(', ')}) select ${given.join(', ')}
        from ${table} t cross join generate_series(1, ${String(times - 1)}) n
        where ${scheme} and ${ONLY[table] ?? 'true'}`);
    }
    await client.query(`
      insert into client_reach (scheme_id, client_id, holder_kind, holder_id, why, source_id, until)
      select scheme_id, ${other('client_id')}, holder_kind,
        case when holder_kind = 'membership' then ${other('holder_id')} else holder_id end, why, ${other('source_id')}, until
      from client_reach t cross join generate_series(1, ${String(times - 1)}) n where scheme_id = '${schemeId}'`);
    for (const definition of indexes) await client.query(definition);
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

/** Takes the indexes away that no constraint needs, and gives what makes them again: built at once they take a fraction. */
async function withoutIndexes(client: pg.Client, tables: string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
      where i.indrelid = any($1::regclass[]) and not i.indisunique`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}
