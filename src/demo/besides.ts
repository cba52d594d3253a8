import sql from 'sql-template-tag';
import { score } from '../outcomes/measures.rules.js';
import { addMonths, addWorkingDays, atLondon, londonDate } from '../platform/clock/calendar.js';
import { BANK_HOLIDAYS } from '../platform/clock/bank-holidays.js';
import type { Tx } from '../platform/database/tx.js';
import type { SubjectIds } from '../reminders/reminder-facts.queries.js';
import { Dice } from './dice.js';

const SEED = 20_261_122;
/** As many people of the first worker's as have something told of them here. */
const PEOPLE = 6;
const DAY_MS = 86_400_000;

interface Somebody {
  referralId: string;
  clientId: string;
}

const TOLD = [
  {
    title: 'Sundays again',
    words:
      'I used to count the hours on a Sunday. Then a neighbour drove me to the lunch, and now I lay the tables there.',
    anonymised:
      'I used to count the hours on a Sunday. Then somebody drove me to a lunch nearby, and now I lay the tables there.',
  },
  {
    title: 'The envelopes',
    words:
      'I had a drawer of envelopes I could not open. We opened them together, one a week, and nothing in them was as bad as the drawer.',
    anonymised:
      'I had a drawer of envelopes I could not open. We opened them together, one a week, and nothing in them was as bad as the drawer.',
  },
  {
    title: 'Down to the sea',
    words:
      'First it was to the gate. Then to the end of the road. On my birthday I had my feet in the water.',
    anonymised: null,
  },
] as const;

/**
 * What the first worker's people have beside their referrals: stories at each stage, somebody close, a safeguarding
 * concern, a visit and an interpreter to come, answers over time, words for the managers. It has dice of its own:
 * nobody's referral changes. Gives what reminders follow from.
 */
export async function writeBesides(tx: Tx, workers: readonly string[]): Promise<SubjectIds> {
  const [worker, colleague] = workers;
  if (worker === undefined || colleague === undefined) return {};
  const [manager] = await tx.rows<{ id: string }>(sql`
    select id from membership where scheme_id = ${tx.schemeId} and role = 'scheme_manager' order by id limit 1`);
  const people = await tx.rows<Somebody & Record<string, unknown>>(sql`
    select id as "referralId", client_id as "clientId" from referral
    where scheme_id = ${tx.schemeId} and owner_id = ${worker} and state = 'active'
    order by begun_at, id limit ${PEOPLE}`);
  const [first, second, third, fourth, fifth] = people;
  if (!manager || !first || !second || !third || !fourth || !fifth) return {};
  const writing = new Besides(tx, new Dice(SEED), { worker, colleague, manager: manager.id });
  await writing.close(first, second, third);
  const stories = await writing.stories(first, second, third);
  const [safeguarding, flag] = await writing.safety(fourth, fifth);
  const appointments = [await writing.homeVisit(fifth), await writing.withInterpreter(fourth)];
  await writing.answersOverTime(people);
  const feedback = await writing.feedback(second);
  const escalations = await tx.rows<{ id: string }>(sql`
    select id from escalation where scheme_id = ${tx.schemeId} and acknowledged_at is null order by id`);
  return {
    story: stories,
    safeguarding: [safeguarding],
    lone_worker_flag: [flag],
    appointment: appointments,
    client_feedback: [feedback],
    escalation: escalations.map(({ id }) => id),
  };
}

class Besides {
  private readonly today: string;

  constructor(
    private readonly tx: Tx,
    private readonly dice: Dice,
    private readonly team: { worker: string; colleague: string; manager: string },
  ) {
    this.today = londonDate(tx.now);
  }

  private ago(days: number): Date {
    return new Date(this.tx.now.getTime() - days * DAY_MS);
  }

  /** A couple who are seen together, and a daughter who may see the plan. */
  async close(first: Somebody, second: Somebody, third: Somebody): Promise<void> {
    const { schemeId } = this.tx;
    const at = this.ago(6);
    await this.tx.run(sql`
      insert into client_link (scheme_id, id, client_id, other_id, relation, seen_together, linked_by, linked_at)
      values (${schemeId}, ${this.dice.idAt(at)}, ${first.clientId}, ${second.clientId}, 'partner', true,
        ${this.team.worker}, ${at})`);
    await this.tx.run(sql`
      insert into supporter (scheme_id, id, client_id, name, role, phone, may_contact, shares, agreed_on, named_by, named_at)
      values
        (${schemeId}, ${this.dice.idAt(at)}, ${first.clientId}, 'Ada Okafor', 'family', '+447700900610', true,
          array['plan', 'appointments'], ${londonDate(at)}, ${this.team.worker}, ${at}),
        (${schemeId}, ${this.dice.idAt(at)}, ${third.clientId}, 'Noor Malik', 'carer', '+447700900611', false, '{}', null,
          ${this.team.worker}, ${at})`);
  }

