import { readFileSync } from 'node:fs';
import pg from 'pg';
import { atEnd } from './installation.js';
import { addLiveReferrals } from './live.js';
import { grow, prepareToGrow, withoutIndexes } from './grow.js';

/** The demo's scheme with so many referrals and link workers, and services beside its own, drawn by `chance`, and what is needed for one that `grows`; read and changed as the superuser. */
export async function seed(app, database, { referrals, services, workers, chance, grows = false }) {
  const { DemoSeeder, DEMO_SIZE } = await import('../dist/demo/demo.seeder.js');
  const size = {
    ...DEMO_SIZE,
    referrals,
    workers,
    communityGroups: Math.max(DEMO_SIZE.communityGroups, Math.round(referrals / 150)),
  };
  const { schemeId } = await app.get(DemoSeeder).seed('a password for the bench', size, chance);
  await addServices(app, schemeId, services);
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  atEnd(() => client.end());
  // Before the work begins, so that what it sends is not copied along.
  if (grows) await prepareToGrow(client, schemeId);
  return { schemeId, client, referrals, live: null };
}

/** So many live referrals of so many link workers beside it, who then do the work. */
export async function addLive(world, { referrals, workers }) {
  world.live = await addLiveReferrals(world.client, world.schemeId, { workers, referrals });
}

/** As many times as large as it was seeded. */
export async function growTo(world, { referrals, before }) {
  const copies = (size) => Math.round(size / world.referrals) - 1;
  await withoutIndexes(world.client, async () => {
    // Ten copies a transaction: what is kept aside for it fits into memory.
    for (let from = copies(before) + 1; from <= copies(referrals); from += 10)
      await grow(world.client, { from, to: Math.min(from + 9, copies(referrals)) });
  });
}

export const settled = ({ client }) => client.query('vacuum analyze');

/** Who does the work, signed in: so many of each role, spread over all of them. */
export async function signedIn(app, { client, schemeId, live }, many) {
  const { AccessTokens } = await import('../dist/identity/access-tokens.service.js');
  const { newToken, sha256 } = await import('../dist/platform/pure/hash.js');
  const members = async (role) => {
    const { rows } = await client.query(
      `select id, account_id from membership
       where scheme_id = $1 and role = $2 and ($4::uuid[] is null or id = any($4)) order by md5(id::text) limit $3`,
      [schemeId, role, many, role === 'link_worker' ? live : null],
    );
    const people = [];
    for (const row of rows) {
      const sessionId = crypto.randomUUID();
      const secret = newToken();
      await client.query(
        `insert into session (id, account_id, membership_id, created_at, last_used_at, expires_at, cookie_hash) values ($1, $2, $3, now(), now(), now() + interval '1 day', $4)`,
        [sessionId, row.account_id, row.id, sha256(secret)],
      );
      const actor = { accountId: row.account_id, sessionId, membershipId: row.id, schemeId };
      people.push({
        id: row.id,
        token: app.get(AccessTokens).sign(actor, new Date(), 86_400),
        cookie: `__Host-betony=${secret}`,
      });
    }
    return people;
  };
  const workers = await members('link_worker');
  const { rows: movable } = await client.query(
    `select distinct on (owner_id) id, owner_id from referral where scheme_id = $1 and state = 'active' and owner_id = any($2) order by owner_id, id`,
    [schemeId, workers.map(({ id }) => id)],
  );
  return {
    workers,
    referrers: await members('referrer'),
    managers: await members('scheme_manager'),
    movable,
    links: await links(app, { client, schemeId }, many),
  };
}

/** Links of groups that were offered somebody, by the token in their address. */
async function links(app, { client, schemeId }, many) {
  const load = (path) => import(`../dist/${path}.js`);
  const [{ ReplyLinks }, { UnitOfWork }, { systemActor }, { contactPointOf }] = await Promise.all(
    [
      'onward-referrals/reply-links.service',
      'platform/database/unit-of-work',
      'platform/actor/actor.types',
      'providers/contact-points',
    ].map(load),
  );
  const { rows } = await client.query(
    `select o.id, o.organisation_id, p.contact_email from onward_referral o
     join provider p on p.scheme_id = o.scheme_id and p.organisation_id = o.organisation_id
     where o.scheme_id = $1 and o.state in ('offered', 'accepted', 'started') and p.contact_email is not null
       and p.answers_by = 'email' order by md5(o.id::text) limit $2`,
    [schemeId, many],
  );
  return app.get(UnitOfWork).run(systemActor(schemeId, 'bench'), async (tx) => {
    const tokens = [];
    for (const { id, organisation_id: organisationId, contact_email: to } of rows) {
      const contactPointId = await contactPointOf(tx, organisationId, { channel: 'email', to });
      const about = { kind: 'onward_referral', id };
      const made = await app
        .get(ReplyLinks)
        .make(tx, { purpose: 'answer', about }, { organisationId, contactPointId, messageId: null });
      tokens.push(app.get(ReplyLinks).token(made));
    }
    return tokens;
  });
}

async function addServices(app, schemeId, many) {
  const load = (path) => import(`../dist/${path}.js`);
  const [{ UnitOfWork }, { systemActor }, { indexAllListings }] = await Promise.all(
    ['platform/database/unit-of-work', 'platform/actor/actor.types', 'providers/listing-index'].map(load),
  );
  const services = readFileSync(new URL('./services.sql', import.meta.url), 'utf8');
  await app.get(UnitOfWork).run(systemActor(schemeId, 'bench'), async (tx) => {
    await tx.manager.query(services, [schemeId, many, tx.now.toISOString().slice(0, 10)]);
    await indexAllListings(tx);
  });
}
