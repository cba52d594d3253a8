import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Email } from 'postal-mime';
import sql from 'sql-template-tag';
import { systemActor } from '../../../src/platform/actor/actor.types.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { Digests } from '../../../src/reminders/digests.service.js';
import { CLIENT_SWITCHES, SCHEME_SWITCHES } from '../../../src/reminders/message.types.js';
import { MessagesService } from '../../../src/reminders/messages.service.js';
import { ProductActs } from '../../../src/reminders/product-acts.service.js';
import { ENDLESS, REMINDER_KINDS, type ReminderKind } from '../../../src/reminders/reminder.kinds.js';
import { TOLD_AT_ONCE } from '../../../src/reminders/told-at-once.js';
import { SendMessage } from '../../../src/reminders/send-message.handler.js';
import {
  aStage,
  CASES,
  type Case,
  type Made,
  type Stage,
  WHO,
  type Who,
  writing,
} from '../../factories/every-kind.js';
import { changeRow, inScheme, insertRow } from '../../factories/episodes.js';
import { momentBy, onTheWall } from '../../support/by-the-calendar.js';
import { hear } from '../../support/count-queries.js';
import { filedMail } from '../../support/mailbox.js';
import { aScheme } from '../../support/people.js';
import { type ReminderDesk, reminderDesk } from '../../support/reminder-desk.js';
import { startApp, type TestApp } from '../../support/start-app.js';
import { askedOfAll } from '../../support/whose.js';

/** A Monday, in the middle of its morning. */
const MONDAY = new Date('2026-11-23T10:00:00Z');

const KINDS = Object.keys(REMINDER_KINDS) as ReminderKind[];

/** "14d 3wd 17:00 owner late" as the moment and what comes of it. */
interface Told {
  step: number;
  at: Date;
  what: string;
}
const isAudience = (word: string): word is Who => (WHO as readonly string[]).includes(word);
const steps = ({ told }: Case): Told[] =>
  told.map((line, index) => {
    const [, rule = '', what = ''] = /^(now|.+ \d\d:\d\d) (.+)$/.exec(line) ?? [];
    return { step: index + 1, at: momentBy(rule, MONDAY), what };
  });
const byMoment = (one: Case): [Date, Told[]][] => {
  const moments = [...new Set(steps(one).map(({ at }) => at.getTime()))].sort((a, b) => a - b);
  return moments.map((at) => [new Date(at), steps(one).filter((told) => told.at.getTime() === at)]);
};
const mails = (one: Case): boolean => one.told.some((line) => line.includes(' mail '));
const MAILED = KINDS.filter((kind) => mails(CASES[kind]));
const TO_CLIENTS = KINDS.filter((kind) => CASES[kind].told.some((line) => line.endsWith('mail client')));

