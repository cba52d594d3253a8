import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { Digests } from '../../../src/reminders/digests.service.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { ProductActs } from '../../../src/reminders/product-acts.service.js';
import type { ReminderKind } from '../../../src/reminders/reminder.kinds.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import { aStage, CASES, type Made, type Stage, writing } from '../../factories/every-kind.js';
import { inScheme } from '../../factories/episodes.js';
import {
  dateBy,
  HOLIDAYS_WRITTEN_DOWN,
  inLondon,
  isWorkday,
  momentBy,
  onTheWall,
} from '../../support/by-the-calendar.js';
import { filedMail } from '../../support/mailbox.js';
import { aScheme } from '../../support/people.js';
import { type ReminderDesk, reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';

/**
 * Moments from which one thing of every kind is to be remembered: before Christmas, before Easter, in the nights in which
 * the clocks change, such that appointments lie on those very days, and before each of the other holidays.
 */
const BEGINNINGS = [
  ['2026-12-23', '09:30'],
  ['2027-03-14', '10:00'],
  ['2027-03-24', '16:45'],
  ['2027-03-27', '23:30'],
  ['2027-04-29', '11:00'],
  ['2027-05-28', '07:15'],
  ['2027-08-27', '15:00'],
  ['2027-10-17', '10:00'],
  ['2027-10-30', '23:30'],
  ['2027-12-24', '12:00'],
].map(([date = '', time = '']) => inLondon(date, time));
const LAST = '2028-01-10';

/** A practice's week begins with the week and not with its case: the last test here looks at that. Nothing fails in this year. */
const KINDS = (Object.keys(CASES) as ReminderKind[]).filter(
  (kind) => kind !== 'weekly' && !CASES[kind].unless,
);

/** The same moment, or the next eight o'clock where it is night. */
function byDay(at: Date): Date {
  const hour = Number(onTheWall(at).slice(11, 13));
  if (hour >= 20) return momentBy('1d 08:00', at);
  return hour < 8 ? momentBy('0d 08:00', at) : at;
}

interface Expected {
  kind: ReminderKind;
  made: Made;
  step: number;
  at: Date;
  what: string;
}

describe('reminders over a year', () => {
  let betony: TestApp;
  let stage: Stage;
  let desk: ReminderDesk;

  beforeAll(async () => {
    betony = await startApp({ now: BEGINNINGS[0]!.toISOString() });
    const scheme = await aScheme(betony);
    stage = await aStage(scheme);
    desk = reminderDesk(scheme);
  });
  afterAll(() => betony.stop());

  const actor = () => systemActor(stage.scheme.id, 'reminders');
  const rows = <Row extends object>(statement: ReturnType<typeof sql>): Promise<Row[]> =>
    inScheme(stage.scheme, (tx) => tx.rows<Row>(statement));

  const send = async (): Promise<void> => {
    for (const message of await betony.get(MessagesService).ready(actor())) {
      await betony
        .get(SendMessage)
        .perform({ name: 'send-message', key: message, schemeId: stage.scheme.id, ids: { message } });
    }
  };
  const tick = async (at: Date): Promise<void> => {
    betony.clock.set(at);
    await betony.get(ProductActs).work(actor());
    await desk.work();
    await send();
  };
  /** What comes up next, nothing happening between, and whether anything is on a list. */
  const ahead = async (): Promise<{ at: Date | null; listed: boolean }> => {
    const [row] = await rows<{ at: Date | null; listed: boolean }>(sql`
      select least(
          (select min(due_at) from reminder where scheme_id = ${stage.scheme.id} and state = 'waiting'),
          (select min(next_attempt_at) from message where scheme_id = ${stage.scheme.id} and state = 'ready')) as at,
        exists (select 1 from task where scheme_id = ${stage.scheme.id} and ended_at is null) as listed`);
    return row!;
  };

  const expected: Expected[] = [];
  const begin = async (from: Date): Promise<void> => {
    betony.clock.set(from);
    for (const kind of KINDS) {
      const made = await writing(stage, from, CASES[kind].make);
      await desk.plan({ [made.subject]: [made.id] });
      expected.push(
        ...CASES[kind].told.map((line, index) => {
          const [, rule = '', what = ''] = /^(now|.+ \d\d:\d\d) (.+)$/.exec(line) ?? [];
          return { kind, made, step: index + 1, at: momentBy(rule, from), what };
        }),
      );
    }
  };

  it('each once, on its day, at its hour on the wall', async () => {
    const beginnings = [...BEGINNINGS];
    for (let day = dateBy('0d', BEGINNINGS[0]!); day <= LAST; day = dateBy('1d', inLondon(day, '12:00'))) {
      const midnight = inLondon(day, '23:59');
      const before = (at: Date): Date | null => (at <= midnight ? at : null);
      const morning = inLondon(day, '08:00');
      let isMorning = false;
      for (;;) {
        const { at, listed } = await ahead();
        // Where the day brings nothing and nobody has anything to do, not even the morning's e-mail is looked at.
        const hasMorning = !isMorning && (listed || new Date(morning).getUTCDay() < 3);
        const moments = [beginnings[0] && before(beginnings[0]), at && before(at), hasMorning && morning];
        const next = Math.min(...moments.map((moment) => (moment ? moment.getTime() : Infinity)));
        if (next === Infinity) break;
        if (next === beginnings[0]?.getTime()) await begin(beginnings.shift()!);
        await tick(new Date(next));
        isMorning ||= next >= morning.getTime();
        if (next === morning.getTime()) {
          await betony.get(Digests).make(actor());
          await send();
        }
      }
      // By the evening of a working day everybody has done what was on their list.
      if (isWorkday(day)) {
        await rows(sql`
          update task set ended_at = created_at, outcome = 'finished'
          where scheme_id = ${stage.scheme.id} and ended_at is null returning id`);
      }
    }
    expect(beginnings).toEqual([]);
  }, 600_000);

  it('and nothing else: none early, late, twice, forgotten or overtaken', async () => {
    const end = inLondon(LAST, '23:45');
    const told = await rows<{
      subject: string;
      kind: string;
      step: number;
      dueAt: Date;
      doneAt: Date | null;
      line: string;
      sentAt: Date | null;
    }>(sql`
      select r.subject_id as subject, r.kind, r.step, r.due_at as "dueAt", r.done_at as "doneAt",
        concat_ws(' ', r.state, r.outcome) as line, m.sent_at as "sentAt"
      from reminder r left join message m on m.scheme_id = r.scheme_id and m.id = r.message_id
      where r.scheme_id = ${stage.scheme.id}`);
    const wrong: string[] = [];
    let due = 0;
    for (const { kind, made, step, at, what } of expected) {
      const theirs = told.filter(
        (row) =>
          row.subject === made.id &&
          row.kind === kind &&
          row.step === step &&
          !row.line.startsWith('dropped'),
      );
      const name = `${kind} ${String(step)} of ${onTheWall(at)}`;
      const [row] = theirs;
      if (!row || theirs.length !== 1) wrong.push(`${name}: ${String(theirs.length)} times`);
      else if (at > end) {
        if (row.line !== 'waiting') wrong.push(`${name}: ${row.line}`);
      } else {
        due += 1;
        const came = what.startsWith('mail') ? 'message' : what === 'product' ? 'done_by_product' : 'task';
        if (row.line !== `done ${came}`) wrong.push(`${name}: ${row.line}`);
        if (row.doneAt && onTheWall(row.doneAt) !== onTheWall(at)) {
          wrong.push(`${name}: at ${onTheWall(row.doneAt)}`);
        }
        const sent = row.sentAt && onTheWall(row.sentAt);
        if (came === 'message' && sent !== onTheWall(byDay(at))) wrong.push(`${name}: sent ${String(sent)}`);
      }
    }
    for (const row of told) {
      if (/superseded|too_late|nobody/.test(row.line))
        wrong.push(`${row.kind} ${String(row.step)}: ${row.line}`);
      if (row.line === 'waiting' && row.dueAt <= end)
        wrong.push(`${row.kind} ${String(row.step)}: forgotten`);
    }
    expect(wrong).toEqual([]);
    // A year in which little fell due would pass as well.
    expect(due).toBeGreaterThan(800);
    for (const kind of KINDS) {
      const times = expected.filter((each) => each.kind === kind && each.at <= end).length;
      expect([kind, times > 0]).toEqual([kind, true]);
    }
    const days = new Set(told.flatMap(({ doneAt }) => (doneAt ? [onTheWall(doneAt).slice(0, 10)] : [])));
    for (const change of ['2027-03-28', '2027-10-31'])
      expect([change, days.has(change)]).toEqual([change, true]);

    const tasks = await rows<{ times: number }>(sql`
      select count(*)::int as times from task where scheme_id = ${stage.scheme.id}
      group by subject_id, kind, audience, step, occasion having count(*) > 1`);
    expect(tasks).toEqual([]);
  });

  it('and by day: no mail at night, no daily e-mail but on working days, the weekly one on the first of them', async () => {
    const messages = await rows<{ id: string; kind: string; state: string; sentAt: Date | null }>(sql`
      select id, kind, state, sent_at as "sentAt" from message where scheme_id = ${stage.scheme.id}`);
    expect(messages.filter(({ state }) => state !== 'sent' && state !== 'cancelled')).toEqual([]);
    const sent = messages.flatMap(({ id, kind, sentAt }) =>
      sentAt ? [{ id, kind, at: onTheWall(sentAt) }] : [],
    );
    const arrived = (await filedMail(betony.config.dataDir)).map(({ messageId }) => messageId?.slice(1, 37));
    expect(arrived.sort()).toEqual(sent.map(({ id }) => id).sort());
    expect(new Set(arrived).size).toBe(arrived.length);
    const byNight = sent.filter(({ at }) => at.slice(11) < '08:00' || at.slice(11) >= '20:00');
    // What cannot wait for the morning goes to those who work here, and to nobody else.
    expect(byNight.filter(({ kind }) => kind !== 'notice')).toEqual([]);

    const daily = sent.filter(({ kind }) => kind === 'digest' || kind === 'inbox');
    expect(daily.filter(({ at }) => !at.endsWith('08:00') || !isWorkday(at.slice(0, 10)))).toEqual([]);
    expect(daily.length).toBeGreaterThan(100);

    const weekly = sent.filter(({ kind }) => kind === 'weekly').map(({ at }) => at.slice(0, 10));
    expect(new Set(weekly).size).toBe(weekly.length);
    for (const day of weekly) {
      const noon = inLondon(day, '12:00');
      const monday = dateBy(`${String(-((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7))}d`, noon);
      expect(day).toBe(dateBy('0wd', inLondon(monday, '12:00')));
    }
    // Easter Monday, and the Monday in May: on the Tuesday instead.
    expect(HOLIDAYS_WRITTEN_DOWN).toEqual(expect.arrayContaining(['2027-03-29', '2027-05-03']));
    expect(weekly).toEqual(expect.arrayContaining(['2027-03-30', '2027-05-04']));
  });
});
