import sql, { raw } from 'sql-template-tag';
import type { Tx } from '../../src/platform/database/tx.js';
import { newId } from '../../src/platform/pure/ids.js';
import type { SchemeSettings } from '../../src/platform/scheme/scheme-settings.js';
import type { ReminderKind } from '../../src/reminders/reminder.kinds.js';
import type { SubjectKind } from '../../src/reminders/reminder.types.js';
import { dateBy, momentBy } from '../support/by-the-calendar.js';
import { aMember, anOrganisation, aScheme, type TestMember, type TestScheme } from '../support/people.js';
import { changeRow, closedAt, inScheme, insertRow, setColumns, withTriage, withWorker } from './episodes.js';
import { AGREED_TO_GO, aParcel, LITTLE } from './transfers.js';

/*
 * One case for every kind of reminder: the rows that have to be there, when what comes of it, what ends it and what
 * moves it. A kind without a case does not compile, and fails the specs that go through the table of kinds.
 *
 * To add one: `make` inserts rows through `w`, whose days count from the moment the case begins, and gives what the
 * reminder is about. `told` has one line a step, in the order of the table of kinds: "14d 3wd 17:00 owner late" is at
 * 17:00 three working days after the fourteenth day, on the owner's list, as late; "1wd 10:00 mail group" is a message;
 * "10wd 17:00 product" is done by the product. `ends` makes it untrue, `moved` gives it another day.
 */

/** Everybody a reminder could be for. */
export interface Stage {
  scheme: TestScheme;
  practice: string;
  owner: TestMember;
  author: TestMember;
  triage: TestMember;
  managers: TestMember;
  administrators: TestMember;
  buddy: TestMember;
  lead: TestMember;
}

export async function aStage(scheme: TestScheme): Promise<Stage> {
  const practice = await anOrganisation(scheme, 'gp_practice');
  await changeRow(scheme, 'organisation', practice, {
    email: 'inbox@example.org',
    feedback_email: 'feedback@example.org',
  });
  const lead = await aMember(scheme, 'link_worker');
  await inScheme(scheme, (tx) =>
    insertRow(tx, 'safeguarding_lead', {
      scheme_id: scheme.id,
      id: newId(),
      membership_id: lead.actor.membershipId,
      named_at: tx.now,
    }),
  );
  return {
    scheme,
    practice,
    lead,
    owner: await aMember(scheme, 'link_worker', { name: 'Sam Worker' }),
    author: await aMember(scheme, 'referrer', { organisation: practice }),
    triage: await aMember(scheme, 'link_worker', { triages: true }),
    managers: await aMember(scheme, 'scheme_manager'),
    administrators: await aMember(scheme, 'administrator'),
    buddy: await aMember(scheme, 'link_worker'),
  };
}

type Columns = Record<string, unknown>;

/** What a reminder is about, and whom a message about it goes to. */
export interface Made {
  subject: SubjectKind;
  id: string;
  clientId: string | null;
  organisationId: string | null;
}

export interface Writer {
  tx: Tx;
  stage: Stage;
  /** The moment the case begins. */
  now: Date;
  /** YYYY-MM-DD of "14d". */
  day: (rule: string) => string;
  /** The moment of "14d 09:00". */
  at: (rule: string) => Date;
  insert: (table: string, columns: Columns) => Promise<string>;
  set: (table: string, id: string, columns: Columns) => Promise<unknown>;
}

export const writing = <Result>(
  stage: Stage,
  from: Date,
  work: (w: Writer) => Promise<Result>,
): Promise<Result> =>
  inScheme(stage.scheme, (tx) =>
    work({
      tx,
      stage,
      now: from,
      day: (rule) => dateBy(rule, from),
      at: (rule) => momentBy(rule, from),
      insert: async (table, columns) => {
        const id = newId();
        await insertRow(tx, table, { scheme_id: stage.scheme.id, id, ...columns });
        return id;
      },
      set: (table, id, columns) => setColumns(tx, table, id, columns),
    }),
  );

export const WHO = [
  'owner',
  'author',
  'practice',
  'triage',
  'managers',
  'administrators',
  'buddy',
  'lead',
] as const;
export type Who = (typeof WHO)[number];

export interface Case {
  make: (w: Writer) => Promise<Made>;
  told: readonly string[];
  /** Told only where that other one did not come, as where nothing was sent for a day. */
  unless?: ReminderKind;
  /** Whose list it goes on when its message cannot be sent; null where another step tells a person anyhow. */
  instead?: Who | null;
  /** What the product does makes a task of another kind, which is told at once. */
  tells?: Who;
  /** It is of that day alone: what was not sent by its evening is not sent, and nobody is asked instead. */
  missed?: true;
  ends: (w: Writer, made: Made) => Promise<unknown>;
  /** What moves a step (the first unless said), and to when. Null where it is told at once for good. */
  moved: {
    by: Partial<SchemeSettings> | ((w: Writer, made: Made) => Promise<unknown>);
    step?: number;
    to: string;
  } | null;
}

let count = 0;

const FAR = '2029-06-01T09:00:00Z';

async function aPerson(w: Writer): Promise<{ clientId: string; agreementId: string }> {
  const number = String(++count);
  const times = { created_at: w.now, updated_at: w.now };
  const clientId = await w.insert('client', {
    standing: 'confirmed',
    first_name: 'Graciela',
    last_name: `Adeyemi${number}`,
    first_name_key: 'graciela',
    last_name_key: `adeyemi${number}`,
    last_name_sound: 'ATM',
    date_of_birth: '1950-01-01',
    email: `client${number}@example.org`,
    safe_to_email: 'yes',
    ...times,
  });
  const agreed = {
    client_id: clientId,
    basis: 'agreed',
    agreed_on: '2026-11-02',
    how: 'phone',
    recorded_at: w.now,
  };
  const agreementId = await w.insert('agreement', {
    ...agreed,
    recipient_kind: 'scheme',
    scope: ['scheme_support'],
  });
  await w.insert('agreement', {
    ...agreed,
    recipient_kind: 'organisation',
    organisation_id: w.stage.practice,
    scope: ['progress_feedback'],
  });
  return { clientId, agreementId };
}

async function aReferral(
  w: Writer,
  columns: (w: Writer) => Columns,
): Promise<Made & { agreementId: string }> {
  const { clientId, agreementId } = await aPerson(w);
  const id = await w.insert('referral', {
    reference: `BT-${String(++count).padStart(5, '0')}`,
    route: 'gp',
    client_id: clientId,
    organisation_id: w.stage.practice,
    author_id: w.stage.author.actor.membershipId,
    told_status: 'sent',
    told_at: w.now,
    created_at: w.now,
    updated_at: w.now,
    ...columns(w),
  });
  return { subject: 'referral', id, clientId, organisationId: w.stage.practice, agreementId };
}

type WorkerState = Parameters<typeof withWorker>[0];
const owned = (w: Writer, state: WorkerState, nextAt: string = FAR): Columns =>
  withWorker(state, w.stage.owner.actor.membershipId, nextAt);
const active = (w: Writer): Columns => owned(w, 'active');
const anActive = (w: Writer) => aReferral(w, active);

const referralWith =
  (columns: (w: Writer) => Columns): Case['make'] =>
  (w) =>
    aReferral(w, columns);

const setReferral =
  (columns: (w: Writer) => Columns): Case['ends'] =>
  (w, { id }) =>
    w.set('referral', id, columns(w));