  /** One in use and printed, one that waits for its second reader, one that is being worked on. */
  async stories(...people: Somebody[]): Promise<string[]> {
    const ids: string[] = [];
    for (const [index, { clientId }] of people.entries()) {
      const told = TOLD[index];
      if (told) ids.push(await this.story(clientId, told, index));
    }
    return ids;
  }

  private async story(
    clientId: string,
    { title, words, anonymised }: (typeof TOLD)[number],
    index: number,
  ): Promise<string> {
    const { tx, dice, team } = this;
    const { schemeId } = tx;
    const at = this.ago(30 - index * 9);
    const state = ['approved', 'waiting', 'draft'][index] ?? 'draft';
    const id = dice.idAt(at);
    await tx.run(sql`
      insert into story (scheme_id, id, client_id, state, title, words, anonymised, language, told_on, told_how, edition,
        written_by, created_at, updated_at)
      values (${schemeId}, ${id}, ${clientId}, ${state}, ${title}, ${words}, ${anonymised}, 'en', ${londonDate(at)},
        'in_person', ${state === 'approved' ? 1 : null}, ${team.worker}, ${at}, ${at})`);
    if (anonymised === null) return id;
    const agreedOn = londonDate(at);
    for (const use of index === 0 ? ['report', 'web_page'] : ['report']) {
      await tx.run(sql`
        insert into story_consent (scheme_id, id, story_id, use, basis, agreed_on, how, expires_on, recorded_by, recorded_at)
        values (${schemeId}, ${dice.idAt(at)}, ${id}, ${use}, 'agreed', ${agreedOn}, 'in_person',
          ${addMonths(agreedOn, 12)}, ${team.worker}, ${at})`);
    }
    const offeredAt = this.ago(index === 0 ? 28 : 1);
    const read = index === 0;
    await tx.run(sql`
      insert into story_edition (scheme_id, id, story_id, number, title, words, offered_by, offered_at, decision, decided_by,
        decided_at)
      values (${schemeId}, ${dice.idAt(offeredAt)}, ${id}, 1, ${title}, ${anonymised}, ${team.worker}, ${offeredAt},
        ${read ? 'approved' : null}, ${read ? team.manager : null}, ${read ? this.ago(27) : null})`);
    if (!read) return id;
    await tx.run(sql`
      insert into story_printing (scheme_id, id, story_id, edition, use, place, printed_on, recorded_by, recorded_at)
      values (${schemeId}, ${dice.idAt(this.ago(20))}, ${id}, 1, 'report', 'Autumn report to the council, page 3',
        ${londonDate(this.ago(20))}, ${team.manager}, ${this.ago(20)})`);
    return id;
  }

  /** A lead, a concern that is being followed up, and a flag for whoever visits. */
  async safety(worried: Somebody, visited: Somebody): Promise<[string, string]> {
    const { tx, dice, team } = this;
    const { schemeId, now } = tx;
    const at = this.ago(1);
    const [concern, flag] = [dice.idAt(at), dice.idAt(at)];
    await tx.run(sql`
      insert into safeguarding_lead (scheme_id, id, membership_id, named_by, named_at)
      values (${schemeId}, ${dice.idAt(at)}, ${team.colleague}, ${team.manager}, ${this.ago(200)})`);
    await tx.run(sql`
      insert into safeguarding (scheme_id, id, client_id, kind, about, what, happened_on, understood_at, lead_id,
        follow_up_on, state, recorded_by, recorded_at, updated_at)
      values (${schemeId}, ${concern}, ${worried.clientId}, 'financial_abuse', 'client',
        'Says that somebody from the family has the bank card and does not give it back.', ${londonDate(at)}, ${at},
        ${team.colleague}, ${addWorkingDays(this.today, 1, BANK_HOLIDAYS)}, 'open', ${team.worker}, ${at}, ${now})`);
    await tx.run(sql`
      insert into safeguarding_step (scheme_id, id, safeguarding_id, told, whom, told_at, reference, recorded_by, recorded_at)
      values (${schemeId}, ${dice.idAt(at)}, ${concern}, 'adult_social_care', 'The duty desk', ${at}, 'ASC-0241',
        ${team.worker}, ${at})`);
    await tx.run(sql`
      insert into lone_worker_flag (scheme_id, id, client_id, code, review_on, recorded_by, recorded_at, updated_at)
      values (${schemeId}, ${flag}, ${visited.clientId}, 'dangerous_animal', ${addMonths(this.today, 3)}, ${team.worker},
        ${at}, ${at})`);
    return [concern, flag];
  }

  /** In two working days, with a colleague who asks after whoever is not back. */
  async homeVisit({ referralId }: Somebody): Promise<string> {
    const startsAt = atLondon(addWorkingDays(this.today, 2, BANK_HOLIDAYS), '14:00');
    const id = await this.appointment(referralId, 'home_visit', startsAt);
    await this.tx.run(sql`
      insert into home_visit (scheme_id, appointment_id, worker_id, buddy_id, back_by, note)
      values (${this.tx.schemeId}, ${id}, ${this.team.worker}, ${this.team.colleague},
        ${atLondon(londonDate(startsAt), '15:15')}, 'Ring first, so that the dog is in the kitchen.')`);
    return id;
  }

