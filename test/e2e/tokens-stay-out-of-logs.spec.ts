import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sql from 'sql-template-tag';
import type { GroupLinkView } from '../../src/assets/survey.dto.js';
import { codeOf } from '../../src/onward-referrals/reply-link.rules.js';
import { ReplyLinks } from '../../src/onward-referrals/reply-links.service.js';
import { contactPointOf } from '../../src/providers/contact-points.js';
import { aCase, aGroup, anOffer, inScheme } from '../factories/onward.js';
import { filedMail } from '../support/mailbox.js';
import { aMember, aScheme, type TestScheme } from '../support/people.js';
import { type Program, runProgram, startedAt } from '../support/program.js';
import { rowsOf } from '../support/records.js';
import { settle } from '../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../support/start-app.js';

const SHIFTED = pathToFileURL(join(import.meta.dirname, '../support/shifted-clock.js')).href;
const OFFER = 'onward_referral';

/** Every link there is of one scheme, by the address it opens. */
interface Links {
  scheme: TestScheme;
  offer: string;
  reply: string;
  shared: string;
  survey: string;
  tally: string;
  questions: string;
  claim: string;
  calendar: string;
}

const tokenOf = (path: string): string => /[\w-]{43}/.exec(path)?.[0] ?? '';
const pathOf = (address: string | null | undefined): string => new URL(address ?? '').pathname;

