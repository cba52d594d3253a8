import sql from 'sql-template-tag';
import { hold } from '../../../src/clients/client-reach.js';
import { newId } from '../../../src/platform/pure/ids.js';
import { PAGE_TASKS, TASK_KINDS, type TaskKind } from '../../../src/reminders/task.types.js';
import {
  aStage,
  CASES,
  type Made,
  type Stage,
  WHO,
  type Who,
  type Writer,
  writing,
} from '../../factories/every-kind.js';
import { changeRow, inScheme, insertRow } from '../../factories/episodes.js';
import { aMember, aScheme, type TestMember } from '../../support/people.js';
import { startApp, type TestApp } from '../../support/start-app.js';

/** A Monday, in the middle of its morning. */
const MONDAY = new Date('2026-11-23T10:00:00Z');
/** What a case begins with is two weeks old, so that a visit that is late is late now. */
const BEGAN = new Date('2026-11-08T10:00:00Z');

/** What is known of nobody in particular, by intent: who said it, or what was needed, stands on the page it leads to. */
const NAMES_NOBODY: readonly TaskKind[] = [
  'client_feedback',
  'client_feedback_answer',
  'staff_request',
  'gap_follow_up',
  'transfer_in',
  'key_ending',
  'key_last_days',
];

/** That a long job is over is told in the spec of jobs, where there is one. */
const KINDS = TASK_KINDS.filter((kind) => kind !== 'job_over');

/** What is done by ringing somebody other than the person. */
const RINGS_A_GROUP: readonly TaskKind[] = [
  'offer_made',
  'reply_wanted',
  'risk_learned',
  'group_barred',
  'safety_changed',
  'in_touch',
  'how_did_it_go',
  'do_not_contact',
  'group_closed',
  'assurance_lapsing',
  'listing_check',
  'contact_left',
  'group_claimed',
  'group_worried',
];

const isReader = (word: string): word is Who => (WHO as readonly string[]).includes(word);

