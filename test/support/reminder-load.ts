import { SMTPServer } from 'smtp-server';
import sql from 'sql-template-tag';
import { RemindersService } from '../../src/reminders/reminders.service.js';
import { inScheme } from '../factories/episodes.js';
import type { Arrival } from './delivery-check.js';
import type { TestScheme } from './people.js';
import type { TestApp } from './start-app.js';

/** A mail server that takes a little while before it says that it has taken something. */
export async function startSlowMailbox(): Promise<{
  url: string;
  arrivals: Arrival[];
  stop: () => Promise<void>;
}> {
  const arrivals: Arrival[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const messageId = /^Message-ID: <([^@>]+)@/im.exec(Buffer.concat(parts).toString())?.[1] ?? '';
        const [to] = session.envelope.rcptTo;
        arrivals.push({ messageId, to: to?.address ?? '' });
        setTimeout(done, Math.random() * 30);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${String(port)}`,
    arrivals,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

/** So many people with an appointment tomorrow and e-mail they called safe, and groups with an offer not yet answered. */
export async function fill(
  betony: TestApp,
  scheme: TestScheme,
  each: number,
  ownerId: string,
): Promise<void> {
  await inScheme(scheme, async (tx) => {
    const { now } = tx;
    const made = async (statement: ReturnType<typeof sql>) =>
      (await tx.rows<{ id: string }>(statement)).map((row) => row.id);
    await tx.run(sql`
      insert into client (scheme_id, id, standing, first_name, last_name, date_of_birth, first_name_key, last_name_key,
        last_name_sound, email, safe_to_email, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'confirmed', 'Test', 'Person ' || n, '1950-01-01', 'test', 'person' || n, 'PRSN',
        'client' || n || '@example.org', 'yes', ${now}, ${now}
      from generate_series(1, ${each}::int) n`);
    await tx.run(sql`
      insert into agreement (scheme_id, id, client_id, recipient_kind, scope, basis, agreed_on, how, recorded_at)
      select ${scheme.id}, gen_random_uuid(), id, 'scheme', '{scheme_support}', 'agreed', '2026-11-02', 'phone', ${now}
      from client where scheme_id = ${scheme.id}`);
    await tx.run(sql`
      insert into referral (scheme_id, id, reference, client_id, route, state, owner_kind, owner_id, next_at, next_kind,
        told_status, told_at, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'BT-' || row_number() over (), id, 'gp', 'active', 'worker', ${ownerId},
        '2027-12-01T09:00:00Z', 'next_contact', 'in_touch', ${now}, ${now}, ${now}
      from client where scheme_id = ${scheme.id}`);
    const appointments = await made(sql`
      insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), id, 'phone', 'made', '2026-11-25T14:00:00Z', 30, ${now}, ${now}
      from referral where scheme_id = ${scheme.id} returning id`);
    const groups = await made(sql`
      insert into organisation (scheme_id, id, name, kind, provides, email, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), 'Group ' || n, 'community_group', true, 'group' || n || '@example.org',
        ${now}, ${now}
      from generate_series(1, ${each}::int) n returning id`);
    await tx.run(sql`
      insert into provider (scheme_id, organisation_id, sector, created_at, updated_at)
      select ${scheme.id}, id, 'community', ${now}, ${now} from unnest(${groups}::uuid[]) id`);
    await tx.run(sql`
      insert into listing (scheme_id, id, organisation_id, name, description, state, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), id, 'Lunch', 'Lunch', 'published', ${now}, ${now}
      from unnest(${groups}::uuid[]) id`);
    const offers = await made(sql`
      with r as (
        select r.id, r.client_id, a.id as agreement_id, row_number() over (order by r.id) n
        from referral r join agreement a on a.scheme_id = r.scheme_id and a.client_id = r.client_id
        where r.scheme_id = ${scheme.id}),
      l as (select id, organisation_id, row_number() over (order by id) n from listing where scheme_id = ${scheme.id})
      insert into onward_referral (scheme_id, id, referral_id, client_id, listing_id, organisation_id, agreement_id, state,
        called_by, contact_route, needs, how_soon, offered_at, clock_started_at, answer_by, created_at, updated_at)
      select ${scheme.id}, gen_random_uuid(), r.id, r.client_id, l.id, l.organisation_id, r.agreement_id, 'offered',
        'first_name', 'through_worker', '{loneliness}', 'no_hurry', ${now}, ${now}, '2026-12-07T17:00:00Z', ${now}, ${now}
      from r join l using (n) returning id`);
    await betony.get(RemindersService).plan(tx, { appointment: appointments, onward_referral: offers });
  });
}