describe('every kind of reminder', () => {
  let betony: TestApp;
  let stage: Stage;
  let desk: ReminderDesk;

  const statements = new Set<string>();
  let stopHearing: () => void;
  beforeAll(async () => {
    betony = await startApp();
    stopHearing = hear((text) => statements.add(text));
  });
  afterAll(async () => {
    stopHearing();
    await betony.stop();
  });
  beforeEach(async () => {
    betony.clock.set(MONDAY);
    const scheme = await aScheme(betony);
    stage = await aStage(scheme);
    desk = reminderDesk(scheme);
  });

  /** The mail that went out since this was last asked. */
  const mail = async (): Promise<Email[]> => {
    const sent = await filedMail(betony.config.dataDir);
    rmSync(join(betony.config.dataDir, 'outbox'), { recursive: true, force: true });
    return sent;
  };
  afterEach(mail);

  const actor = () => systemActor(stage.scheme.id, 'reminders');
  const plan = ({ subject, id }: Made) => desk.plan({ [subject]: [id] });
  const begins = async (kind: ReminderKind): Promise<Made> => {
    const made = await writing(stage, MONDAY, CASES[kind].make);
    await plan(made);
    return made;
  };
  const ends = (kind: ReminderKind, made: Made) => writing(stage, MONDAY, (w) => CASES[kind].ends(w, made));
  /** A tick of the worker, with what it rings for. */
  const tick = async (at: Date): Promise<void> => {
    betony.clock.set(at);
    await betony.get(ProductActs).work(actor());
    await desk.work();
    await send();
  };
  const send = async (): Promise<void> => {
    for (const message of await betony.get(MessagesService).ready(actor())) {
      await betony
        .get(SendMessage)
        .perform({ name: 'send-message', key: message, schemeId: stage.scheme.id, ids: { message } });
    }
  };
  const rows = <Row extends object>(statement: ReturnType<typeof sql>): Promise<Row[]> =>
    inScheme(stage.scheme, (tx) => tx.rows<Row>(statement));
  const remindersOf = (kind: ReminderKind, { id }: Made) =>
    rows<{ step: number; dueAt: Date; line: string }>(sql`
      select step, due_at as "dueAt", concat_ws(' ', state, outcome) as line from reminder
      where scheme_id = ${stage.scheme.id} and subject_id = ${id} and kind = ${kind} order by step, due_at`);
  const stateOf = async (kind: ReminderKind, made: Made, step: number): Promise<string> =>
    (await remindersOf(kind, made)).filter((row) => row.step === step).at(-1)?.line ?? 'not there';
  const tasksOf = (kind: ReminderKind, { id }: Made) =>
    rows<{ audience: string; whose: string | null; late: boolean; ended: boolean }>(sql`
      select audience, audience_id as whose, late, ended_at is not null as ended from task
      where scheme_id = ${stage.scheme.id} and subject_id = ${id} and kind = ${kind} order by created_at, id`);
  const listOf = (who: Who): { audience: string; whose: string | null } => {
    if (who === 'practice') return { audience: 'organisation', whose: stage.practice };
    if (who === 'triage' || who === 'managers' || who === 'administrators')
      return { audience: who, whose: null };
    return { audience: 'membership', whose: stage[who].actor.membershipId };
  };
  const addressOf = async (made: Made, to: string): Promise<string> => {
    if (to === 'referrer') return 'feedback@example.org';
    if (to === 'practice' || to === 'inbox') {
      const [practice] = await rows<{ email: string }>(sql`
        select email from organisation where scheme_id = ${stage.scheme.id} and id = ${made.organisationId}`);
      return practice?.email ?? 'nobody';
    }
    const [found] = await rows<{ email: string }>(
      to === 'client'
        ? sql`select email from client where scheme_id = ${stage.scheme.id} and id = ${made.clientId}`
        : sql`select contact_email as email from provider
            where scheme_id = ${stage.scheme.id} and organisation_id = ${made.organisationId}`,
    );
    return found?.email ?? 'nobody';
  };
  const staffMail = async ({ audience, whose }: ReturnType<typeof listOf>): Promise<string> => {
    const nobodyNamed = audience === 'administrators' ? stage.administrators : stage.managers;
    const [found] = await rows<{ email: string }>(sql`
      select p.email from membership m
      join user_profile p on p.scheme_id = m.scheme_id and p.account_id = m.account_id
      where m.scheme_id = ${stage.scheme.id} and m.id = ${whose ?? nobodyNamed.actor.membershipId}`);
    return found?.email ?? 'nobody';
  };
  it('has a case here', () => {
    expect(Object.keys(CASES).sort()).toEqual([...KINDS].sort());
  });

  describe.each(KINDS)('%s', (kind) => {
    const one = CASES[kind];

    it('is told on its day to whom it is for, each step once, until the last', async () => {
      const made = await begins(kind);
      expect(
        (await remindersOf(kind, made)).map(({ step, dueAt }) => `${String(step)} ${onTheWall(dueAt)}`),
      ).toEqual(steps(one).map(({ step, at }) => `${String(step)} ${onTheWall(at)}`));
      const rung = new Set<string>();
      for (const [at, due] of byMoment(one)) {
        if (at > MONDAY) {
          await tick(new Date(at.getTime() - 1000));
          for (const { step } of due)
            expect([step, await stateOf(kind, made, step)]).toEqual([step, 'waiting']);
        }
        await mail();
        await tick(at);
        await tick(at);
        const sent = (await mail()).flatMap(({ to = [] }) => to.map(({ address }) => address));
        const expected: string[] = [];
        for (const { step, what } of due) {
          const [who = '', more = ''] = what.split(' ');
          const came = who === 'mail' ? 'message' : who === 'product' ? 'done_by_product' : 'task';
          expect([step, await stateOf(kind, made, step)]).toEqual([step, `done ${came}`]);
          if (came === 'message') expected.push(await addressOf(made, more));
          if (came === 'done_by_product' && one.tells) expected.push(await staffMail(listOf(one.tells)));
          if (came !== 'task') continue;
          const open = (await tasksOf(kind, made)).filter((task) => !task.ended);
          const theirs = listOf(who as Who);
          // Once: a task that turns late is rung for no second time.
          if (kind in TOLD_AT_ONCE && !rung.has(theirs.audience)) expected.push(await staffMail(theirs));
          rung.add(theirs.audience);
          expect(open.filter((task) => task.audience === theirs.audience)).toEqual([
            { ...theirs, late: more === 'late', ended: false },
          ]);
        }
        // Two of one moment leave in either order.
        expect(sent.sort()).toEqual(expected.sort());
      }
      // What has no end is planned on, beyond the last step of the case.
      const left = (await remindersOf(kind, made)).filter(({ line }) => !line.startsWith('done'));
      const last = Math.max(...steps(one).map(({ at }) => at.getTime()));
      expect(left.filter(({ dueAt }) => !ENDLESS.has(kind) || dueAt.getTime() <= last)).toEqual([]);
      expect(left.length > 0).toBe(ENDLESS.has(kind));
    });

    it('ends with what it is about, and not a moment later where nobody said that it ended', async () => {
      const made = await begins(kind);
      await ends(kind, made);
      await plan(made);
      const overlooked = await begins(kind);
      await ends(kind, overlooked);
      for (const [at] of byMoment(one)) {
        betony.clock.set(at);
        await betony.get(ProductActs).work(actor());
        await desk.work();
      }
      for (const each of [made, overlooked]) {
        const left = (await remindersOf(kind, each)).map(({ line }) => line);
        expect(left).toEqual(steps(one).map(() => 'dropped moved_on'));
        expect(await tasksOf(kind, each)).toEqual([]);
      }
    });

    const { moved } = one;
    if (moved === null) return;
    it('moves with its day, also where nobody said that it moved', async () => {
      const { by, to, step = 1 } = moved;
      const [made, overlooked] = [await begins(kind), await begins(kind)];
      const was = steps(one).find((told) => told.step === step)!.at;
      const due = momentBy(to, MONDAY);
      expect(due > was).toBe(true);
      if (typeof by === 'function') {
        await writing(stage, MONDAY, (w) => by(w, made));
        await writing(stage, MONDAY, (w) => by(w, overlooked));
      } else {
        await inScheme(stage.scheme, (tx) =>
          tx.run(sql`update scheme set settings = ${JSON.stringify(by)} where id = ${stage.scheme.id}`),
        );
      }
      await plan(made);
      const isDone = async (each: Made): Promise<boolean> =>
        (await remindersOf(kind, each)).some((row) => row.step === step && row.line.startsWith('done'));
      for (const at of [was, new Date(due.getTime() - 1000)]) {
        await tick(at);
        expect([await isDone(made), await isDone(overlooked)]).toEqual([false, false]);
      }
      await tick(due);
      expect([await isDone(made), await isDone(overlooked)]).toEqual([true, true]);
    });
  });

  describe.each(MAILED)('a message of %s', (kind) => {
    const one = CASES[kind];
    const first = steps(one).find(({ what }) => what.startsWith('mail '))!;
    const to = first.what.split(' ')[1]!;

    const switchOff = (whose: Record<string, unknown>) =>
      inScheme(stage.scheme, (tx) =>
        insertRow(tx, 'message_switch', {
          scheme_id: stage.scheme.id,
          id: newId(),
          kind,
          channel: 'email',
          switched_off_at: MONDAY,
          ...whose,
        }),
      );
    /** Up to the moment it is due, with nothing else waiting to be sent. */
    const due = async (): Promise<Made> => {
      const made = await begins(kind);
      if (first.at > MONDAY) await tick(new Date(first.at.getTime() - 1000));
      await mail();
      return made;
    };
    const expectInstead = async (made: Made): Promise<void> => {
      expect(await mail()).toEqual([]);
      const open = (await tasksOf(kind, made)).filter((task) => !task.ended);
      if (one.instead == null) return;
      expect(open).toMatchObject([listOf(one.instead)]);
    };

    it('is asked about once more before it goes: still wanted, and to which address', async () => {
      const [made, changed] = [await due(), await due()];
      betony.clock.set(first.at);
      await desk.work();
      await ends(kind, made);
      await writing(stage, MONDAY, async (w) => {
        if (to === 'client') await w.set('client', changed.clientId!, { email: 'moved@example.org' });
        if (to === 'referrer') {
          await w.set('organisation', stage.practice, { feedback_email: 'moved@example.org' });
        }
        if (to === 'practice' || to === 'inbox') {
          await w.set('organisation', changed.organisationId!, { feedback_email: 'moved@example.org' });
        }
        if (to === 'group') {
          await w.tx.run(sql`
            update provider set contact_email = 'moved@example.org'
            where scheme_id = ${stage.scheme.id} and organisation_id = ${changed.organisationId}`);
        }
      });
      await send();
      const sent = await mail();
      expect(sent.map(({ to }) => to)).toEqual([[{ address: 'moved@example.org', name: '' }]]);
      const [said] = sent;
      // P7: whom it is about, what for, and through whom they were referred stay out of it.
      expect(`${said!.subject!} ${said!.text!}`).not.toMatch(
        /Graciela|Adeyemi|lonel|lunch|Organisation|Group \d/i,
      );
    });

    it('becomes a person’s where nobody can be written to, and where the scheme wants none of it sent', async () => {
      const nobody = await due();
      await writing(stage, MONDAY, async (w) => {
        if (to === 'client') await w.set('client', nobody.clientId!, { safe_to_email: 'not_asked' });
        if (to === 'referrer') {
          await w.set('organisation', stage.practice, { feedback_email: null, email: null });
          await w.set('referral', nobody.id, { author_id: null });
        }
        if (to === 'practice' || to === 'inbox')
          await w.set('organisation', nobody.organisationId!, { email: null });
        if (to === 'group') {
          await w.tx.run(sql`
            update provider set contact_email = null
            where scheme_id = ${stage.scheme.id} and organisation_id = ${nobody.organisationId}`);
        }
      });
      await tick(first.at);
      await expectInstead(nobody);
      if (!(SCHEME_SWITCHES as readonly string[]).includes(kind)) return;
      betony.clock.set(MONDAY);
      await writing(stage, MONDAY, (w) =>
        w.set('organisation', stage.practice, { feedback_email: 'feedback@example.org' }),
      );
      await switchOff({});
      const off = await due();
      await tick(first.at);
      await expectInstead(off);
    });

    it('leaves nobody’s telephone ringing at night', async () => {
      const made = await due();
      const evening = momentBy('0d 20:30', first.at);
      const morning = momentBy('1d 08:00', first.at);
      await tick(evening);
      await tick(new Date(morning.getTime() - 1000));
      expect(await mail()).toEqual([]);
      await tick(morning);
      const open = (await tasksOf(kind, made)).filter((task) => !task.ended);
      const sent = (await mail()).length;
      expect([sent <= 1, sent === 1 || open.length > 0]).toEqual([true, !one.missed]);
    });

    if (to !== 'client') return;
    it('is in their language, and not sent to who wants none', async () => {
      const polish = await due();
      await changeRow(stage.scheme, 'client', polish.clientId!, { language: 'pl' });
      const quiet = await due();
      await switchOff({ client_id: quiet.clientId });
      await tick(first.at);
      const sent = await rows<{ client: string; language: string; missing: string | null }>(sql`
        select client_id as client, language, language_missing as missing from message
        where scheme_id = ${stage.scheme.id} and kind = 'client'`);
      expect(sent).toEqual([{ client: polish.clientId, language: 'pl', missing: null }]);
      // A machine's draft has the English beneath it.
      expect((await mail())[0]!.text).toMatch(/^Dzień dobry,[^]*maszyna[^]*To samo po angielsku:\s+Hello,/);
      const open = (await tasksOf(kind, quiet)).filter((task) => !task.ended);
      if (one.instead != null) expect(open).toMatchObject([listOf(one.instead)]);
    });
  });

  it('that goes to people can be switched off by each of them, and by a scheme but for what a group must hear', () => {
    // What somebody writes to them just then goes out by nobody's switch.
    expect([...CLIENT_SWITCHES, 'written_message'].sort()).toEqual([...TO_CLIENTS].sort());
    const always = MAILED.filter((kind) => !(SCHEME_SWITCHES as readonly string[]).includes(kind));
    expect(always.sort()).toEqual([
      'do_not_contact',
      'group_closed',
      'offer_made',
      'safety_changed',
      'written_message',
    ]);
  });

  it('that stands on a list is in that person’s one e-mail of the next working day, and in no other', async () => {
    const lists: { kind: ReminderKind; who: Who }[] = KINDS.flatMap((kind) =>
      steps(CASES[kind]).flatMap(({ what }, index) => {
        const who = what.split(' ')[0]!;
        return isAudience(who) && CASES[kind].told[index]!.startsWith('now') ? [{ kind, who }] : [];
      }),
    );
    for (const kind of new Set(lists.map((each) => each.kind))) await begins(kind);
    await tick(MONDAY);
    // What was told at once does not count: it is in the daily e-mail all the same.
    await mail();
    betony.clock.set('2026-11-24T08:00:00Z');
    const digests = betony.get(Digests);
    await digests.make(actor());
    await digests.make(actor());
    await send();
    const got = (await mail()).map(({ to, text = '' }) => ({
      to: to?.[0]?.address,
      count: Number(/: (\d+)/.exec(text)?.[1]),
    }));
    const expected = WHO.flatMap((who) => {
      const count = lists.filter((each) => each.who === who).length;
      if (count === 0) return [];
      return { to: who === 'practice' ? 'feedback@example.org' : stage[who].email, count };
    });
    const order = (a: { to?: string | undefined }, b: { to?: string | undefined }) =>
      (a.to ?? '').localeCompare(b.to ?? '');
    expect(got.sort(order)).toEqual(expected.sort(order));
    expect(expected.length).toBeGreaterThan(3);
  });

  it('asked nothing of the rows of a scheme without saying of which', async () => {
    expect(statements.size).toBeGreaterThan(100);
    expect(await askedOfAll(betony.database, statements)).toEqual([]);
  });
});