describe('what there is to do', () => {
  let betony: TestApp;
  let stage: Stage;

  beforeAll(async () => {
    betony = await startApp();
    betony.clock.set(MONDAY);
    stage = await aStage(await aScheme(betony));
  });
  afterAll(() => betony.stop());

  const open = (url: string, who: TestMember) =>
    betony.inject({ url, headers: { cookie: who.browser.cookie } });

  const audienceOf = (who: Who): { audience: string; audience_id: string | null } => {
    if (who === 'practice') return { audience: 'organisation', audience_id: stage.practice };
    if (who === 'triage' || who === 'managers' || who === 'administrators')
      return { audience: who, audience_id: null };
    return { audience: 'membership', audience_id: stage[who].actor.membershipId };
  };

  const begun = <Result>(work: (w: Writer) => Promise<Result>): Promise<Result> =>
    writing(stage, BEGAN, work);

  /** Beside the reminders, each with a case in the table of kinds: what the ledger, a group or a person asks. */
  const askedBy: Partial<Record<TaskKind, () => Promise<{ made: Made; who: Who; kind: string }>>> = {
    contact_left: async () => aboutGroup(),
    group_claimed: async () => aboutGroup(),
    group_worried: async () => ({ ...(await of('how_did_it_go')), who: 'owner' }),
    page_message: async () => ({ ...(await of('next_contact')), who: 'owner', kind: 'page_message' }),
    cannot_come: async () => ({ ...(await of('appointment')), who: 'owner' }),
    took_back: async () => ({ ...(await of('next_contact')), who: 'owner', kind: 'client' }),
    death_told: async () => ({ ...(await of('next_contact')), who: 'owner', kind: 'client' }),
    safety_noted: async () => ({ ...(await of('next_contact')), who: 'owner', kind: 'client' }),
    contact_wish: async () => ({ ...(await of('next_contact')), who: 'owner', kind: 'client' }),
    shortlist_answered: async () => ({ ...(await of('next_contact')), who: 'owner' }),
    message_unconfirmed: async () => aboutMessage(),
    message_failed: async () => aboutMessage(),
  };
  const of = async (kind: keyof typeof CASES): Promise<{ made: Made; kind: string }> => {
    const made = await aCase(kind);
    return { made, kind: made.subject };
  };
  /** Rows of a case, with the first line of the history that the product writes as it makes them. */
  const aCase = (kind: keyof typeof CASES): Promise<Made> =>
    begun(async (w) => {
      const made = await CASES[kind].make(w);
      if (made.subject === 'onward_referral') {
        await w.insert('onward_referral_history', {
          onward_referral_id: made.id,
          at: w.now,
          action: 'offer',
          to_state: 'offered',
        });
      } else if (made.subject === 'appointment') {
        await w.insert('appointment_history', {
          appointment_id: made.id,
          at: w.now,
          action: 'make',
          starts_at: w.at('14d 14:00'),
        });
      }
      return made;
    });
  const aboutGroup = async (): Promise<{ made: Made; who: Who; kind: string }> => {
    const { made } = await of('listing_check');
    return { made: { ...made, id: made.organisationId ?? '' }, who: 'managers', kind: 'organisation' };
  };
  const aboutMessage = async (): Promise<{ made: Made; who: Who; kind: string }> => {
    const { made } = await of('next_contact');
    const id = await begun((w) =>
      w.insert('message', {
        kind: 'client',
        channel: 'email',
        recipient_kind: 'client',
        client_id: made.clientId,
        message_id: `<${newId()}@example.org>`,
        state: 'failed',
        because: '550 5.1.1',
        next_attempt_at: w.now,
        settled_at: w.now,
        created_at: w.now,
      }),
    );
    return { made: { ...made, id }, who: 'owner', kind: 'message' };
  };

  /** The task of a kind as it stands on somebody's list, and whoever that is. */
  async function aTask(kind: TaskKind, who?: Who): Promise<{ id: string; reader: TestMember; made: Made }> {
    const asked = await askedBy[kind]?.();
    const one = asked ? null : CASES[kind as keyof typeof CASES];
    const made = asked?.made ?? (await aCase(kind as keyof typeof CASES));
    const firstTold = one?.told
      .filter((line) => !line.includes(' mail '))
      .map((line) => line.split(' ').find(isReader))
      .find((word) => word);
    const forWhom = who ?? asked?.who ?? firstTold ?? one?.instead ?? 'owner';
    const id = newId();
    await inScheme(stage.scheme, async (tx) => {
      const [referral] = made.clientId
        ? await tx.rows<{ id: string }>(sql`
            select id from referral where scheme_id = ${stage.scheme.id} and client_id = ${made.clientId}`)
        : [];
      const referralId = referral?.id ?? (made.subject === 'referral' ? made.id : null);
      if (made.clientId !== null) {
        const holding = { clientId: made.clientId, sourceId: referralId ?? made.id };
        await hold(tx, {
          ...holding,
          holderKind: 'membership',
          holderId: stage.owner.actor.membershipId,
          why: 'owns',
        });
        await hold(tx, { ...holding, holderKind: 'triage', holderId: stage.scheme.id, why: 'triage' });
      }
      await insertRow(tx, 'task', {
        scheme_id: stage.scheme.id,
        id,
        kind,
        ...audienceOf(forWhom),
        subject_kind: asked?.kind ?? made.subject,
        subject_id: made.id,
        referral_id: referralId,
        client_id: made.clientId,
        due_at: MONDAY,
        created_at: MONDAY,
      });
    });
    const reader = forWhom === 'practice' ? stage.author : stage[forWhom];
    return { id, reader, made };
  }

  /** The row of a task on the page, as it is read. */
  async function rowOf(id: string, reader: TestMember): Promise<string> {
    const answer = await open('/desk/tasks', reader);
    expect(answer.statusCode).toBe(200);
    const body = answer.body.replace(/\s+/g, ' ');
    const row = body.split('<tr role="row"').find((text) => text.includes(`/desk/tasks/${id}/finish`));
    return row ?? '';
  }
  const cell = (row: string, heading: string): string =>
    row.split('<td').find((text) => text.includes(`${heading} </span>`) || text.includes(`>${heading}<`)) ??
    '';
  const linkOf = (row: string): string =>
    (/<a href="([^"]+)"/.exec(cell(row, 'Next step'))?.[1] ?? '').replaceAll('&amp;', '&');

  afterEach(() =>
    inScheme(stage.scheme, (tx) =>
      tx.run(sql`
        update task set ended_at = ${MONDAY}, outcome = 'finished'
        where scheme_id = ${stage.scheme.id} and ended_at is null`),
    ),
  );

  it.each(KINDS)('%s says whom it is about and leads to where it is done', async (kind) => {
    const { id, reader } = await aTask(kind);
    const row = await rowOf(id, reader);
    const to = linkOf(row);
    expect([kind, to]).toEqual([kind, expect.stringMatching(/^\/desk\//)]);
    const there = await open(to, reader);
    const on = there.statusCode === 303 ? await open(String(there.headers.location), reader) : there;
    expect([kind, to, on.statusCode]).toEqual([kind, to, 200]);
    const about = cell(row, 'About');
    if (NAMES_NOBODY.includes(kind)) return;
    expect([kind, about.includes('–')]).toEqual([kind, false]);
  });

  it.each(RINGS_A_GROUP)('%s names the group and its number', async (kind) => {
    const { id, reader, made } = await aTask(kind);
    await inScheme(stage.scheme, (tx) =>
      tx.run(sql`
        update provider set contact_name = 'Ruth', contact_phone = '+447700900321'
        where scheme_id = ${stage.scheme.id} and organisation_id = ${made.organisationId}`),
    );
    const row = cell(await rowOf(id, reader), 'About');
    expect(row).toMatch(/Group \d+: Ruth/);
    expect(row).toContain('href="tel:+447700900321"');
  });

  it.each(PAGE_TASKS)('%s shows the number of the person, and what it may be used for', async (kind) => {
    const { id, reader, made } = await aTask(kind);
    const about = async (columns: Record<string, string>) => {
      await changeRow(stage.scheme, 'client', made.clientId ?? '', { phone: '+447700900123', ...columns });
      return cell(await rowOf(id, reader), 'About');
    };
    expect(await about({ safe_to_call: 'yes' })).toContain('href="tel:+447700900123"');
    const texts = await about({ safe_to_call: 'no', safe_to_text: 'yes' });
    expect(texts).toContain('href="sms:+447700900123"');
    expect(texts).toContain('do not call');
    expect(texts).not.toContain('tel:');
    expect(await about({ safe_to_call: 'no', safe_to_text: 'no' })).not.toContain('900123');
  });

  it('a colleague who is not back is named to whoever asks after them, with where they went', async () => {
    const { id, reader, made } = await aTask('visit_overdue', 'buddy');
    await inScheme(stage.scheme, (tx) =>
      tx.run(sql`
        update user_profile set phone = '+447700900777'
        where scheme_id = ${stage.scheme.id} and name = 'Sam Worker'`),
    );
    const row = await rowOf(id, reader);
    const about = cell(row, 'About');
    expect(about).toContain('Sam Worker');
    expect(about).toContain('href="tel:+447700900777"');
    expect(about).toContain('Graciela');
    expect(about).not.toContain('/desk/people/');
    expect((await open(`/desk/people/${made.clientId ?? ''}`, reader)).statusCode).toBe(404);
    expect((await open(linkOf(row), reader)).statusCode).toBe(200);
    await inScheme(stage.scheme, (tx) =>
      tx.run(sql`
        update home_visit set set_out_at = ${MONDAY}, back_at = ${MONDAY} where scheme_id = ${stage.scheme.id}`),
    );
    expect((await open(linkOf(row), reader)).statusCode).toBe(404);
  });

  it('a visit that has not begun is no business of whoever asks after it later', async () => {
    const { id, reader, made } = await aTask('visit_overdue', 'buddy');
    const visit = linkOf(await rowOf(id, reader));
    expect((await open(visit, reader)).statusCode).toBe(200);
    await changeRow(stage.scheme, 'appointment', made.id, { starts_at: '2026-11-23T15:00:00Z' });
    expect((await open(visit, reader)).statusCode).toBe(404);
  });

  it('somebody who is not theirs to read is named to a worker without a number', async () => {
    const { id, made } = await aTask('next_contact', 'buddy');
    await changeRow(stage.scheme, 'client', made.clientId ?? '', {
      phone: '+447700900123',
      safe_to_call: 'yes',
    });
    const about = cell(await rowOf(id, stage.buddy), 'About');
    expect(about).toContain('Graciela');
    expect(about).not.toContain('900123');
    const { items } = (await betony.inject({ url: '/api/v1/tasks', headers: stage.buddy.headers })).json<{
      items: { client: unknown }[];
    }>();
    expect(items).toMatchObject([{ client: { isInReach: false, phone: null } }]);
  });

  it('a practice and a group are told no name and no number', async () => {
    const group = await aMember(stage.scheme, 'provider_member');
    const { id } = await aTask('offer_made');
    await changeRow(stage.scheme, 'task', id, {
      audience: 'organisation',
      audience_id: group.actor.organisationId,
    });
    const { items } = (await betony.inject({ url: '/api/v1/tasks', headers: group.headers })).json<{
      items: unknown[];
    }>();
    expect(items).toMatchObject([{ client: null, organisation: null, colleague: null, referralId: null }]);
  });
});
