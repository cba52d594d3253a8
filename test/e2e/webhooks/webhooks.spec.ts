import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sql from 'sql-template-tag';
import { Webhook } from 'standardwebhooks';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import { Ticks } from '../../../src/platform/jobs/ticks.js';
import { Outgoing } from '../../../src/platform/outgoing/outgoing.js';
import { Deliveries } from '../../../src/webhooks/deliveries.service.js';
import { TellPrograms } from '../../../src/webhooks/tell-programs.js';
import { changeRow } from '../../factories/episodes.js';
import { aCase, aGroup, anOffer, type TestGroup } from '../../factories/onward.js';
import { aProgram, type TestProgram } from '../../factories/programs.js';
import { aReferral } from '../../factories/referrals.js';
import { filedMail } from '../../support/mailbox.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../../support/people.js';
import { rowsOf } from '../../support/records.js';
import { settle } from '../../support/settle.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

interface Heard {
  headers: IncomingHttpHeaders;
  body: string;
}

describe('what programs are told', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let administrator: TestMember;
  let practice: string;
  let program: TestProgram;
  let server: Server;
  let url: string;
  let heard: Heard[];
  let status: number;
  let words: string;

  beforeAll(async () => {
    server = createServer((request, reply) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push({ headers: request.headers, body });
        reply
          .writeHead(status, status >= 300 && status < 400 ? { location: 'http://169.254.169.254/' } : {})
          .end(words);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const port = String((server.address() as AddressInfo).port);
    url = `http://receiver.test:${port}/betony`;
    const outgoing = new Outgoing({
      resolve: (host) => Promise.resolve(host === 'receiver.test' ? ['127.0.0.1'] : ['10.0.0.5']),
      addresses: ['127.0.0.1'],
      ports: [port],
      plain: true,
    });
    betony = await startApp({
      customise: (builder) => builder.overrideProvider(Outgoing).useValue(outgoing),
    });
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await betony.stop();
  });
  beforeEach(async () => {
    betony.clock.set(TEST_NOW);
    [heard, status, words] = [[], 204, ''];
    scheme = await aScheme(betony);
    administrator = await aMember(scheme, 'administrator');
    practice = await anOrganisation(scheme, 'gp_practice');
    program = await aProgram(scheme, 'referrer', { organisationId: practice });
  });

  const call = (
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    payload?: object,
    headers: Record<string, string> = administrator.headers,
  ) => betony.inject({ method, url: `/api/v1/${path}`, headers, ...(payload && { payload }) });
  const REFERRAL = [
    'referral.sent',
    'referral.taken_on',
    'referral.in_touch',
    'referral.closed',
    'referral.withdrawn',
  ];
  const subscribe = async (
    of = program,
    events = REFERRAL,
    to = url,
  ): Promise<{ id: string; secret: string }> => {
    const answer = await call('POST', `programs/${of.id}/webhooks`, { url: to, events });
    expect([answer.statusCode, answer.body]).toEqual([201, answer.body]);
    const { webhook, secret } = answer.json();
    return { id: webhook.id, secret };
  };
  /** As the worker would, by now. */
  const tell = async (webhook: string): Promise<void> => {
    await settle(betony);
    await betony.get(TellPrograms).perform({ name: '', key: '', schemeId: scheme.id, ids: { webhook } });
  };
  const log = async (webhook: string) => (await call('GET', `webhooks/${webhook}/deliveries`)).json().items;
  const sender = async () => aMember(scheme, 'referrer', { organisation: practice });

  it('is an event, an id, a reference and where to read it, signed as Standard Webhooks has it', async () => {
    betony.clock.set(new Date().toISOString());
    const { id: webhook, secret } = await subscribe();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { id } = await aReferral(scheme)
      .from(await sender())
      .about({ firstName: 'Zqada', lastName: 'Zqbrook' });
    await tell(webhook);
    expect(heard).toHaveLength(1);
    const { headers, body } = heard[0] as Heard;
    const shown = (await call('GET', `referrals/${id}`, undefined, program.headers)).json();
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
      type: 'referral.sent',
      timestamp: expect.any(String),
      data: { id, reference: shown.reference, link: `${betony.config.publicUrl}/api/v1/referrals/${id}` },
    });
    expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
    for (const private_ of ['Zqada', 'Zqbrook', 'loneliness']) expect(body).not.toContain(private_);
    expect((await log(webhook))[0]).toMatchObject({
      id: headers['webhook-id'],
      event: 'referral.sent',
      state: 'taken',
      tries: 1,
      status: 204,
    });
  });

  it('follows what a sender reads: neither who has it, nor what moves behind it, nor others’ referrals', async () => {
    const { id: webhook } = await subscribe();
    const worker = await aMember(scheme, 'link_worker');
    const { id } = await aReferral(scheme)
      .from(await sender())
      .accepted()
      .allocatedTo(worker)
      .active();
    await aReferral(scheme).accepted();
    await tell(webhook);
    const told = heard.map(({ body }) => JSON.parse(body));
    expect(told.map(({ data }) => data.id)).toEqual(told.map(() => id));
    // All at one moment here, and so told once: how it stands now.
    expect(told.map(({ type }) => type)).toEqual(['referral.in_touch']);
    const before = heard.length;
    betony.clock.advance({ minutes: 1 });
    const noted = await call('POST', `referrals/${id}/notes`, { note: 'Rang, no answer' }, worker.headers);
    expect(noted.statusCode).toBe(200);
    await tell(webhook);
    expect(heard).toHaveLength(before);
  });

  it('tells the sender of a joined referral at the moment of the other, in the same words', async () => {
    const { id: webhook } = await subscribe();
    const same = { nhsNumber: '9990000018', firstName: 'Ada', lastName: 'Brook', dateOfBirth: '1950-01-02' };
    const open = await aReferral(scheme).about(same).accepted();
    betony.clock.advance({ minutes: 5 });
    const { id } = await aReferral(scheme)
      .from(await sender())
      .about(same)
      .joinedTo(open.id);
    await tell(webhook);
    expect(heard.map(({ body }) => [JSON.parse(body).type, JSON.parse(body).data.id])).toEqual([
      ['referral.taken_on', id],
    ]);
  });

  it('is told again under the same id until it is taken, later each time', async () => {
    const { id: webhook } = await subscribe();
    await aReferral(scheme).from(await sender());
    status = 500;
    words = `not now ${'x'.repeat(2000)}`;
    await tell(webhook);
    await tell(webhook);
    expect(heard).toHaveLength(1);
    betony.clock.advance({ seconds: 31 });
    await tell(webhook);
    const [row] = await log(webhook);
    expect(row).toMatchObject({ state: 'waiting', tries: 2, status: 500 });
    expect(row.answer).toHaveLength(500);
    betony.clock.advance({ minutes: 6 });
    status = 200;
    await tell(webhook);
    expect(heard).toHaveLength(3);
    expect(new Set(heard.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([row.id]));
    expect(new Set(heard.map(({ body }) => body)).size).toBe(1);
    expect((await call('GET', `webhooks/${webhook}`)).json().failingSince).toBeNull();
  });

  it('is told by somebody else under the same id when whoever told it was killed', async () => {
    const { id: webhook } = await subscribe();
    await aReferral(scheme).from(await sender());
    await settle(betony);
    const killed = await betony.get(Deliveries).claim(scheme.id, webhook);
    await tell(webhook);
    expect([killed !== null, heard.length]).toEqual([true, 0]);
    betony.clock.advance({ seconds: 61 });
    expect(await betony.get(Deliveries).due(scheme.id)).toEqual([webhook]);
    await tell(webhook);
    expect(heard.map(({ headers }) => headers['webhook-id'])).toEqual([killed?.id]);
    // Had it only slept, what it says now no longer counts.
    if (killed)
      expect(
        await betony.get(Deliveries).settle(killed, { status: 500, because: null, answer: null }),
      ).toBeNull();
    expect((await log(webhook))[0].state).toBe('taken');
  });

  it('comes in the order in which it happened', async () => {
    const { id: webhook } = await subscribe();
    const ids = [];
    for (let n = 0; n < 3; n++) {
      ids.push((await aReferral(scheme).from(await sender())).id);
      betony.clock.advance({ minutes: 1 });
    }
    await tell(webhook);
    expect(heard.map(({ body }) => JSON.parse(body).data.id)).toEqual(ids);
  });

  it('ends after three days in which nothing was taken, and every administrator hears of it', async () => {
    const { id: webhook } = await subscribe();
    await aReferral(scheme).from(await sender());
    status = 503;
    for (let hours = 0; hours <= 80; hours += 1) {
      await tell(webhook);
      betony.clock.advance({ hours: 1 });
    }
    expect(heard).toHaveLength(10);
    const view = (await call('GET', `webhooks/${webhook}`)).json();
    expect([view.offBecause, view.offAt !== null]).toEqual(['failing', true]);
    await settle(betony);
    const letters = (await filedMail(betony.config.dataDir)).filter((mail) =>
      mail.to?.some(({ address }) => address === administrator.email),
    );
    expect(letters).toHaveLength(1);
    expect(letters[0]?.text).toContain(`/desk/webhooks/${webhook}`);
    await aReferral(scheme).from(await sender());
    await tell(webhook);
    expect(heard).toHaveLength(10);
    status = 200;
    expect((await call('POST', `webhooks/${webhook}/switch-on`)).json().offAt).toBeNull();
    const [first] = await log(webhook);
    expect((await call('POST', `webhook-deliveries/${first.id}/send-again`)).statusCode).toBe(200);
    await tell(webhook);
    expect(heard.at(-1)?.headers['webhook-id']).toBe(first.id);
    expect((await log(webhook))[0].state).toBe('taken');
  });

  it('ends at once where it is said to be gone, and is followed nowhere', async () => {
    const { id: webhook } = await subscribe();
    await aReferral(scheme).from(await sender());
    status = 302;
    await tell(webhook);
    expect((await log(webhook))[0]).toMatchObject({ state: 'waiting', status: 302 });
    status = 410;
    betony.clock.advance({ minutes: 1 });
    await tell(webhook);
    expect((await call('GET', `webhooks/${webhook}`)).json().offBecause).toBe('gone');
  });

  it.each([
    ['http://127.0.0.2/hook', 'public internet'],
    ['http://169.254.169.254/latest', 'public internet'],
    ['http://[::1]/hook', 'public internet'],
    ['http://localhost/hook', 'public internet'],
    ['ftp://receiver.test/hook', 'begins with https'],
    ['https://a:b@receiver.test/hook', 'without a user'],
    ['nowhere', 'begins with https'],
  ])('is not told to %s', async (to, words) => {
    const answer = await call('POST', `programs/${program.id}/webhooks`, { url: to, events: REFERRAL });
    expect([answer.statusCode, answer.json().errors[0].field]).toEqual([422, 'url']);
    expect(answer.json().errors[0].message).toContain(words);
  });

  it('goes by https alone, and to no name that leads inside', async () => {
    expect(() => new Outgoing().checkTold('http://receiver.example.org/hook')).toThrow('https://');
    const { id: webhook } = await subscribe(program, REFERRAL, url.replace('receiver.test', 'inside.test'));
    await aReferral(scheme).from(await sender());
    await tell(webhook);
    expect(heard).toEqual([]);
    expect((await log(webhook))[0]).toMatchObject({ state: 'waiting', status: null, because: 'not_public' });
  });

  it('is kept back where the person agrees no more, or the program reaches it no more', async () => {
    const { id: webhook } = await subscribe();
    const by = await sender();
    const referral = await aReferral(scheme).from(by);
    await tell(webhook);
    betony.clock.advance({ minutes: 1 });
    const manager = await aMember(scheme, 'scheme_manager');
    expect((await call('POST', `referrals/${referral.id}/accept`, {}, manager.headers)).statusCode).toBe(200);
    await settle(betony);
    await rowsOf(
      scheme,
      sql`
      update agreement set withdrawn_at = ${betony.clock.now()}, withdrawn_by = recorded_by
      where client_id = ${referral.clientId} and organisation_id = ${practice} returning id`,
    );
    await tell(webhook);
    expect(heard).toHaveLength(1);
    expect((await log(webhook))[0]).toMatchObject({
      event: 'referral.taken_on',
      state: 'kept_back',
      tries: 0,
    });
    await aReferral(scheme).from(by);
    await settle(betony);
    await changeRow(scheme, 'organisation', practice, { active: false });
    await tell(webhook);
    await changeRow(scheme, 'organisation', practice, { active: true });
    expect((await call('POST', `programs/${program.id}/end`)).statusCode).toBe(200);
    await tell(webhook);
    expect(heard).toHaveLength(1);
  });

  describe('of a group', () => {
    let group: TestGroup;
    let webhook: string;
    const EVENTS = ['onward.offered', 'onward.accepted', 'onward.withdrawn', 'listing.paused'];
    beforeEach(async () => {
      group = await aGroup(scheme, { places: 3 });
      const of = await aProgram(scheme, 'provider_member', { organisationId: group.organisationId });
      webhook = (await subscribe(of, EVENTS)).id;
    });

    it('is who was offered to it, by a reference of its own, and nobody else', async () => {
      const grace = await aCase(scheme);
      const id = await anOffer(scheme, grace, group).accepted();
      await anOffer(scheme, await aCase(scheme), await aGroup(scheme));
      await tell(webhook);
      const told = heard.map(({ body }) => JSON.parse(body));
      expect(told.map(({ type, data }) => [type, data.id])).toEqual([
        ['onward.offered', id],
        ['onward.accepted', id],
      ]);
      const bytes = JSON.stringify(told);
      expect(bytes).not.toContain(grace.referralId);
      expect(bytes).not.toContain(grace.clientId);
      expect(told[0].data.reference).toMatch(/^G-/);
    });

    it('is nothing once the agreement is withdrawn, but that it is over', async () => {
      const grace = await aCase(scheme);
      const id = await anOffer(scheme, grace, group);
      await settle(betony);
      const agreements = await rowsOf<{ id: string }>(
        scheme,
        sql`select id from agreement where client_id = ${grace.clientId} and organisation_id = ${group.organisationId}`,
      );
      const { actor } = await aMember(scheme, 'scheme_manager');
      for (const one of agreements)
        await betony.get(AgreementsService).withdraw(actor, grace.clientId, one.id, {});
      await tell(webhook);
      expect(heard.map(({ body }) => [JSON.parse(body).type, JSON.parse(body).data.id])).toEqual([
        ['onward.withdrawn', id],
      ]);
      expect(
        (await log(webhook)).map(({ event, state }: { event: string; state: string }) => [event, state]),
      ).toEqual([
        ['onward.withdrawn', 'taken'],
        ['onward.offered', 'kept_back'],
      ]);
    });
  });

  it('has two signatures for a day after the secret was changed', async () => {
    betony.clock.set(new Date().toISOString());
    const { id: webhook, secret } = await subscribe();
    const next = (await call('POST', `webhooks/${webhook}/renew-secret`)).json().secret;
    expect(next).not.toBe(secret);
    await aReferral(scheme).from(await sender());
    await tell(webhook);
    const { headers, body } = heard[0] as Heard;
    for (const one of [secret, next]) new Webhook(one).verify(body, headers as Record<string, string>);
    betony.clock.advance({ hours: 25 });
    await aReferral(scheme).from(await sender());
    await tell(webhook);
    expect(String(heard[1]?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  });

  it('is what its role is told, and figures are nobody’s event', async () => {
    const refused = await call('POST', `programs/${program.id}/webhooks`, {
      url,
      events: ['onward.offered'],
    });
    expect([refused.statusCode, refused.json().errors[0].field]).toEqual([422, 'events']);
    const counts = await aProgram(scheme, 'commissioner', {
      organisationId: await anOrganisation(scheme, 'commissioner'),
    });
    expect(
      (await call('POST', `programs/${counts.id}/webhooks`, { url, events: ['referral.sent'] })).statusCode,
    ).toBe(422);
  });

  it('can be tried, and its log is kept for 14 days', async () => {
    const { id: webhook } = await subscribe();
    words = 'thank you';
    const test = (await call('POST', `webhooks/${webhook}/test`)).json();
    expect(test).toMatchObject({ event: 'webhook.test', state: 'waiting' });
    await tell(webhook);
    expect(JSON.parse(heard[0]?.body ?? '{}')).toMatchObject({ type: 'webhook.test', data: {} });
    expect((await log(webhook))[0]).toMatchObject({ id: test.id, state: 'taken', status: 204 });
    betony.clock.advance({ days: 15 });
    await betony.get(Deliveries).forgetOld(scheme.id);
    expect(await log(webhook)).toEqual([]);
  });

  it('is on record, with whom it was about', async () => {
    const { id: webhook } = await subscribe();
    const { clientId } = await aReferral(scheme).from(await sender());
    await tell(webhook);
    const entries = await rowsOf<{ client_ids: string[] }>(
      scheme,
      sql`select client_ids from audit_entry where action = 'webhook.tell' and subject_id = ${webhook}`,
    );
    expect(entries).toEqual([{ client_ids: [clientId] }]);
  });

  it('is found by the round of every worker', async () => {
    const { id: webhook } = await subscribe();
    await call('POST', `webhooks/${webhook}/test`);
    await betony.get(Ticks).runDue();
    expect(await betony.get(Deliveries).due(scheme.id)).toEqual([webhook]);
  });
});