/** Closed by its owner just now. */
const closed = (w: Writer): Columns => closedAt(w.now.toISOString());
const closes = setReferral(closed);

const contact = (w: Writer, referralId: string, outcome: string, at: Date): Promise<string> =>
  w.insert('contact', {
    referral_id: referralId,
    kind: 'phone',
    outcome,
    at,
    next_on: w.day('30d'),
    created_at: at,
    updated_at: at,
  });
const minutes = (w: Writer, n: number): Date => new Date(w.now.getTime() + n * 60_000);

/** A program whose key works for thirty days after this one. */
const aProgram: Case['make'] = async (w) => {
  const { actor } = await aMember(w.stage.scheme, 'referrer');
  const id = actor.membershipId;
  await w.tx.run(sql`
    insert into program (membership_id, scheme_id, per_minute, created_at)
    values (${id}, ${w.tx.schemeId}, 60, ${w.now})`);
  await w.tx.run(sql`
    insert into program_key (id, membership_id, hash, ending, created_at, ends_at)
    values (${newId()}, ${id}, ${newId()}, 'abcd', ${w.now}, ${w.at('31d 00:00')})`);
  return { subject: 'program', id, clientId: null, organisationId: null };
};
const somethingWritten: Case['make'] = async (w) => {
  const made = await anActive(w);
  const id = await w.insert('written_message', {
    referral_id: made.id,
    channel: 'email',
    words: 'Please ring me when it suits you.',
    written_by: w.stage.owner.actor.membershipId,
    written_at: w.now,
    goes_at: w.at('1d 11:00'),
  });
  return { ...made, subject: 'written_message', id };
};
const revokesKey: Case['ends'] = (w, { id }) =>
  w.tx.run(sql`update program_key set revoked_at = ${w.now} where membership_id = ${id}`);
const keyEnds =
  (at: string): Case['ends'] =>
  (w, { id }) =>
    w.tx.run(sql`update program_key set ends_at = ${w.at(at)} where membership_id = ${id}`);

const chose =
  (choice: string): Case['make'] =>
  async (w) => {
    const made = await anActive(w);
    await w.insert('unreached_choice', { referral_id: made.id, choice, chosen_at: w.now });
    return made;
  };

const unreachedChoice = (choice: string, told: string): Case => ({
  make: chose(choice),
  told: [told],
  ends: (w, { id }) => contact(w, id, 'reached', minutes(w, 1)),
  moved: null,
});

const noAnswerTo =
  (occasion: string): Case['ends'] =>
  async (w, { id }) => {
    for (const measure of ['ons4', 'ucla3']) {
      await w.insert('measure_missing', {
        referral_id: id,
        measure,
        occasion,
        because: 'declined',
        recorded_at: w.now,
      });
    }
  };

const answerTo = (occasion: string, w: Writer, { id }: Made) =>
  w.insert('measure_response', {
    referral_id: id,
    measure: 'ons4',
    measure_version: '1',
    occasion,
    answered_on: w.day('0d'),
    mode: 'phone',
    answers: '{}',
    scores: '{}',
    bands: '{}',
    recorded_at: w.now,
  });

/** The owner first thing, the person later that morning, both once more after a week, and then nobody. */
const askedOn = (day: string): string[] => [
  `${day} 08:00 owner`,
  `${day} 10:00 mail client`,
  `${day} 7d 08:00 owner late`,
  `${day} 7d 10:00 mail client`,
  `${day} 14d 10:00 product`,
];

/** One that the owner had until it ended. */
const formerly = async (w: Writer, columns: (w: Writer) => Columns): Promise<Made> => {
  const made = await aReferral(w, columns);
  await w.insert('referral_assignment', {
    referral_id: made.id,
    owner_id: w.stage.owner.actor.membershipId,
    starts_at: '2026-10-01T09:00:00Z',
    ends_at: w.now,
  });
  return made;
};

const measureAfter = (occasion: string, months: number): Case => ({
  make: (w) => formerly(w, () => ({ ...closed(w), may_ask_again: true, feedback: 'nothing' })),
  told: [
    `${String(months)}m 10:00 owner`,
    `${String(months)}m 10:00 mail client`,
    `${String(months)}m 7d 10:00 owner late`,
    `${String(months)}m 7d 10:00 mail client`,
    `${String(months)}m 14d 10:00 product`,
  ],
  instead: null,
  ends: noAnswerTo(occasion),
  moved: { by: setReferral((w) => ({ ended_at: w.at('1d 11:00') })), to: `1d ${String(months)}m 10:00` },
});

/** A group of its own for every case, so that no two of them share its one message a week. */
async function aGroup(
  w: Writer,
  listing: Columns = {},
): Promise<{ organisationId: string; listingId: string }> {
  const number = String(++count);
  const times = { created_at: w.now, updated_at: w.now };
  const organisationId = await w.insert('organisation', {
    name: `Group ${number}`,
    kind: 'community_group',
    provides: true,
    ...times,
  });
  await insertRow(w.tx, 'provider', {
    scheme_id: w.stage.scheme.id,
    organisation_id: organisationId,
    sector: 'community',
    contact_email: `group${number}@example.org`,
    ...times,
  });
  const listingId = await w.insert('listing', {
    organisation_id: organisationId,
    name: 'Wednesday lunch',
    description: 'Lunch',
    state: 'published',
    ...times,
    ...listing,
  });
  return { organisationId, listingId };
}

const offered = (w: Writer): Columns => ({
  state: 'offered',
  offered_at: w.now,
  clock_started_at: w.now,
  answer_by: w.at('10wd 17:00'),
});
const accepted = (w: Writer): Columns => ({
  state: 'accepted',
  clock_started_at: null,
  answer_by: null,
  answered_at: w.now,
  accepted_at: w.now,
  in_touch_by: w.day('7d'),
});
const ended = (w: Writer, state: string, side: string, reason: string): Columns => ({
  state,
  clock_started_at: null,
  answer_by: null,
  review_on: null,
  ended_at: w.now,
  end_side: side,
  end_reason: reason,
});

const offer =
  (columns: (w: Writer) => Columns): Case['make'] =>
  async (w) => {
    const { id: referralId, clientId, agreementId } = await anActive(w);
    const { organisationId, listingId } = await aGroup(w);
    const id = await w.insert('onward_referral', {
      referral_id: referralId,
      client_id: clientId,
      listing_id: listingId,
      organisation_id: organisationId,
      agreement_id: agreementId,
      called_by: 'first_name',
      contact_route: 'through_worker',
      needs: ['loneliness'],
      how_soon: 'no_hurry',
      offered_at: w.now,
      created_at: w.now,
      updated_at: w.now,
      ...offered(w),
      ...columns(w),
    });
    return { subject: 'onward_referral', id, clientId, organisationId };
  };
const setOffer =
  (columns: (w: Writer) => Columns): Case['ends'] =>
  (w, { id }) =>
    w.set('onward_referral', id, columns(w));

/** All the risks known of the referral of an offer, said at a moment. */
const saysRisks = async (w: Writer, { id }: Made, at: Date, risks: string[], before: string[]) => {
  const [row] = await w.tx.rows<{ referralId: string }>(sql`
    select referral_id as "referralId" from onward_referral where scheme_id = ${w.tx.schemeId} and id = ${id}`);
  const referralId = row?.referralId ?? '';
  await w.set('referral', referralId, { risks });
  await w.insert('referral_history', {
    referral_id: referralId,
    at,
    action: 'setRisks',
    details: JSON.stringify({ risks, before }),
  });
};

