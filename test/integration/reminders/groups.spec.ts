import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { AssuranceService } from '../../../src/providers/assurance.service.js';
import { ListingsService } from '../../../src/providers/listings.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { inScheme } from '../../factories/episodes.js';
import { aListing, aProvider } from '../../factories/providers.js';
import { aScheme, type TestScheme } from '../../support/people.js';
import { reminderDesk } from '../../support/reminder-desk.js';
import { startApp, TEST_NOW, type TestApp } from '../../support/start-app.js';

const INSURED = {
  requirement: 'insurance',
  level: 'personal_contact',
  checkedOn: '2026-11-20',
} as const;

describe('what groups are reminded of', () => {
  let betony: TestApp;
  let scheme: TestScheme;
  let desk: ReturnType<typeof reminderDesk>;
  beforeAll(async () => {
    betony = await startApp();
    scheme = await aScheme(betony);
    desk = reminderDesk(scheme);
  });
  afterAll(() => betony.stop());
  beforeEach(() => {
    betony.clock.set(TEST_NOW);
  });

  const maker = () => systemActor(scheme.id, 'test');
  const record = (group: string, lapsesOn: string) =>
    betony.get(AssuranceService).record(maker(), group, { ...INSURED, lapsesOn });
  const checkOf = async (group: string): Promise<string> =>
    (
      await inScheme(scheme, (tx) =>
        tx.one<{ id: string }>(sql`
          select id from assurance_record
          where scheme_id = ${scheme.id} and organisation_id = ${group} and ended_at is null`),
      )
    ).id;
  const byMail = () => aProvider(scheme, { answersBy: 'email', contactEmail: 'rose@example.org' });

  it('a check is warned about 60, 30 and 7 days before it lapses, and is the managers’ afterwards', async () => {
    const group = await byMail();
    await record(group, '2027-02-28');
    const id = await checkOf(group);
    await desk.work('2026-12-30T09:59:00Z');
    expect(await desk.messages(group)).toEqual([]);
    const warned = [];
    for (const at of ['2026-12-30T10:00:00Z', '2027-01-29T10:00:00Z', '2027-02-21T10:00:00Z']) {
      const [messageId = ''] = await desk.work(at);
      const claim = await betony.get(MessagesService).claim(scheme.id, messageId);
      if (!claim) throw new Error(`Nothing to send at ${at}`);
      await betony.get(MessagesService).settle(claim, 'sent', null);
      warned.push(claim);
    }
    expect(warned[0]).toMatchObject({
      to: 'rose@example.org',
      letter: { subject: "Your group's checks: something runs out soon" },
    });
    expect(warned[0]?.letter.text).toContain('28 February 2027');
    expect(await desk.tasks(id)).toEqual(['assurance_lapsing managers open']);
    await desk.work('2027-03-01T08:00:00Z');
    expect(await desk.tasks(id)).toEqual(['assurance_lapsing managers late open']);
    await record(group, '2028-01-31');
    expect(await desk.tasks(id)).toEqual(['assurance_lapsing managers late moved_on']);
  });

  it('a check recorded late is warned about once, not three times', async () => {
    const group = await byMail();
    await record(group, '2026-12-13');
    expect(await desk.work(TEST_NOW)).toHaveLength(1);
    const lines = await desk.reminders(await checkOf(group));
    expect(lines.filter((line) => line.endsWith('done message'))).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith('superseded'))).toHaveLength(1);
  });

  it('a group without an address is a task for managers instead', async () => {
    const group = await aProvider(scheme, { answersBy: 'phone', contactPhone: '07700 900123' });
    await record(group, '2027-01-22');
    await desk.work(TEST_NOW);
    expect(await desk.tasks(await checkOf(group))).toEqual(['assurance_lapsing managers open']);
  });

  it('a service is asked about 90 days after somebody confirmed it, and again 90 days after the answer', async () => {
    const group = await byMail();
    const id = await aListing(scheme).by(group);
    const waiting = async () => (await desk.reminders(id)).filter((line) => line.includes('waiting'));
    expect(await waiting()).toEqual(['listing_check 1 2027-02-21T10:00 waiting']);
    expect(await desk.work('2027-02-21T10:00:00Z')).toHaveLength(1);
    await betony.get(ListingsService).confirm(maker(), id);
    expect(await waiting()).toEqual(['listing_check 1 2027-05-22T09:00 waiting']);
    await betony.get(ListingsService).close(maker(), id, {});
    expect(await waiting()).toEqual([]);
  });
});
