/**
 * A scheme as many times as large: the demo's people, all that was done with and for them, and the link workers who did
 * it, written again `copy` by `copy`. A copy keeps the spread of states, dates, groups and answers of the first, and shares
 * its practices, services and settings; every id of what is copied becomes one of the copy's own, wherever it stands. Each
 * history and contact gets its entry in the audit record, in the month it is of.
 */
const COPIED = [
  'user_account',
  'user_profile',
  'membership',
  'link_worker',
  'client',
  'gp_registration',
  'agreement',
  'referral',
  'referral_assignment',
  'client_reach',
  'contact',
  'contact_section',
  'appointment',
  'plan',
  'plan_version',
  'plan_agreement',
  'goal',
  'goal_progress',
  'action',
  'measure_response',
  'measure_missing',
  'onward_referral',
  'attendance',
  'reminder',
  'referral_history',
  'contact_history',
  'appointment_history',
  'onward_referral_history',
];
/** What of these is copied: the link workers, and what is due about people. The rest is the scheme’s own. */
const WORKERS = `membership_id in (select id from bench_worker)`;
const ONLY = {
  reminder: `subject_kind in ('referral', 'onward_referral', 'appointment')`,
  membership: `id in (select id from bench_worker)`,
  link_worker: WORKERS,
  user_account: `id in (select account_id from bench_worker)`,
  user_profile: `account_id in (select account_id from bench_worker)`,
};
/** What may not be there twice, or would make everybody a namesake. */
const OWN = {
  user_account: { email_hash: `md5(t.email_hash || k)` },
  user_profile: { email: `k || '-' || t.email` },
  referral: { reference: `t.reference || '-' || k`, external_id: `t.external_id || '-' || k` },
  client: {
    nhs_number: `null`,
    no_nhs_number_because: `'not_known'`,
    last_name: `t.last_name || '-' || initcap(translate(k::text, '0123456789', 'abcdefghij'))`,
    last_name_key: `t.last_name_key || '-' || translate(k::text, '0123456789', 'abcdefghij')`,
  },
};
const AUDITED = [
  ['referral_history', 'referral', 'referral.move', 'referral_id'],
  ['onward_referral_history', 'onward_referral', 'onward_referral.move', 'onward_referral_id'],
  ['contact', 'contact', 'contact.log', 'id'],
];

/**
 * Rows first, then every index at once: to write each entry of each index in its place takes ten times as long. The catalogue
 * is told so by hand, which only a database that is thrown away allows.
 */
export async function withoutIndexes(client, write) {
  const indexes = `indexrelid in (
    select i.indexrelid from unnest($1::regclass[]) t
    cross join lateral (select t as of union select relid from pg_partition_tree(t)) p
    join pg_index i on i.indrelid = p.of join pg_class c on c.oid = i.indexrelid and c.relkind = 'i')`;
  const tables = [[...COPIED, 'audit_entry']];
  await client.query(`update pg_index set indisready = false, indisvalid = false where ${indexes}`, tables);
  await write();
  await client.query(`update pg_index set indisready = true, indisvalid = true where ${indexes}`, tables);
  await client.query(`set maintenance_work_mem = '1GB'`);
  for (const table of tables[0]) await client.query(`reindex table ${table}`);
}

/** Copies number `from` to `to` of what a scheme holds. As the superuser, who needs no reference checked again. */
export async function grow(client, { from, to }) {
  await client.query('begin');
  await client.query(`set local session_replication_role = replica`);
  await client.query(`set local work_mem = '512MB'`);
  const columns = await columnsOf(client);
  for (const table of COPIED) {
    const own = OWN[table] ?? {};
    const mine = columns.filter((column) => column.table === table && !column.generated);
    const ids = mine.filter(({ type, name }) => type === 'uuid' && name !== 'scheme_id');
    const moved = ids.map(({ name }, n) => `left join bench_copied c${n} on c${n}.id = t.${name}`);
    const values = mine.map(({ name }) => {
      const n = ids.findIndex((id) => id.name === name);
      return (
        own[name] ??
        (n < 0 ? `t.${name}` : `case when c${n}.id is null then t.${name} else bench_id(t.${name}, k) end`)
      );
    });
    await client.query(
      `insert into ${table} (${mine.map(({ name }) => name).join(', ')})
       select ${values.join(', ')} from bench_${table} t ${moved.join(' ')}
       cross join generate_series(${from}, ${to}) k`,
    );
  }
  for (const [table, kind, action, subject] of AUDITED) {
    await client.query(
      `insert into audit_entry (scheme_id, at, actor_kind, action, subject_kind, subject_id, details)
       select t.scheme_id, t.at, 'system', '${action}', '${kind}', bench_id(t.${subject}, k), '{"verb": "bench"}'
       from bench_${table} t cross join generate_series(${from}, ${to}) k`,
    );
  }
  await client.query('commit');
}

/** What stands there before the first copy, kept aside; months for what is older than the record. */
export async function prepareToGrow(client, schemeId) {
  const { rows } = await client.query(`select to_regclass('bench_copied') is not null as there`);
  if (rows[0].there) return;
  await client.query(`
    create function bench_id(id uuid, k integer) returns uuid language sql immutable parallel safe
      as $$ select (left(id::text, 28) || lpad(to_hex(k), 8, '0'))::uuid $$`);
  await client.query(
    `create table bench_worker as select id, account_id from membership where scheme_id = '${schemeId}' and role = 'link_worker'`,
  );
  const columns = await columnsOf(client);
  for (const table of COPIED) {
    const scheme = table === 'user_account' ? 'true' : `scheme_id = '${schemeId}'`;
    await client.query(
      `create table bench_${table} as select * from ${table} where ${scheme} and ${ONLY[table] ?? 'true'}`,
    );
  }
  const withId = COPIED.filter((table) =>
    columns.some((column) => column.table === table && column.name === 'id'),
  );
  await client.query(
    `create table bench_copied as ${withId.map((table) => `select id from bench_${table}`).join(' union ')}`,
  );
  await client.query('create unique index on bench_copied (id)');
  await client.query('analyze');
  await client.query(`
    do $$ declare month date; begin
      for month in select generate_series(date_trunc('month', now()) - interval '13 months', date_trunc('month', now()) - interval '1 month', '1 month') loop
        call months.add(month);
      end loop;
    end $$`);
}

async function columnsOf(client) {
  const { rows } = await client.query(
    `select c.relname as table, a.attname as name, a.atttypid::regtype::text as type, a.attgenerated <> '' as generated
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and c.relname = any($1) and a.attnum > 0 and not a.attisdropped
     order by c.relname, a.attnum`,
    [COPIED],
  );
  return rows;
}