const onNeverOffer = (w: Writer, { id }: Made, at: Date) =>
  w.tx.run(sql`
    insert into never_offer (scheme_id, client_id, organisation_id, recorded_at)
    select scheme_id, client_id, organisation_id, ${at} from onward_referral
    where scheme_id = ${w.tx.schemeId} and id = ${id}
    on conflict (scheme_id, client_id, organisation_id) do update set recorded_at = excluded.recorded_at`);

const appointment =
  (columns: Columns): Case['make'] =>
  async (w) => {
    const { id: referralId, clientId } = await anActive(w);
    const id = await w.insert('appointment', {
      referral_id: referralId,
      kind: 'phone',
      state: 'made',
      starts_at: w.at('14d 14:00'),
      minutes: 30,
      created_at: w.now,
      updated_at: w.now,
      ...columns,
    });
    return { subject: 'appointment', id, clientId, organisationId: null };
  };
const setAppointment =
  (columns: (w: Writer) => Columns): Case['ends'] =>
  (w, { id }) =>
    w.set('appointment', id, columns(w));

/** Somebody rang to remind them. */
const remindedOf = async (w: Writer, { id, clientId }: Made) => {
  const [row] = await w.tx.rows<{ referralId: string }>(sql`
    select referral_id as "referralId" from appointment where scheme_id = ${w.tx.schemeId} and id = ${id}`);
  await w.insert('reminder', {
    kind: 'appointment',
    step: 1,
    subject_kind: 'appointment',
    subject_id: id,
    referral_id: row?.referralId,
    client_id: clientId,
    occasion: w.at('-1d 14:00'),
    due_at: w.at('-2d 14:00'),
    state: 'done',
    outcome: 'task',
    done_at: w.at('-2d 14:00'),
    created_at: w.at('-2d 14:00'),
  });
};
const changesIt = (w: Writer, { id }: Made, at: Date, side: string) =>
  w.insert('appointment_history', {
    appointment_id: id,
    at,
    action: 'move',
    side,
    reason: 'other',
    starts_at: w.at('14d 14:00'),
    starts_before: w.at('13d 14:00'),
  });

const setVisit = (w: Writer, id: string, columns: { back_at?: Date; back_by?: Date; set_out_at?: Date }) =>
  w.tx.run(sql`
    update home_visit set back_at = ${columns.back_at ?? null}, back_by = coalesce(${columns.back_by ?? null}, back_by),
      set_out_at = ${columns.set_out_at ?? null}
    where scheme_id = ${w.tx.schemeId} and appointment_id = ${id}`);

const aboutGroup =
  (subject: SubjectKind, table: string, columns: (w: Writer, listingId: string) => Columns): Case['make'] =>
  async (w) => {
    const { organisationId, listingId } = await aGroup(w);
    const id = await w.insert(table, { organisation_id: organisationId, ...columns(w, listingId) });
    return { subject, id, clientId: null, organisationId };
  };
const aboutPerson =
  (subject: SubjectKind, table: string, columns: (w: Writer) => Columns): Case['make'] =>
  async (w) => {
    const { clientId } = await anActive(w);
    const id = await w.insert(table, { client_id: clientId, updated_at: w.now, ...columns(w) });
    return { subject, id, clientId, organisationId: null };
  };
const setIn =
  (table: string, columns: (w: Writer) => Columns): Case['ends'] =>
  (w, { id }) =>
    w.set(table, id, columns(w));

interface StoryRows {
  story?: Columns;
  edition?: Columns;
  consent?: Columns;
  printing?: Columns;
}
/** A story with one edition, agreed to for reports, in which it is printed where `printing` is given. */
const story =
  (rows: (w: Writer) => StoryRows): Case['make'] =>
  async (w) => {
    const { story: own, edition, consent, printing } = rows(w);
    const made = await aboutPerson('story', 'story', () => ({
      state: 'approved',
      edition: 1,
      title: 'Out again',
      words: 'As told',
      anonymised: 'As told',
      language: 'en',
      told_on: w.day('0d'),
      told_how: 'phone',
      created_at: w.now,
      ...own,
    }))(w);
    await w.insert('story_edition', {
      story_id: made.id,
      number: 1,
      title: 'Out again',
      words: 'As told',
      offered_at: w.now,
      ...edition,
    });
    await w.insert('story_consent', {
      story_id: made.id,
      use: 'report',
      basis: 'agreed',
      agreed_on: w.day('-5d'),
      how: 'phone',
      expires_on: w.day('1000d'),
      recorded_at: w.now,
      ...consent,
    });
    if (printing) {
      const where = {
        edition: 1,
        use: 'report',
        place: 'Page 4',
        printed_on: w.day('0d'),
        recorded_at: w.now,
      };
      await w.insert('story_printing', { story_id: made.id, ...where, ...printing });
    }
    return made;
  };
const ofStory =
  (table: string, columns: (w: Writer) => Columns): Case['ends'] =>
  async (w, { id }) => {
    const [row] = await w.tx.rows<{ id: string }>(
      sql`select id from ${raw(table)} where scheme_id = ${w.tx.schemeId} and story_id = ${id}`,
    );
    return w.set(table, row?.id ?? '', columns(w));
  };
const withdrawnNow = (at: Date): Columns => ({
  ended_at: at,
  ended_because: 'withdrawn',
  ended_how: 'phone',
});

const someFeedback =
  (columns: (w: Writer) => Columns): Case['make'] =>
  async (w) => ({
    ...(await aboutPerson('client_feedback', 'client_feedback', () => ({
      kind: 'concern',
      about: 'service',
      words: 'As told',
      wants_answer: true,
      told_by: 'client',
      told_how: 'phone',
      received_at: w.now,
      ...columns(w),
    }))(w)),
    clientId: null,
  });

const answeredNow = (w: Writer): Columns => ({
  acknowledged_by: w.stage.managers.actor.membershipId,
  acknowledged_at: w.now,
  answer: 'Ring me',
});
const anEscalation =
  (columns: (w: Writer) => Columns): Case['make'] =>
  async (w) => {
    const { id: referralId, clientId } = await anActive(w);
    const id = await w.insert('escalation', {
      referral_id: referralId,
      words: 'As told',
      raised_by: w.stage.owner.actor.membershipId,
      raised_at: w.now,
      ...columns(w),
    });
    return { subject: 'escalation', id, clientId, organisationId: null };
  };
const aTransfer =
  (columns: (w: Writer) => Columns): Case['make'] =>
  async (w) => {
    const { id: referralId, clientId } = await anActive(w);
    const id = await w.insert('transfer', {
      referral_id: referralId,
      how: 'document',
      to_name: 'A scheme elsewhere',
      items: [],
      agreement: JSON.stringify(AGREED_TO_GO),
      carries: JSON.stringify(LITTLE),
      result: 'helped',
      no_response_because: 'moved',
      state: 'offered',
      offered_at: w.now,
      answer_by: w.at('10wd 17:00'),
      ...columns(w),
    });
    return { subject: 'transfer', id, clientId, organisationId: null };
  };