describe('links, through the program as people run it', () => {
  let betony: TestApp;
  let program: Program;
  let address: string;
  let dataDir: string;
  let ours: Links;
  let theirs: Links;

  beforeAll(async () => {
    betony = await startApp();
    [ours, theirs] = [await linksOf('mo@example.org'), await linksOf('rose@example.org')];
    dataDir = mkdtempSync(join(tmpdir(), 'betony-logs-'));
    program = runProgram('main', [], {
      DATABASE_URL: betony.database.url,
      DATABASE_OWNER_URL: betony.database.ownerUrl,
      AUDIT_KEY: betony.config.auditKey,
      TOKEN_KEY: betony.config.tokenKey,
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'trace',
      NODE_OPTIONS: `--import ${SHIFTED}`,
      BETONY_TEST_NOW: TEST_NOW,
    });
    address = await startedAt(program);
  }, 180_000);
  afterAll(async () => {
    program.child.kill('SIGTERM');
    await program.ended;
    await betony.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function linksOf(email: string): Promise<Links> {
    const scheme = await aScheme(betony);
    const [manager, worker] = [await aMember(scheme, 'scheme_manager'), await aMember(scheme, 'link_worker')];
    const post = async (path: string, payload: object, { headers } = manager) => {
      const answer = await betony.inject({ method: 'POST', url: `/api/v1${path}`, headers, payload });
      if (answer.statusCode !== 201) throw new Error(`${path} ${answer.body}`);
      return answer.json<GroupLinkView>();
    };
    const reply = async (contactEmail: string, contactShared: boolean) => {
      const group = await aGroup(scheme, { provider: { contactEmail, answersBy: 'email' } });
      const of = await aCase(scheme, { worker });
      const offer = await anOffer(scheme, of, group);
      const { organisationId } = group;
      const path = await inScheme(scheme, async (tx) => {
        await tx.run(sql`
          update provider set contact_shared = ${contactShared}
          where scheme_id = ${scheme.id} and organisation_id = ${organisationId}`);
        const links = betony.get(ReplyLinks);
        const contactPointId = await contactPointOf(tx, organisationId, {
          channel: 'email',
          to: contactEmail,
        });
        const to = { organisationId, contactPointId, messageId: null };
        const about = { kind: OFFER, id: offer } as const;
        return pathOf(links.address(await links.make(tx, { purpose: 'answer', about }, to)));
      });
      return { offer, path, organisationId, ...of };
    };
    const [alone, shared] = [await reply(email, false), await reply(`shared-${email}`, true)];
    const { organisationId, referralId } = alone;
    const link = async (purpose: 'survey' | 'tally') =>
      pathOf((await post('/group-links', { purpose, organisationId })).address);
    const unclaimed = await aGroup(scheme);
    const form = { name: 'Ann Lee', why: 'I keep the keys', email: `ann-${email}` };
    const asked = await betony.inject({
      method: 'POST',
      url: `/claim/${scheme.id}/${unclaimed.organisationId}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    });
    if (asked.headers['location'] !== '/claim/sent') throw new Error(asked.body);
    await settle(betony);
    const mails = await filedMail(betony.config.dataDir);
    const claim = mails
      .filter(({ to }) => to?.[0]?.address === form.email)
      .map(({ text = '' }) => /\/claim\/confirm\/[\w-]{43}/.exec(text)?.[0] ?? '')
      .join('');
    const questions = { occasion: 'baseline', measures: ['ons4'] };
    return {
      scheme,
      offer: alone.offer,
      reply: alone.path,
      shared: shared.path,
      survey: await link('survey'),
      tally: await link('tally'),
      questions: pathOf(
        (await post(`/referrals/${referralId}/questionnaire-links`, questions, worker)).address,
      ),
      claim,
      calendar: pathOf((await post('/calendar-feed', {}, worker)).address),
    };
  }

  const ask = async (method: 'GET' | 'POST', path: string, form: Record<string, string> = {}) => {
    const answer = await fetch(`${address}${path}`, {
      method,
      redirect: 'manual',
      ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
    });
    return { status: answer.status, body: await answer.text() };
  };
  /** All the program wrote but the mail itself, which is for the one it is addressed to. */
  const logged = (): string =>
    [
      program.output(),
      ...readdirSync(dataDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('outbox'))
        .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')),
    ].join('\n');
  const stateOf = async ({ scheme, offer }: Links) =>
    (await rowsOf<{ state: string }>(scheme, sql`select state from onward_referral where id = ${offer}`))[0]
      ?.state;
  const saidIn = async ({ scheme }: Links) =>
    (
      await rowsOf<{ line: string }>(
        scheme,
        sql`
          select concat_ws(' ', (select count(*) from survey_reply where scheme_id = ${scheme.id}),
            (select count(*) from provider_claim where scheme_id = ${scheme.id} and state = 'waiting')) as line`,
      )
    )[0]?.line;

  it('opens with each link what is of its own scheme, and takes the answer there alone', async () => {
    expect((await ask('POST', `${ours.reply}/yes`)).status).toBe(303);
    expect([await stateOf(ours), await stateOf(theirs)]).toEqual(['accepted', 'offered']);
    const before = await saidIn(theirs);
    expect((await ask('POST', ours.survey, { people: 'Our treasurer speaks Farsi' })).status).toBe(303);
    expect((await ask('POST', ours.claim)).status).toBe(303);
    expect(await saidIn(theirs)).toBe(before);
    expect(await saidIn(ours)).not.toBe(before);
    expect((await ask('GET', theirs.claim)).status).toBe(200);
    expect((await ask('GET', ours.claim)).status).toBe(410);
  });

  it('never writes a token or a code into a log, right or wrong, however it is used', async () => {
    const secrets = new Set<string>();
    const places = [
      ['reply', ['', '/no', '/new-link', '/worried', '/nonsense']],
      ['shared', ['', '/code']],
      ['survey', ['', '/thanks']],
      ['tally', ['']],
      ['questions', ['', '/1', '/send', '/no-more']],
      ['claim', ['']],
      ['calendar', ['']],
    ] as const;
    const statuses = new Set<number>();
    for (const [kind, ends] of places) {
      const right = theirs[kind];
      const forged = right.replace(tokenOf(right), `${kind}-forged-`.padEnd(43, 'Zq7'));
      for (const path of [right, forged, `${right}%00`, `${right}/`.repeat(2)]) {
        secrets.add(tokenOf(path));
        for (const end of ends) {
          const answers = [await ask('GET', `${path}${end}?token=${tokenOf(path)}`)];
          answers.push(await ask('POST', `${path}${end}`, { note: 'x', token: tokenOf(path) }));
          for (const { status } of answers) statuses.add(status);
        }
      }
    }
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    expect(statuses).toContain(200);
    const codes = await rowsOf<{ id: string }>(
      theirs.scheme,
      sql`select id from reply_code where scheme_id = ${theirs.scheme.id}`,
    );
    expect(codes.length).toBeGreaterThan(0);
    // What somebody typed in is as good as a code to whoever reads it tried.
    for (const code of ['918273', ...codes.map(({ id }) => codeOf(betony.config.tokenKey, id))]) {
      await ask('POST', `${theirs.shared}/open`, { code });
      secrets.add(`"${code}"`).add(`=${code}`).add(` ${code}`);
    }
    const log = logged();
    expect(log).toContain('"route":"/reply/:token/:verb"');
    expect(log).toContain('"route":"/api/v1/calendars/:file"');
    expect([...secrets].filter((secret) => secret.length < 7)).toEqual([]);
    expect([...secrets].filter((secret) => log.includes(secret))).toEqual([]);
    for (const kind of ['reply', 'survey', 'claim'] as const) expect(log).not.toContain(tokenOf(ours[kind]));
  });
});
