import sql from 'sql-template-tag';
import { AgreementsService } from '../../../src/clients/agreements.service.js';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Digests } from '../../../src/reminders/digests.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { aClient } from '../../factories/clients.js';
import { anEpisode, changeRow, closedAt, inScheme, withWorker } from '../../factories/episodes.js';
import { startMailbox, type TestMailbox } from '../../support/mailbox.js';
import { aMember, aScheme, anOrganisation, type TestMember, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

const MONDAY = '2026-11-23T10:00:00Z';
const SECURE = 'mill.lane@secure.example.org';

let betony: TestApp;
let mailbox: TestMailbox;
let scheme: TestScheme;
let practice: string;
let manager: TestMember;

beforeAll(async () => {
  mailbox = await startMailbox();
  betony = await startApp({ config: { smtpUrl: mailbox.url } });
});
afterAll(async () => {
  await betony.stop();
  await mailbox.stop();
});
beforeEach(async () => {
  betony.clock.set(MONDAY);
  mailbox.messages.length = 0;
  scheme = await aScheme(betony);
  practice = await anOrganisation(scheme, 'gp_practice');
  await changeRow(scheme, 'organisation', practice, { feedback_email: SECURE });
  manager = await aMember(scheme, 'scheme_manager');
});

const actor = () => systemActor(scheme.id, 'messages');
const send = (message: string) =>
  betony
    .get(SendMessage)
    .perform({ name: 'send-message', key: `send-message-${message}`, schemeId: scheme.id, ids: { message } });
const post = (url: string, payload: object = {}) =>
  betony.inject({ method: 'POST', url: `/api/v1${url}`, headers: manager.headers, payload });

async function closed(
  of = practice,
  columns: Record<string, unknown> = {},
  nhsNumber = '9990001236',
): Promise<string> {
  const clientId = await aClient(scheme, {
    firstName: 'Grace',
    lastName: 'Okoro',
    nhsNumber,
    dateOfBirth: '1951-03-02',
  }).agreedWith(of, 'progress_feedback');
  const id = await anEpisode(scheme, 'closed', {
    client_id: clientId,
    organisation_id: of,
    sent_at: '2026-11-03T10:00:00Z',
    begun_at: '2026-11-09T10:00:00Z',
    ...closedAt(MONDAY),
    ...columns,
  });
  await reminderDesk(scheme).plan({ referral: [id] });
  return id;
}

async function summary(): Promise<TestMailbox['messages'][number]> {
  const made = await reminderDesk(scheme).work();
  for (const id of made) await send(id);
  expect(mailbox.messages).toHaveLength(1);
  return mailbox.messages[0]!;
}

describe('the summary of a closing', () => {
  it('is three lines a GP reads, and names nobody', async () => {
    await closed();
    const mail = await summary();
    const lines = mail.text!.split('\n').filter((line) => line !== '');
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^BT-\S+ – Closed/),
      'Sent on 3 November, spoken to since 9 November, ended on 23 November 2026.',
      'Nothing is asked of you. A new referral can be sent at any time.',
    ]);
    expect(`${mail.subject!} ${mail.text!}`).not.toMatch(/Grace|Okoro|1951|999/i);
    expect(mail.attachments).toEqual([]);
  });

  it('carries name, date of birth, NHS number and the document to an address on the list', async () => {
    expect((await post(`/organisations/${practice}/secure-addresses`, { email: SECURE })).statusCode).toBe(
      200,
    );
    await closed();
    const mail = await summary();
    expect(mail.subject).toMatch(/^News of BT-/);
    expect(mail.text).toContain('Grace OKORO, born 2 March 1951, NHS number 999 000 1236');
    const [document] = mail.attachments;
    expect(document).toMatchObject({ mimeType: 'text/html', disposition: 'attachment' });
    expect(document!.filename).toMatch(/^social-support-BT-\S+\.html$/);
    const text = Buffer.from(document!.content as ArrayBuffer).toString();
    expect(text).toContain('Grace OKORO');
    expect(text).toContain('Sent on 3 November');
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'another address than the one on the list',
      () => changeRow(scheme, 'organisation', practice, { feedback_email: 'other@example.org' }),
    ],
    [
      'an address taken off the list',
      () => post(`/organisations/${practice}/secure-addresses/remove`, { email: SECURE }),
    ],
    [
      'an organisation that is no practice any more',
      () => changeRow(scheme, 'organisation', practice, { kind: 'charity' }),
    ],
  ])('names nobody to %s', async (_what, change) => {
    await post(`/organisations/${practice}/secure-addresses`, { email: SECURE });
    await change();
    await closed();
    const mail = await summary();
    expect(mail.text).not.toContain('Okoro');
    expect(mail.attachments).toEqual([]);
  });

  it('is not sent to a practice that reads it here, nor asked of it in its list', async () => {
    await changeRow(scheme, 'organisation', practice, { feedback_by: 'none' });
    const id = await closed();
    expect(await reminderDesk(scheme).work()).toEqual([]);
    expect((await reminderDesk(scheme).tasks(id)).filter((line) => line.startsWith('closing_'))).toEqual([]);
  });

  it('goes to whoever answers for a practice where its author has left and it has no address for that', async () => {
    const author = await aMember(scheme, 'referrer', { organisation: practice });
    const contact = await aMember(scheme, 'referrer', { organisation: practice });
    await changeRow(scheme, 'organisation', practice, {
      feedback_email: null,
      contact_id: contact.actor.membershipId,
    });
    await changeRow(scheme, 'membership', author.actor.membershipId, { ended_at: MONDAY });
    await closed(practice, { author_id: author.actor.membershipId });
    expect((await summary()).to).toMatchObject([{ address: contact.email }]);
  });

  it('a list is kept for practices only, by managers', async () => {
    const group = await anOrganisation(scheme, 'charity');
    const refused = await post(`/organisations/${group}/secure-addresses`, { email: SECURE });
    expect(refused.statusCode).toBe(409);
    expect((await post(`/organisations/${practice}/secure-addresses`, { email: 'nobody' })).statusCode).toBe(
      422,
    );
    await post(`/organisations/${practice}/secure-addresses`, { email: SECURE.toUpperCase() });
    const list = await betony.inject({
      url: `/api/v1/organisations/${practice}/secure-addresses`,
      headers: manager.headers,
    });
    expect(list.json<{ email: string }[]>().map(({ email }) => email)).toEqual([SECURE]);
    const elsewhere = await anOrganisation(await aScheme(betony), 'gp_practice');
    expect((await post(`/organisations/${elsewhere}/secure-addresses`, { email: SECURE })).statusCode).toBe(
      404,
    );
  });
});