/** Sent by a practice that the person has left for another since. */
const aPracticeMove =
  (made: (w: Writer) => Promise<Made>, columns: (w: Writer) => Columns): ((w: Writer) => Promise<Made>) =>
  async (w) => {
    const { id: referralId, clientId } = await made(w);
    const organisationId = await w.insert('organisation', {
      name: `Practice ${String(++count)}`,
      kind: 'gp_practice',
      email: `practice${String(count)}@example.org`,
      created_at: w.now,
      updated_at: w.now,
    });
    const id = await w.insert('practice_move', {
      client_id: clientId,
      from_organisation_id: w.stage.practice,
      to_organisation_id: organisationId,
      moved_on: w.day('0d'),
      recorded_at: w.now,
      ...columns(w),
    });
    await w.insert('gp_registration', {
      client_id: clientId,
      organisation_id: organisationId,
      starts_on: w.day('0d'),
      recorded_at: w.now,
    });
    return {
      subject: 'practice_move',
      id: columns(w)['decided_at'] ? referralId : id,
      clientId,
      organisationId,
    };
  };
const sentNow = (w: Writer) => aReferral(w, () => ({ ...active(w), sent_at: w.now }));
/** Closed after the practice they went to was allowed to hear: what is told is told of the referral. */
const heardElsewhere: Case['make'] = async (w) => {
  const closing = () => aReferral(w, () => ({ ...closed(w), sent_at: w.now, feedback: 'nothing' }));
  const made = await aPracticeMove(closing, () => ({
    former_hears: 'nothing',
    present_hears: 'progress',
    decided_at: w.now,
  }))(w);
  await w.insert('referral_assignment', {
    referral_id: made.id,
    owner_id: w.stage.owner.actor.membershipId,
    starts_at: '2026-10-01T09:00:00Z',
    ends_at: w.now,
  });
  await w.insert('agreement', {
    client_id: made.clientId,
    recipient_kind: 'organisation',
    organisation_id: made.organisationId,
    scope: ['progress_feedback'],
    basis: 'agreed',
    agreed_on: '2026-11-02',
    how: 'phone',
    recorded_at: w.now,
  });
  await w.tx.run(sql`
    insert into secure_address (scheme_id, organisation_id, email, added_at)
    select scheme_id, id, email, ${w.now} from organisation
    where scheme_id = ${w.tx.schemeId} and id = ${made.organisationId}`);
  return { ...made, subject: 'referral' };
};
const anAreaMove =
  (columns: (w: Writer) => Columns): Case['make'] =>
  async (w) => {
    const { id: referralId, clientId } = await anActive(w);
    const id = await w.insert('area_move', {
      referral_id: referralId,
      moved_on: w.day('0d'),
      where_to: 'Leeds',
      state: 'open',
      recorded_at: w.now,
      ...columns(w),
    });
    return { subject: 'area_move', id, clientId, organisationId: null };
  };
const staysAfterAll = setIn('area_move', (w) => ({
  state: 'ended',
  keep_until: null,
  outcome: 'stays',
  ended_at: w.now,
}));
/** Written by the scheme it comes from, as nobody else may. */
const senders = new Map<string, TestScheme>();
const fromAnotherScheme: Case['make'] = async (w) => {
  const from = await aScheme(w.stage.scheme.betony);
  const id = await aParcel(from, w.stage.scheme.id, { sentAt: w.now, answerBy: w.at('10wd 17:00') });
  senders.set(id, from);
  return { subject: 'transfer', id, clientId: null, organisationId: null };
};
async function setParcel(_w: Writer, id: string, columns: Columns): Promise<void> {
  const from = senders.get(id);
  if (!from) throw new Error('No scheme sent this.');
  await changeRow(from, 'transfer_parcel', id, columns);
}

const goesAlong =
  (columns: (w: Writer) => Columns): Case['make'] =>
  async (w) => {
    const made = await offer(columns)(w);
    const id = await w.insert('warm_handover', {
      onward_referral_id: made.id,
      goes_id: w.stage.buddy.actor.membershipId,
      meet_at: w.at('14d 14:00'),
      state: 'arranged',
      arranged_at: w.now,
    });
    return { ...made, subject: 'warm_handover', id, organisationId: null };
  };
const setGoing =
  (columns: (w: Writer) => Columns): Case['ends'] =>
  (w, { id }) =>
    w.set('warm_handover', id, columns(w));
const calledOff = setGoing((w) => ({ state: 'cancelled', ended_at: w.now }));
const nextWeek = setGoing((w) => ({ meet_at: w.at('21d 14:00') }));

const setSafety =
  (columns: (w: Writer) => Columns): Case['ends'] =>
  (w, { id }) =>
    w.set('safety_message', id, columns(w));

const approval =
  (columns: (w: Writer) => Columns): Case['make'] =>
  async (w) => {
    const { id: referralId, clientId } = await anActive(w);
    const { organisationId, listingId } = await aGroup(w);
    const id = await w.insert('offer_approval', {
      referral_id: referralId,
      listing_id: listingId,
      organisation_id: organisationId,
      why: 'worker',
      because: 'A member',
      asked_by: w.stage.owner.actor.membershipId,
      asked_at: w.now,
      ...columns(w),
    });
    return { subject: 'approval', id, clientId, organisationId: null };
  };

const every28Days = (first: number, line: string): string[] =>
  Array.from({ length: 12 }, (_, index) => `${String(first + index * 28)}d ${line}`);

/** To the other worker of the stage. */
const handToTriage = (w: Writer, clientId: string | null) =>
  w.tx.run(sql`
    update referral set owner_id = ${w.stage.triage.actor.membershipId}
    where scheme_id = ${w.tx.schemeId} and client_id = ${clientId} and owner_kind = 'worker'`);

/** On a date the worker or the row names: the morning of the day, late after three working days, managers after ten. */
const ESCALATING = ['14d 08:00 owner', '14d 3wd 17:00 owner late', '14d 10wd 17:00 managers'] as const;

