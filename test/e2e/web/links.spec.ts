import sql from 'sql-template-tag';
import { newId } from '../../../src/platform/pure/ids.js';
import { without } from '../../../src/platform/pure/without.js';
import { inScheme } from '../../factories/onward.js';
import { linksOf, tokenOf, type Links } from '../../support/links.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';
import { watchWrites, type WriteWatch } from '../../support/write-watch.js';

interface Kind {
  kind: Exclude<keyof Links, 'scheme' | 'offer'>;
  /** What a dead link answers. */
  dead: 404 | 410;
  /** An answer given by it; a calendar only reads. */
  post?: { path: string; form: Record<string, string> };
  /** Its row has a date; a calendar ends with its owner's membership. */
  expires: boolean;
  revoke: ReturnType<typeof sql>;
}

const REPLIES: Kind['kind'][] = ['reply', 'listing', 'shared'];

const KINDS: Kind[] = [
  {
    kind: 'reply',
    dead: 410,
    post: { path: '/yes', form: {} },
    expires: true,
    revoke: sql`update reply_link set revoked_at = now()`,
  },
  {
    kind: 'listing',
    dead: 410,
    post: { path: '/right', form: {} },
    expires: true,
    revoke: sql`update reply_link set revoked_at = now()`,
  },
  {
    kind: 'shared',
    dead: 410,
    post: { path: '/code', form: {} },
    expires: true,
    revoke: sql`update reply_link set revoked_at = now()`,
  },
  {
    kind: 'survey',
    dead: 410,
    post: { path: '', form: { people: 'Our treasurer speaks Farsi' } },
    expires: true,
    revoke: sql`update group_link set revoked_at = now()`,
  },
  {
    kind: 'tally',
    dead: 410,
    post: {
      path: '',
      form: { kind: 'transport', quantity: '5', day: '20', month: '11', year: '2026', form: newId() },
    },
    expires: true,
    revoke: sql`update group_link set revoked_at = now()`,
  },
  {
    kind: 'questions',
    dead: 410,
    post: { path: '/no-more', form: {} },
    expires: true,
    revoke: sql`update measure_link set revoked_at = now()`,
  },
  {
    kind: 'claim',
    dead: 410,
    post: { path: '', form: {} },
    expires: true,
    revoke: sql`update one_time_link set revoked_at = now()`,
  },
  {
    kind: 'received',
    dead: 410,
    post: { path: '', form: {} },
    expires: true,
    revoke: sql`update one_time_link set revoked_at = now()`,
  },
  {
    kind: 'my',
    dead: 410,
    post: { path: '', form: { day: '2', month: '3', year: '1948' } },
    expires: true,
    revoke: sql`update page_link set revoked_at = now()`,
  },
  { kind: 'calendar', dead: 404, expires: false, revoke: sql`update calendar_feed set revoked_at = now()` },
];