describe('a practice’s week', () => {
  const weekly = async (day: string): Promise<string[]> => {
    betony.clock.set(day);
    await betony.get(Digests).make(actor());
    const made = await reminderDesk(scheme).work();
    const claims = await Promise.all(made.map((id) => betony.get(MessagesService).claim(scheme.id, id)));
    return claims.flatMap((claim) =>
      claim?.letter.subject === 'Your week of referrals' ? claim.letter.text : [],
    );
  };

  it('is told on Monday, once, by references and without a name', async () => {
    await closed();
    expect(await weekly('2026-11-24T09:00:00Z')).toEqual([]);
    const [text, ...more] = await weekly('2026-11-30T09:00:00Z');
    expect(more).toEqual([]);
    expect(text!.split('\n')).toEqual([
      'Nothing is asked of you.',
      'Last week: 0 new from you, 0 spoken to for the first time, 1 ended. Waiting to be spoken to: 0.',
      expect.stringMatching(/^BT-\S+ – Closed: Done$/),
      'Sign in to see each of them: https://betony.example.org',
    ]);
    expect(await weekly('2026-11-30T10:00:00Z')).toEqual([]);
    expect(await weekly('2026-12-07T09:00:00Z')).toEqual([]);
  });

  it('is told on Tuesday when Monday is a bank holiday', async () => {
    betony.clock.set('2027-05-27T10:00:00Z');
    await closed(practice, closedAt('2027-05-27T10:00:00Z'));
    expect(await weekly('2027-05-31T09:00:00Z')).toEqual([]);
    expect(await weekly('2027-06-01T08:00:00Z')).toHaveLength(1);
  });

  it('names whom each line is about only at an address on the list', async () => {
    await post(`/organisations/${practice}/secure-addresses`, { email: SECURE });
    await closed();
    const [text] = await weekly('2026-11-30T09:00:00Z');
    expect(text).toMatch(
      /\nBT-\S+ – Closed: Done \(Grace OKORO, born 2 March 1951, NHS number 999 000 1236\)\n/,
    );
  });

  it('tells of those that go on and those that came back, the latter for as long as they wait', async () => {
    await closed(practice, {
      told_status: 'in_touch',
      told_at: '2026-11-24T10:00:00Z',
      told_why: null,
    });
    await closed(
      practice,
      { told_status: 'returned', told_at: '2026-11-02T10:00:00Z', told_why: null },
      '9990000018',
    );
    const [text] = await weekly('2026-11-30T09:00:00Z');
    expect(text!.split('\n').slice(2, -1)).toEqual([
      expect.stringMatching(/ – Back with you: something is missing$/),
      expect.stringMatching(/ – In touch with the person$/),
    ]);
  });

  it('does not come to a practice that wants none', async () => {
    await closed();
    await changeRow(scheme, 'organisation', practice, { weekly: false });
    expect(await weekly('2026-11-30T09:00:00Z')).toEqual([]);
  });

  it('leaves out those of whom it may hear nothing, and is switched off for all', async () => {
    const clientId = await aClient(scheme);
    await anEpisode(scheme, 'closed', {
      client_id: clientId,
      organisation_id: practice,
      ...closedAt(MONDAY),
    });
    expect(await weekly('2026-11-30T09:00:00Z')).toEqual([]);
    await closed(practice, closedAt('2026-12-02T10:00:00Z'));
    await post('/scheme/message-switches', { kind: 'weekly', channel: 'email', on: false });
    expect(await weekly('2026-12-07T09:00:00Z')).toEqual([]);
  });
});