export const CASES: Readonly<Record<ReminderKind, Case>> = {
  draft_waiting: {
    make: referralWith(() => ({ state: 'draft', draft: '{}', client_id: null, told_status: 'draft' })),
    told: ['1wd 17:00 author', '3wd 17:00 practice'],
    ends: async (w, { id }) => {
      const { clientId } = await aPerson(w);
      await w.set('referral', id, {
        ...withTriage('sent', FAR),
        draft: null,
        client_id: clientId,
        sent_at: w.now,
      });
    },
    moved: { by: { draftAuthorDays: 2 }, to: '2wd 17:00' },
  },
  triage_waiting: {
    make: referralWith((w) => ({ ...withTriage('sent', FAR), sent_at: w.now })),
    told: ['2wd 17:00 triage', '4wd 17:00 managers'],
    ends: setReferral((w) => ({ ...withTriage('accepted', FAR), accepted_at: w.now })),
    moved: { by: { triageDays: 3 }, to: '3wd 17:00' },
  },
  returned: {
    make: referralWith((w) => ({ ...withTriage('returned', FAR), returned_at: w.now })),
    told: ['3wd 17:00 triage', '5wd 17:00 managers'],
    ends: setReferral((w) => ({ ...withTriage('sent', FAR), sent_at: w.now })),
    moved: { by: { returnedRingDays: 4 }, to: '4wd 17:00' },
  },
  allocate: {
    make: referralWith((w) => ({ ...withTriage('accepted', FAR), accepted_at: w.now })),
    told: ['1wd 17:00 managers', '2wd 17:00 managers late'],
    ends: setReferral((w) => ({ ...owned(w, 'allocated'), allocated_at: w.now })),
    moved: { by: { allocateDays: 2 }, to: '2wd 17:00' },
  },
  first_contact: {
    make: referralWith((w) => ({
      ...owned(w, 'allocated', w.at('5wd 17:00').toISOString()),
      allocated_at: w.now,
    })),
    told: ['5wd 08:00 owner', '10wd 17:00 managers'],
    ends: setReferral(active),
    moved: { by: setReferral((w) => ({ next_at: w.at('7wd 17:00') })), to: '7wd 08:00' },
  },
  given: {
    make: async (w) => {
      const made = await aReferral(w, (of) => owned(of, 'allocated'));
      await w.insert('referral_assignment', {
        referral_id: made.id,
        owner_id: w.stage.owner.actor.membershipId,
        starts_at: w.now,
        assigned_by: w.stage.managers.actor.membershipId,
      });
      return made;
    },
    told: ['now owner'],
    ends: (w, { id }) => contact(w, id, 'no_answer', minutes(w, 1)),
    moved: {
      by: (w, { id }) =>
        w.tx.run(sql`
          update referral_assignment set starts_at = ${w.at('1d 11:00')}
          where scheme_id = ${w.tx.schemeId} and referral_id = ${id}`),
      to: '1d 11:00',
    },
  },
  written_message: {
    make: somethingWritten,
    told: ['1d 11:00 mail client'],
    instead: 'owner',
    ends: (w, { id }) => w.set('written_message', id, { taken_back_at: w.now }),
    moved: { by: (w, { id }) => w.set('written_message', id, { goes_at: w.at('2d 11:00') }), to: '2d 11:00' },
  },
  written_late: {
    make: somethingWritten,
    told: ['2d 12:00 owner'],
    unless: 'written_message',
    ends: (w, { id }) => w.set('written_message', id, { taken_back_at: w.now }),
    moved: { by: (w, { id }) => w.set('written_message', id, { goes_at: w.at('4d 11:00') }), to: '5d 12:00' },
  },
  key_ending: {
    make: aProgram,
    told: ['16d 08:00 administrators'],
    ends: revokesKey,
    moved: { by: keyEnds('35d 00:00'), to: '20d 08:00' },
  },
  key_last_days: {
    make: aProgram,
    told: ['27d 08:00 administrators late'],
    ends: revokesKey,
    moved: { by: keyEnds('35d 00:00'), to: '31d 08:00' },
  },
  next_contact: {
    make: referralWith((w) => owned(w, 'active', w.at('14d 09:00').toISOString())),
    told: ESCALATING,
    ends: closes,
    moved: { by: setReferral((w) => ({ next_at: w.at('20d 09:00') })), to: '20d 08:00' },
  },
  resume: {
    make: referralWith((w) => owned(w, 'on_hold', w.at('14d 09:00').toISOString())),
    told: ESCALATING,
    ends: setReferral(active),
    moved: { by: setReferral((w) => ({ next_at: w.at('20d 09:00') })), to: '20d 08:00' },
  },
  third_unreached: {
    make: async (w) => {
      const made = await anActive(w);
      for (const ago of [-20, -10, 0]) await contact(w, made.id, 'no_answer', minutes(w, ago));
      return made;
    },
    told: ['now owner'],
    ends: (w, { id }) => contact(w, id, 'reached', minutes(w, 1)),
    moved: null,
  },
  write_letter: unreachedChoice('letter', 'now owner'),
  send_text: unreachedChoice('text', 'now owner'),
  ask_practice: unreachedChoice('ask_practice', 'now practice'),
  agreement_renewal: {
    make: async (w) => {
      const made = await anActive(w);
      await w.set('agreement', made.agreementId, { renew_on: w.day('14d') });
      return made;
    },
    told: ESCALATING,
    ends: closes,
    moved: {
      by: (w, { clientId }) =>
        w.tx.run(sql`
          update agreement set renew_on = ${w.day('20d')}
          where scheme_id = ${w.tx.schemeId} and client_id = ${clientId} and renew_on is not null`),
      to: '20d 08:00',
    },
  },
  plan_review: {
    make: async (w) => {
      const made = await anActive(w);
      await w.insert('plan', {
        id: made.id,
        referral_id: made.id,
        review_on: w.day('14d'),
        made_at: w.now,
        changed_at: w.now,
      });
      return made;
    },
    told: ESCALATING.slice(0, 2),
    ends: closes,
    // The plan has the id of its referral here.
    moved: { by: setIn('plan', (w) => ({ review_on: w.day('20d') })), to: '20d 08:00' },
  },
  measure_baseline: {
    make: referralWith((w) => ({ ...active(w), begun_at: w.now })),
    told: askedOn('1wd'),
    instead: 'owner',
    ends: noAnswerTo('baseline'),
    moved: { by: setReferral((w) => ({ begun_at: w.at('1d 11:00') })), to: '1d 1wd 08:00' },
  },
  measure_review: {
    make: async (w) => {
      const made = await aReferral(w, () => ({ ...active(w), begun_at: w.now }));
      await answerTo('baseline', w, made);
      return made;
    },
    told: askedOn('42d 0wd'),
    instead: 'owner',
    ends: noAnswerTo('review'),
    moved: { by: setReferral((w) => ({ begun_at: w.at('7d 11:00') })), to: '49d 0wd 08:00' },
  },
  measure_closing: {
    make: async (w) => {
      const made = await formerly(w, () => ({ ...closed(w), may_ask_again: false, feedback: 'nothing' }));
      await answerTo('baseline', w, made);
      return made;
    },
    told: askedOn('1wd'),
    instead: 'owner',
    ends: noAnswerTo('closing'),
    moved: { by: setReferral((w) => ({ ended_at: w.at('1d 11:00') })), to: '1d 1wd 08:00' },
  },
  measure_3_months: measureAfter('three_months', 3),
  measure_6_months: measureAfter('six_months', 6),
  closing_summary: {
    make: referralWith(closed),
    told: ['now mail referrer'],
    instead: 'practice',
    ends: setReferral(() => ({ feedback: 'nothing' })),
    moved: { by: setReferral((w) => ({ told_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  offer_made: {
    make: offer(offered),
    told: ['now mail group'],
    instead: 'owner',
    ends: setOffer(accepted),
    moved: { by: setOffer((w) => ({ offered_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  reply_wanted: {
    make: offer(offered),
    told: ['3wd 10:00 mail group', '7wd 10:00 mail group', '10wd 10:00 mail group', '10wd 17:00 product'],
    instead: 'owner',
    tells: 'owner',
    ends: setOffer(accepted),
    moved: { by: setOffer((w) => ({ answer_by: w.at('12wd 17:00') })), to: '4wd 10:00' },
  },
  group_replied: {
    make: offer((w) => ({ ...ended(w, 'declined', 'provider', 'full'), to_act: 'declined' })),
    told: ['now owner', '1wd 08:00 owner late'],
    ends: setOffer(() => ({ to_act: null })),
    moved: { by: setOffer((w) => ({ updated_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  risk_learned: {
    make: async (w) => {
      const made = await offer(accepted)(w);
      await saysRisks(w, made, w.now, ['unsafe_home'], []);
      return made;
    },
    told: ['now owner', '1wd 08:00 managers late'],
    ends: setOffer(() => ({ safety_instructions: ['meet_in_pairs'] })),
    moved: {
      by: async (w, made) => {
        await saysRisks(w, made, w.at('1d 10:00'), [], ['unsafe_home']);
        await saysRisks(w, made, w.at('1d 11:00'), ['unsafe_home'], []);
      },
      to: '1d 11:00',
    },
  },
  group_barred: {
    make: async (w) => {
      const made = await offer(accepted)(w);
      await onNeverOffer(w, made, w.now);
      return made;
    },
    told: ['now owner', '1wd 08:00 managers late'],
    ends: (w, { clientId }) =>
      w.tx.run(sql`delete from never_offer where scheme_id = ${w.tx.schemeId} and client_id = ${clientId}`),
    moved: { by: (w, made) => onNeverOffer(w, made, w.at('1d 11:00')), to: '1d 11:00' },
  },
  safety_changed: {
    make: offer((w) => ({ ...accepted(w), in_touch_at: w.now, safety_set_at: w.now })),
    told: ['now mail group', '1wd 17:00 owner late', '2wd 17:00 managers late'],
    instead: 'owner',
    ends: setOffer((w) => ({ safety_seen_at: w.now })),
    moved: { by: setOffer((w) => ({ safety_set_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  in_touch: {
    make: offer(accepted),
    told: ['7d 10:00 mail group', '7d 1wd 08:00 owner'],
    instead: 'owner',
    ends: setOffer((w) => ({ in_touch_at: w.now })),
    moved: { by: setOffer((w) => ({ in_touch_by: w.day('9d') })), to: '9d 10:00' },
  },
  how_did_it_go: {
    make: offer((w) => ({ ...accepted(w), in_touch_at: w.now })),
    told: [14, 44, 74, 104, 134, 164].map((days) => `${String(days)}d 10:00 mail group`),
    instead: 'owner',
    ends: setOffer((w) => ended(w, 'withdrawn', 'provider', 'group_cannot')),
    moved: { by: setOffer((w) => ({ accepted_at: w.at('7d 11:00') })), to: '21d 10:00' },
  },
  waiting_list: {
    make: offer((w) => ({
      state: 'waitlisted',
      clock_started_at: null,
      answer_by: null,
      answered_at: w.now,
      review_on: w.day('17d'),
    })),
    told: [...every28Days(17, '08:00 owner'), ...every28Days(17, '10:00 mail client')],
    instead: null,
    ends: setOffer((w) => ended(w, 'declined', 'provider', 'full')),
    moved: { by: setOffer((w) => ({ review_on: w.day('20d') })), to: '20d 08:00' },
  },
  do_not_contact: {
    make: offer((w) => ({ ...ended(w, 'withdrawn', 'client', 'changed_mind'), accepted_at: w.now })),
    told: ['now mail group', '1wd 08:00 owner'],
    instead: 'owner',
    ends: setOffer((w) => ({ seen_at: w.now })),
    moved: { by: setOffer((w) => ({ ended_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  appointment: {
    make: appointment({}),
    told: ['13d 14:00 mail client'],
    instead: 'owner',
    ends: setAppointment(() => ({ state: 'cancelled' })),
    moved: { by: setAppointment((w) => ({ starts_at: w.at('16d 09:30') })), to: '15d 09:30' },
  },
  appointment_changed: {
    make: async (w) => {
      const made = await appointment({})(w);
      await remindedOf(w, made);
      await changesIt(w, made, w.now, 'scheme');
      return made;
    },
    told: ['now mail client'],
    instead: 'owner',
    ends: (w, made) => changesIt(w, made, minutes(w, 1), 'client'),
    moved: { by: (w, made) => changesIt(w, made, w.at('1d 11:00'), 'scheme'), to: '1d 11:00' },
  },
  interpreter: {
    make: appointment({
      interpreter: 'professional',
      interpreter_language: 'ur',
      interpreter_booking: 'wanted',
    }),
    told: ['14d -2wd 08:00 owner', '14d -1wd 08:00 owner late'],
    ends: setAppointment(() => ({ interpreter_booking: 'confirmed' })),
    moved: { by: setAppointment((w) => ({ starts_at: w.at('21d 14:00') })), to: '21d -2wd 08:00' },
  },
  visit_flagged: {
    make: async (w) => {
      const made = await appointment({ kind: 'home_visit', updated_at: '2026-01-01T00:00:00Z' })(w);
      await insertRow(w.tx, 'home_visit', {
        scheme_id: w.stage.scheme.id,
        appointment_id: made.id,
        worker_id: w.stage.buddy.actor.membershipId,
        back_by: w.at('14d 15:15'),
      });
      await w.insert('lone_worker_flag', {
        client_id: made.clientId,
        code: 'no_home_visits',
        review_on: w.day('60d'),
        recorded_at: w.now,
        updated_at: w.now,
      });
      return made;
    },
    told: ['now buddy', '1wd 08:00 managers late'],
    ends: (w, { id }) => setVisit(w, id, { set_out_at: w.now }),
    moved: {
      by: (w, { clientId }) =>
        w.tx.run(sql`
          update lone_worker_flag set recorded_at = ${w.at('1d 11:00')}
          where scheme_id = ${w.tx.schemeId} and client_id = ${clientId}`),
      to: '1d 11:00',
    },
  },
  visit_overdue: {
    make: async (w) => {
      const made = await appointment({ kind: 'home_visit' })(w);
      await insertRow(w.tx, 'home_visit', {
        scheme_id: w.stage.scheme.id,
        appointment_id: made.id,
        worker_id: w.stage.owner.actor.membershipId,
        buddy_id: w.stage.buddy.actor.membershipId,
        back_by: w.at('14d 15:15'),
      });
      return made;
    },
    told: ['14d 15:15 buddy', '14d 15:45 managers late'],
    ends: (w, { id }) => setVisit(w, id, { back_at: w.now }),
    moved: { by: (w, { id }) => setVisit(w, id, { back_by: w.at('14d 16:30') }), to: '14d 16:30' },
  },
  assurance_lapsing: {
    make: aboutGroup('assurance', 'assurance_record', (w) => ({
      requirement: 'insurance',
      level: 'personal_contact',
      checked_on: w.day('-5d'),
      lapses_on: w.day('90d'),
      recorded_at: w.now,
    })),
    told: [
      '30d 10:00 mail group',
      '60d 10:00 mail group',
      '83d 10:00 mail group',
      '83d 10:00 managers',
      '91d 08:00 managers late',
    ],
    instead: 'managers',
    ends: setIn('assurance_record', (w) => ({ ended_at: w.now, end_reason: 'Checked again' })),
    moved: { by: setIn('assurance_record', (w) => ({ lapses_on: w.day('100d') })), to: '40d 10:00' },
  },
  concern: {
    make: aboutGroup('concern', 'concern', (w) => ({
      kind: 'religious_pressure',
      told_by: 'client',
      what: 'As told',
      raised_at: w.now,
    })),
    told: ['now managers', '5wd 17:00 managers late'],
    ends: setIn('concern', (w) => ({ outcome: 'not_upheld', review_note: 'Seen', reviewed_at: w.now })),
    moved: { by: setIn('concern', (w) => ({ raised_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  safeguarding: {
    make: aboutPerson('safeguarding', 'safeguarding', (w) => ({
      kind: 'neglect',
      about: 'client',
      what: 'As told',
      understood_at: w.now,
      lead_id: w.stage.lead.actor.membershipId,
      follow_up_on: w.day('7d'),
      state: 'open',
      recorded_at: w.now,
    })),
    told: ['now lead', '7d 08:00 lead late', '7d 1wd 08:00 managers late'],
    ends: setIn('safeguarding', (w) => ({
      state: 'closed',
      outcome: 'protected',
      closing_note: 'Seen to',
      closed_at: w.now,
    })),
    moved: { by: setIn('safeguarding', (w) => ({ follow_up_on: w.day('9d') })), step: 2, to: '9d 08:00' },
  },
  flag_review: {
    make: aboutPerson('lone_worker_flag', 'lone_worker_flag', (w) => ({
      code: 'visit_in_pairs',
      review_on: w.day('14d'),
      recorded_at: w.now,
    })),
    told: ['14d 08:00 owner', '14d 5wd 17:00 managers late'],
    ends: setIn('lone_worker_flag', (w) => ({ ended_at: w.now, end_reason: 'No longer' })),
    moved: { by: setIn('lone_worker_flag', (w) => ({ review_on: w.day('20d') })), to: '20d 08:00' },
  },
  listing_check: {
    make: async (w) => {
      const { organisationId, listingId } = await aGroup(w, { confirmed_on: w.day('0d') });
      return { subject: 'listing', id: listingId, clientId: null, organisationId };
    },
    told: ['90d 10:00 mail group'],
    instead: 'managers',
    ends: setIn('listing', () => ({ state: 'closed' })),
    moved: { by: setIn('listing', (w) => ({ confirmed_on: w.day('7d') })), to: '97d 10:00' },
  },
  own_service: {
    make: approval(() => ({ state: 'waiting' })),
    told: ['now managers', '1wd 08:00 managers late'],
    ends: setIn('offer_approval', (w) => ({ state: 'withdrawn', decided_at: w.now })),
    moved: { by: setIn('offer_approval', (w) => ({ asked_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  own_service_told: {
    make: approval((w) => ({
      state: 'refused',
      decided_at: w.now,
      decided_by: w.stage.managers.actor.membershipId,
      decided_because: 'Too near',
    })),
    told: ['now owner'],
    ends: setIn('offer_approval', () => ({ state: 'withdrawn', decided_by: null })),
    moved: { by: setIn('offer_approval', (w) => ({ decided_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  group_closed: {
    make: aboutGroup('closure', 'provider_closure', (w) => ({
      reason: 'no_place',
      closed_on: w.day('0d'),
      closed_at: w.now,
    })),
    told: ['1wd 10:00 mail group'],
    instead: 'managers',
    ends: setIn('provider_closure', (w) => ({ reopened_at: w.now, reopened_because: 'By mistake' })),
    moved: { by: setIn('provider_closure', (w) => ({ closed_at: w.at('1d 11:00') })), to: '1d 1wd 10:00' },
  },
  safety_message: {
    make: async (w) => {
      const { id: referralId, clientId } = await anActive(w);
      const id = await w.insert('safety_message', {
        referral_id: referralId,
        organisation_id: w.stage.practice,
        sent_at: w.now,
        answer_by: w.at('1d 17:00'),
        handed_over_at: w.now,
      });
      return { subject: 'safety_message', id, clientId, organisationId: null };
    },
    told: ['1d 17:00 owner', '1d 18:00 managers late'],
    ends: setSafety((w) => ({ read_at: w.now, read_through: 'link' })),
    moved: { by: setSafety((w) => ({ answer_by: w.at('2d 10:00') })), to: '2d 10:00' },
  },
  warm_handover: {
    make: goesAlong(accepted),
    told: ['14d -1wd 08:00 buddy'],
    ends: calledOff,
    moved: { by: nextWeek, to: '21d -1wd 08:00' },
  },
  warm_handover_off: {
    make: goesAlong((w) => ended(w, 'withdrawn', 'client', 'changed_mind')),
    told: ['now buddy'],
    ends: calledOff,
    moved: null,
  },
  warm_handover_outcome: {
    make: goesAlong(accepted),
    told: ['14d 1wd 08:00 buddy', '14d 3wd 17:00 owner late'],
    ends: calledOff,
    moved: { by: nextWeek, to: '21d 1wd 08:00' },
  },
  gap_follow_up: {
    make: async (w) => {
      const id = await w.insert('gap', { need: 'loneliness', why: 'nothing_like_it', opened_at: w.now });
      return { subject: 'gap', id, clientId: null, organisationId: null };
    },
    told: ['30d 08:00 managers'],
    ends: setIn('gap', (w) => ({ closed_at: w.now, closed_because: 'helped' })),
    moved: { by: setIn('gap', (w) => ({ opened_at: w.at('7d 11:00') })), to: '37d 08:00' },
  },
  story_waiting: {
    make: story(() => ({ story: { state: 'waiting' } })),
    told: ['now managers', '5wd 17:00 managers late'],
    ends: setIn('story', () => ({ state: 'approved' })),
    moved: null,
  },
  story_sent_back: {
    make: story((w) => ({
      story: { state: 'draft' },
      edition: { decision: 'sent_back', note: 'Who is Tom?', decided_at: w.now },
    })),
    told: ['now owner'],
    ends: setIn('story', () => ({ state: 'approved' })),
    moved: null,
  },
  story_expiring: {
    make: story((w) => ({ consent: { expires_on: w.day('44d') } })),
    told: ['14d 08:00 owner', '44d 08:00 owner late'],
    ends: ofStory('story_consent', (w) => withdrawnNow(w.now)),
    moved: { by: ofStory('story_consent', (w) => ({ expires_on: w.day('50d') })), to: '20d 08:00' },
  },
  story_take_down: {
    make: story((w) => ({ consent: withdrawnNow(w.now), printing: {} })),
    told: ['now managers', '5wd 17:00 managers late'],
    ends: ofStory('story_printing', (w) => ({ settled: 'taken_down', settled_at: w.now })),
    moved: { by: ofStory('story_consent', (w) => ({ ended_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  staff_request: {
    make: async (w) => {
      const organisationId = await w.insert('organisation', {
        name: 'Organisation with a newcomer',
        kind: 'gp_practice',
        refers: true,
        created_at: w.now,
        updated_at: w.now,
      });
      const id = await w.insert('staff_request', {
        organisation_id: organisationId,
        kind: 'join',
        name: 'Dr Ali',
        email: 'ali@example.org',
        state: 'open',
        asked_by: w.stage.owner.actor.membershipId,
        asked_at: w.now,
      });
      return { subject: 'staff_request', id, clientId: null, organisationId: null };
    },
    told: ['now administrators', '2wd 17:00 administrators late'],
    ends: setIn('staff_request', (w) => ({
      state: 'granted',
      settled_by: w.stage.managers.actor.membershipId,
      settled_at: w.now,
    })),
    moved: { by: setIn('staff_request', (w) => ({ asked_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  client_feedback: {
    make: someFeedback((w) => ({ state: 'open', received_at: w.now })),
    told: ['now managers', '3wd 17:00 managers late'],
    ends: setIn('client_feedback', (w) => ({ state: 'looked_at', looked_at: w.now })),
    moved: { by: setIn('client_feedback', (w) => ({ received_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  client_feedback_answer: {
    make: someFeedback((w) => ({ state: 'looked_at', looked_at: w.now })),
    told: ['now managers', '10wd 17:00 managers late'],
    ends: setIn('client_feedback', (w) => ({
      state: 'answered',
      answer: 'Put right',
      answered_how: 'phone',
      answered_at: w.now,
    })),
    moved: { by: setIn('client_feedback', (w) => ({ looked_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  escalation: {
    make: anEscalation(() => ({})),
    told: ['now managers', '2wd 17:00 managers late'],
    ends: setIn('escalation', answeredNow),
    moved: { by: setIn('escalation', (w) => ({ raised_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  escalation_answered: {
    make: anEscalation(answeredNow),
    told: ['now owner'],
    ends: setIn('escalation', () => ({ acknowledged_by: null, acknowledged_at: null, answer: null })),
    moved: {
      by: setIn('escalation', (w) => ({ ...answeredNow(w), acknowledged_at: w.at('1d 11:00') })),
      to: '1d 11:00',
    },
  },
  transfer_in: {
    make: fromAnotherScheme,
    told: ['now triage', '2wd 17:00 managers late'],
    ends: (w, { id }) => setParcel(w, id, { state: 'cancelled', carries: null, agreement: null }),
    moved: null,
  },
  transfer_wanted: {
    make: aTransfer(() => ({})),
    told: ['10wd 17:00 product'],
    ends: setIn('transfer', (w) => ({ state: 'cancelled', ended_at: w.now })),
    moved: { by: setIn('transfer', (w) => ({ answer_by: w.at('15wd 17:00') })), to: '15wd 17:00' },
  },
  transfer_back: {
    make: aTransfer((w) => ({ state: 'refused', ended_at: w.now, reason: 'Outside our area' })),
    told: ['now owner'],
    ends: setIn('transfer', () => ({ state: 'received', answered_by: 'Ada Reed' })),
    moved: { by: setIn('transfer', (w) => ({ ended_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  closing_present: {
    make: heardElsewhere,
    told: ['now mail practice'],
    instead: 'owner',
    ends: (w, { clientId }) =>
      w.tx.run(sql`
        update practice_move set present_hears = 'nothing'
        where scheme_id = ${w.tx.schemeId} and client_id = ${clientId}`),
    moved: { by: setReferral((w) => ({ told_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  practice_moved: {
    make: aPracticeMove(sentNow, () => ({})),
    told: ['now owner', '5wd 17:00 managers late'],
    ends: setIn('practice_move', (w) => ({
      former_hears: 'nothing',
      present_hears: 'nothing',
      decided_at: w.now,
    })),
    moved: { by: setIn('practice_move', (w) => ({ recorded_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  area_move: {
    make: anAreaMove(() => ({})),
    told: ['now owner', '5wd 17:00 managers late'],
    ends: staysAfterAll,
    moved: { by: setIn('area_move', (w) => ({ recorded_at: w.at('1d 11:00') })), to: '1d 11:00' },
  },
  area_move_hand_over: {
    make: anAreaMove((w) => ({ state: 'handing_over', decided_at: w.now })),
    told: ['1wd 08:00 owner', '5wd 17:00 managers late'],
    ends: staysAfterAll,
    moved: { by: setIn('area_move', (w) => ({ decided_at: w.at('7d 11:00') })), to: '7d 1wd 08:00' },
  },
  area_move_kept: {
    make: anAreaMove((w) => ({ state: 'kept', decided_at: w.now, keep_until: w.day('14d') })),
    told: ['14d 08:00 owner', '14d 5wd 17:00 managers late'],
    ends: staysAfterAll,
    moved: { by: setIn('area_move', (w) => ({ keep_until: w.day('20d') })), to: '20d 08:00' },
  },
  register_wanted: {
    make: async (w) => {
      const made = await offer(accepted)(w);
      const [row] = await w.tx.rows<{ listingId: string }>(sql`
        select listing_id as "listingId" from onward_referral where scheme_id = ${w.tx.schemeId} and id = ${made.id}`);
      const id = await w.insert('register', {
        listing_id: row?.listingId,
        session_on: w.day('0d'),
        session_at: '08:00',
        state: 'open',
        opened_at: w.now,
        asked_at: w.now,
      });
      return { ...made, subject: 'register', id };
    },
    told: ['1d 10:00 mail group'],
    instead: null,
    ends: setIn('register', (w) => ({ state: 'final', final_at: w.now })),
    moved: { by: setIn('register', (w) => ({ asked_at: w.at('7d 11:00') })), to: '8d 10:00' },
  },
  weekly: {
    make: async (w) => {
      const organisationId = await w.insert('organisation', {
        name: 'Organisation of the week',
        kind: 'gp_practice',
        refers: true,
        email: `week${String(++count)}@example.org`,
        created_at: w.now,
        updated_at: w.now,
      });
      const made = await referralWith((of) => ({ ...closed(of), organisation_id: organisationId }))(w);
      await w.set('referral', made.id, { sent_at: w.at('-3d 10:00'), told_at: w.at('-3d 10:00') });
      return { ...made, subject: 'practice', id: organisationId, organisationId };
    },
    told: ['0d 08:00 mail inbox'],
    instead: null,
    missed: true,
    ends: (w, { organisationId }) =>
      w.tx.run(sql`
        update referral set told_at = ${w.at('-30d 10:00')}, sent_at = ${w.at('-60d 10:00')}
        where scheme_id = ${w.tx.schemeId} and organisation_id = ${organisationId}`),
    moved: null,
  },
  handover_taker_gone: {
    make: async (w) => {
      const gone = await aMember(w.stage.scheme, 'link_worker');
      const to = gone.actor.membershipId;
      const { id: referralId, clientId } = await anActive(w);
      const id = await w.insert('handover', {
        from_id: w.stage.owner.actor.membershipId,
        effective_on: w.day('30d'),
        state: 'planned',
        made_at: w.now,
      });
      await w.tx.run(sql`
        insert into handover_item (scheme_id, handover_id, referral_id, to_id, outcome)
        values (${w.tx.schemeId}, ${id}, ${referralId}, ${to}, 'waiting')`);
      await w.tx.run(sql`update membership set disabled_at = ${w.now} where id = ${to}`);
      return { subject: 'handover', id, clientId, organisationId: null };
    },
    told: ['now owner', 'now managers'],
    ends: setIn('handover', (w) => ({ state: 'cancelled', ended_at: w.now })),
    moved: { by: setIn('handover', (w) => ({ made_at: w.at('7d 11:00') })), to: '7d 11:00' },
  },
  handover_undone: {
    make: async (w) => {
      const { id: referralId, clientId } = await anActive(w);
      const id = await w.insert('handover', {
        from_id: w.stage.owner.actor.membershipId,
        effective_on: w.day('0d'),
        state: 'done',
        made_at: w.now,
        ended_at: w.now,
      });
      await w.tx.run(sql`
        insert into handover_item (scheme_id, handover_id, referral_id, to_id, outcome, settled_at)
        values (${w.tx.schemeId}, ${id}, ${referralId}, ${w.stage.buddy.actor.membershipId}, 'nobody_there', ${w.now})`);
      return { subject: 'handover', id, clientId, organisationId: null };
    },
    told: ['now managers', '1wd 17:00 managers late', 'now owner'],
    ends: (w, { clientId }) => handToTriage(w, clientId),
    moved: { by: setIn('handover', (w) => ({ ended_at: w.at('7d 11:00') })), to: '7d 11:00' },
  },
  people_left: {
    make: async (w) => {
      const gone = await aMember(w.stage.scheme, 'link_worker');
      const id = gone.actor.membershipId;
      const made = await referralWith((of) => ({ ...active(of), owner_id: id }))(w);
      await w.tx.run(sql`update membership set user_disabled_at = ${w.now} where id = ${id}`);
      return { ...made, subject: 'membership', id };
    },
    told: ['now managers', '1wd 17:00 managers late'],
    ends: (w, { clientId }) => handToTriage(w, clientId),
    moved: {
      by: (w, { id }) =>
        w.tx.run(sql`update membership set user_disabled_at = ${w.at('7d 11:00')} where id = ${id}`),
      to: '7d 11:00',
    },
  },
};