describe('every kind of link', () => {
  it('is among these', () => {
    const all = Object.entries(ours).filter(
      ([, address]) => typeof address === 'string' && address.startsWith('/'),
    );
    expect(KINDS.map(({ kind }) => kind).sort()).toEqual(all.map(([kind]) => kind).sort());
  });

  let betony: TestApp;
  let watch: WriteWatch;
  let ours: Links;
  let theirs: Links;
  let late: Links;
  let revoked: Links;

  beforeAll(async () => {
    betony = await startApp();
    watch = await watchWrites(betony.database);
    ours = await linksOf(betony, 'mo@example.org');
    theirs = await linksOf(betony, 'rose@example.org');
    late = await linksOf(betony, 'late@example.org');
    revoked = await linksOf(betony, 'ended@example.org');
    await settle(betony);
  }, 120_000);
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    await watch.written();
  });
  afterAll(async () => {
    await watch.stop();
    await betony.stop();
  });

  let asked = 0;
  const ask = async (method: 'GET' | 'HEAD' | 'POST', url: string, form: Record<string, string> = {}) => {
    asked += 1;
    const { statusCode } = await betony.inject({
      method,
      url,
      // From everywhere at once: no limit of one address stands in the way.
      remoteAddress: `198.51.${String(asked >> 8)}.${String(asked & 255)}`,
      ...(method === 'POST'
        ? {
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            payload: new URLSearchParams(form).toString(),
          }
        : {}),
    });
    return statusCode;
  };
  /** What was written, but the record of who looked. */
  const written = async () => {
    return without(await watch.written(), 'audit_entry');
  };

  it.each(KINDS)('$kind: opening it changes nothing, however often and by whatever', async ({ kind }) => {
    for (const method of ['GET', 'HEAD', 'GET', 'HEAD', 'GET'] as const) {
      expect([method, await ask(method, ours[kind])]).toEqual([method, 200]);
    }
    expect(await written()).toEqual({});
  });

  it.each(KINDS)('$kind: no other token opens it, and none that was spoilt', async ({ kind, dead, post }) => {
    const token = tokenOf(ours[kind]);
    const others = KINDS.map((one) => tokenOf(ours[one.kind])).filter((one) => one !== token);
    const flipped = token[0] === 'A' ? `B${token.slice(1)}` : `A${token.slice(1)}`;
    for (const wrong of [...others, flipped, token.slice(1), token.toLowerCase(), 'x'.repeat(43)]) {
      // Whatever a group is asked has one kind of address.
      if (REPLIES.includes(kind) && REPLIES.some((one) => tokenOf(ours[one]) === wrong)) continue;
      if (wrong === token) continue;
      const path = ours[kind].replace(token, wrong);
      expect([wrong, [404, 410].includes(await ask('GET', path))]).toEqual([wrong, true]);
      if (post) {
        const status = await ask('POST', path + post.path, post.form);
        expect([wrong, status]).toEqual([wrong, dead]);
      }
    }
    expect(await written()).toEqual({});
  });

  it.each(KINDS)('$kind: expired or revoked it is dead, and nothing is written', async (one) => {
    const { kind, dead, post, expires, revoke } = one;
    await inScheme(revoked.scheme, (tx) => tx.run(sql`${revoke} where scheme_id = ${revoked.scheme.id}`));
    await watch.written();
    expect(await ask('GET', late[kind])).toBe(200);
    if (expires) betony.clock.advance({ days: 800 });
    for (const path of [revoked[kind], ...(expires ? [late[kind]] : [])]) {
      expect([await ask('GET', path), await ask('HEAD', path)]).toEqual([dead, dead]);
      if (post) expect(await ask('POST', path + post.path, post.form)).toBe(dead);
    }
    expect(await written()).toEqual({});
  });

  const PAGES = ['/reply', '/survey', '/tally', '/claim/confirm', '/questions', '/received', '/my', '/desk'];
  const SPOILT = { 'no letters': '%ff', 'five thousand letters': 'x'.repeat(5000) };
  const spoilt = PAGES.flatMap((path) =>
    Object.entries(SPOILT).map(([what, token]) => [path, what, `${path}/${token}`] as const),
  );
  it.each(spoilt)('%s with a token of %s is answered by a page', async (_path, _what, url) => {
    const { statusCode, headers, body } = await betony.inject({ url });
    expect([404, 410]).toContain(statusCode);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'x-content-type-options': 'nosniff',
    });
    expect(body).toMatch(/<h1[^>]*>(?:We cannot find that page|This link does not work any more)/);
    expect(body).not.toContain('xxxxxxxx');
  });

  // A code may be asked for again, five times, and somebody may be on their page in two browsers. That a service is still right may be said often.
  it.each(KINDS.filter(({ kind, post }) => post && !['shared', 'my', 'listing'].includes(kind)))(
    '$kind: fifty answers at once write what one does, and nothing in another scheme',
    async ({ kind, post }) => {
      const send = (links: Links) => ask('POST', links[kind] + (post?.path ?? ''), post?.form);
      await send(theirs);
      const one = await written();
      expect(Object.keys(one)).not.toEqual([]);
      const statuses = await Promise.all(Array.from({ length: 50 }, () => send(ours)));
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect(await written()).toEqual(one);
    },
  );
});