  /** In a week, for somebody who would rather speak Urdu; asked for and not yet booked. */
  async withInterpreter({ referralId }: Somebody): Promise<string> {
    const startsAt = atLondon(addWorkingDays(this.today, 6, BANK_HOLIDAYS), '10:30');
    const id = await this.appointment(referralId, 'place', startsAt);
    await this.tx.run(sql`
      update appointment set interpreter = 'professional', interpreter_language = 'ur', interpreter_booking = 'asked',
        not_from_my_community = true
      where scheme_id = ${this.tx.schemeId} and id = ${id}`);
    return id;
  }

  private async appointment(
    referralId: string,
    kind: 'home_visit' | 'place',
    startsAt: Date,
  ): Promise<string> {
    const { tx, dice, team } = this;
    const at = this.ago(1);
    const id = dice.idAt(at);
    await tx.run(sql`
      insert into appointment (scheme_id, id, referral_id, kind, state, starts_at, minutes, place, made_by, created_at,
        updated_at)
      values (${tx.schemeId}, ${id}, ${referralId}, ${kind}, 'made', ${startsAt}, 60,
        ${kind === 'place' ? 'The library, quiet room' : null}, ${team.worker}, ${at}, ${at})`);
    await tx.run(sql`
      insert into appointment_history (scheme_id, id, appointment_id, at, action, actor_id, starts_at)
      values (${tx.schemeId}, ${dice.idAt(at)}, ${id}, ${at}, 'make', ${team.worker}, ${startsAt})`);
    return id;
  }

  /** Asked again after some weeks: how they feel, and how lonely they are. */
  async answersOverTime(people: readonly Somebody[]): Promise<void> {
    const { tx, dice } = this;
    for (const { referralId } of people) {
      const first = await tx.rows<{ measure: string; answers: Record<string, number>; on: string }>(sql`
        select measure, answers, answered_on::text as on from measure_response
        where scheme_id = ${tx.schemeId} and referral_id = ${referralId} and measure in ('ons4', 'ucla3')
          and occasion = 'baseline' and superseded_at is null`);
      const [felt, lonely] = ['ons4', 'ucla3'].map((id) => first.find(({ measure }) => measure === id));
      if (!felt || !lonely || felt.on >= this.today) continue;
      const { satisfied = 5, worthwhile = 5, happy = 5, anxious = 5 } = felt.answers;
      const up = (value: number, by: number): number => Math.max(0, Math.min(10, value + by));
      await this.answers(referralId, 'ons4', 'review', this.today, {
        satisfied: up(satisfied, dice.between(0, 2)),
        worthwhile: up(worthwhile, dice.between(-1, 2)),
        happy: up(happy, dice.between(-1, 3)),
        anxious: up(anxious, -dice.between(0, 2)),
      });
      await this.answers(referralId, 'ucla3', 'review', this.today, {
        ...lonely.answers,
        companionship: dice.between(1, 3),
        isolated: dice.between(1, 3),
        direct: dice.between(2, 4),
      });
    }
  }

  private async answers(
    referralId: string,
    measure: 'ons4' | 'ucla3',
    occasion: 'review',
    on: string,
    given: Record<string, number>,
  ): Promise<void> {
    const scored = score(measure, '1', given);
    if (!scored.ok) throw new Error('The demo gave answers that do not score');
    const at = on === this.today ? this.tx.now : atLondon(on, '11:00');
    await this.tx.run(sql`
      insert into measure_response (scheme_id, id, referral_id, measure, measure_version, occasion, answered_on, mode,
        answers, scores, bands, recorded_by, recorded_at)
      values (${this.tx.schemeId}, ${this.dice.idAt(at)}, ${referralId}, ${measure}, '1', ${occasion}, ${on}, 'in_person',
        ${JSON.stringify(given)}, ${JSON.stringify(scored.scores)}, ${JSON.stringify(scored.bands)}, ${this.team.worker},
        ${at})`);
  }

  /** For the managers, and for nobody it could be about. */
  async feedback({ clientId }: Somebody): Promise<string> {
    const at = this.ago(1);
    const id = this.dice.idAt(at);
    await this.tx.run(sql`
      insert into client_feedback (scheme_id, id, client_id, kind, about, words, wants_answer, told_by, told_how,
        recorded_by, received_at, state, updated_at)
      values (${this.tx.schemeId}, ${id}, ${clientId}, 'feedback', 'service',
        'It was good that the same person rang each time. It took long until the first call.', true, 'client', 'phone',
        ${this.team.worker}, ${at}, 'open', ${at})`);
    return id;
  }
}