describe('an agreement to be asked again', () => {
  it('is the owner’s on the day, red after three, the managers’ after ten, and done once it is renewed', async () => {
    const desk = reminderDesk(scheme);
    const worker = await aMember(scheme, 'link_worker');
    const clientId = await aClient(scheme).heldBy(worker).agreedWith(null, 'scheme_support');
    const id = await anEpisode(scheme, 'active', {
      client_id: clientId,
      ...withWorker('active', worker.actor.membershipId, '2027-12-01T09:00:00Z'),
    });
    const [agreement] = await inScheme(scheme, (tx) =>
      tx.rows<{ id: string }>(sql`
        update agreement set renew_on = '2026-12-01' where scheme_id = ${scheme.id} and client_id = ${clientId}
        returning id`),
    );
    await desk.plan({ referral: [id] });
    const renewals = async () =>
      (await desk.tasks(id)).filter((line) => line.startsWith('agreement_renewal'));
    await desk.work('2026-12-01T07:59:00Z');
    expect(await renewals()).toEqual([]);
    await desk.work('2026-12-01T08:00:00Z');
    expect(await renewals()).toEqual(['agreement_renewal membership open']);
    await desk.work('2026-12-05T08:00:00Z');
    expect(await renewals()).toEqual(['agreement_renewal membership late open']);
    await desk.work('2026-12-16T08:00:00Z');
    expect(await renewals()).toContain('agreement_renewal managers open');
    await betony.get(AgreementsService).renew(worker.actor, clientId, agreement!.id, {
      agreedOn: '2026-12-16',
      how: 'phone',
      renewOn: '2027-12-16',
    });
    expect((await renewals()).every((line) => line.endsWith('moved_on'))).toBe(true);
    expect(await desk.reminders(id)).toContainEqual(
      expect.stringMatching(/^agreement_renewal 1 2027-12-16T08:00 waiting/),
    );
  });
});
