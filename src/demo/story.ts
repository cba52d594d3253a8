import { ABOUT_ME_PROMPTS, type PlanContent, type PlanGoal, type WhoActs } from '../caseload/plan.types.js';
import { nameSound, normaliseName } from '../platform/pure/names.js';
import type { Need } from '../platform/words/needs.js';
import type { Circumstance } from '../platform/words/circumstances.js';
import { addDays, londonDate } from '../platform/clock/calendar.js';
import { chosenNextAt } from '../referrals/referral.rules.js';
import { catalogueOf } from '../outcomes/catalogue.rules.js';
import { score } from '../outcomes/measures.rules.js';
import { type StartOrEnd, toldScores } from '../outcomes/told-scores.rules.js';
import type { EndReason, Feedback, ReferralState, Result, Route } from '../referrals/referral.types.js';
import { endReasonOf } from '../referrals/referral.types.js';
import type { Dice } from './dice.js';
import type { DemoPlace, Town } from './places.js';
import type { Rows } from './rows.js';
import type { WorkingTime } from './working-time.js';

export interface DemoSender {
  organisationId: string;
  memberId: string | null;
  name: string;
  route: Route;
}

export interface DemoListing {
  id: string;
  organisationId: string;
  needs: readonly Need[];
  forWhom: 'everyone' | 'women' | 'men';
  counted: boolean;
  taken: number;
  total: number;
}

export interface World {
  schemeId: string;
  dice: Dice;
  time: WorkingTime;
  rows: Rows;
  workers: readonly string[];
  triager: string;
  senders: readonly DemoSender[];
  practices: readonly string[];
  listings: readonly DemoListing[];
  /** What a newcomer may answer by link: each is asked once by a story of today, and waits for its answer. */
  toAsk: DemoListing[];
  places: ReadonlyMap<Town, readonly DemoPlace[]>;
  firstNames: Readonly<Record<'female' | 'male', readonly string[]>>;
  lastNames: readonly string[];
  edition: string;
}

/** Where a story ends up, which is decided first, so that a scheme has as many of each as one wants. */
export type Fate = Exclude<ReferralState, 'draft' | 'joined' | 'entered_in_error'>;

const SHIPPED = catalogueOf([], []);

const REASONS = {
  loneliness: 26,
  low_mood: 14,
  debt_and_money: 12,
  inactivity: 10,
  bereavement: 9,
  carer_support: 7,
  housing: 5,
  food: 5,
  long_term_condition: 5,
  digital: 3,
  practical_help: 3,
  work_and_learning: 2,
  creativity_and_nature: 2,
} as const satisfies Partial<Record<Need, number>>;

const CLOSINGS = {
  done: 70,
  could_not_reach: 10,
  person_said_no: 8,
  moved_away: 4,
  too_unwell: 4,
  no_longer_needed: 4,
} as const satisfies Partial<Record<EndReason, number>>;

/** Goals in people's own words, with a step for each. */
const GOALS: readonly { words: string; what: string; who: WhoActs }[] = [
  { words: 'To sit down with somebody on Sundays', what: 'Go to the lunch club once and see', who: 'client' },
  {
    words: 'To sleep without thinking about the bills',
    what: 'Ring the money advice line together',
    who: 'link_worker',
  },
  { words: 'To get down to the sea again', what: 'Walk to the end of the road twice a week', who: 'client' },
  {
    words: 'For somebody to know how it is with Mum',
    what: 'Ask about the carers’ group',
    who: 'link_worker',
  },
  { words: 'To use my hands again', what: 'Look in at the repair café', who: 'client' },
];
const STRENGTHS = [
  'Bakes, and knows everybody in the street.',
  'Patient, and good with figures.',
  'Plays the accordion.',
];
const GIVING = ['Cakes for the lunch club.', 'Would teach somebody to mend a bicycle.', null];
const SAFETY = ['Ring before a visit: there is a dog.', 'Back door only; the front step is loose.'];

const NOTES = [
  'Talked about the week and what would make the next one better.',
  'Went through the plan together. One step done, one moved to next time.',
  'Rang to ask how the first visit went.',
  'Met at the library. Brought a friend along.',
  'Longer talk today; agreed to take it slowly.',
  'Filled in the form together and posted it on the way.',
] as const;

const NHS_FIRST = 9990000000;

/** The nth NHS number of the range that is never issued, 999 000 0000 to 999 999 9999. */
export function demoNhsNumber(n: number): string {
  for (let base = Math.floor(NHS_FIRST / 10) + n * 2; ; base += 1) {
    const digits = String(base);
    const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return digits + String(check);
  }
}

const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A reference like those that are drawn by chance, but never the same twice: the number, written backwards in base 30. */
export function demoReference(n: number): string {
  let text = '';
  for (let left = n, index = 0; index < 7; index += 1) {
    text += ALPHABET[(left + index * 11) % 30] ?? '2';
    left = Math.floor(left / 30);
  }
  return `${text.slice(0, 3)}-${text.slice(3)}`;
}

interface Person {
  clientId: string;
  sex: 'female' | 'male';
}

/** Writes one referral with all that happened to it. `sentDay` is a number of WorkingTime. */
export function tell(world: World, n: number, fate: Fate, sentDay: number): void {
  new Story(world, n, fate, sentDay).tell();
}

class Story {
  private readonly id: string;
  private readonly sender: DemoSender;
  private readonly worker: string;
  private readonly needs: Need[];
  private readonly sentAt: Date;
  private readonly agreementId: string;
  private day: number;
  private hasBaseline = false;
  private readonly answered: StartOrEnd[] = [];
  private joinedGroup = false;
  private assignment: Record<string, unknown> | null = null;
  private readonly columns: Record<string, unknown>;

  constructor(
    private readonly world: World,
    private readonly n: number,
    private readonly fate: Fate,
    private readonly sentDay: number,
  ) {
    const { dice, time } = world;
    this.sentAt = time.at(sentDay, dice.between(5, 470));
    this.day = sentDay;
    this.id = dice.idAt(this.sentAt);
    this.agreementId = dice.idAt(this.sentAt);
    this.sender = dice.pick(world.senders);
    this.worker = world.workers[n % world.workers.length] ?? '';
    this.needs = [
      ...new Set([dice.weighted(REASONS), ...(dice.chance(0.5) ? [dice.weighted(REASONS)] : [])]),
    ];
    this.columns = {
      held_from: null,
      owner_kind: null,
      owner_id: null,
      next_at: null,
      next_kind: null,
      returned_because: null,
      returned_missing: [],
      accepted_at: null,
      allocated_at: null,
      begun_at: null,
      ended_at: null,
      end_reason: null,
      end_side: null,
      result: null,
      may_ask_again: null,
      joined_into: null,
      told_status: 'sent',
      told_at: this.sentAt,
      told_why: null,
      told_result: null,
      told_accepted_at: null,
      told_reached_at: null,
      told_outcome: null,
      told_own: false,
    };
  }

  tell(): void {
    const person = this.person();
    this.history('send', null, 'sent', this.sentAt, this.sender.memberId);
    this.hold('organisation', this.sender.organisationId, 'referred');
    const begun = this.triage();
    if (begun) this.episode(person);
    this.finish(person);
  }

  private get scheme(): { scheme_id: string } {
    return { scheme_id: this.world.schemeId };
  }

  private person(): Person {
    const { dice, rows, places, time } = this.world;
    const sex = dice.chance(0.6) ? 'female' : 'male';
    const firstName = dice.pick(this.world.firstNames[sex]);
    const lastName = dice.pick(this.world.lastNames);
    const age = Math.round(18 + 72 * Math.pow(dice.roll(), 0.7));
    const born = addDays(londonDate(time.now), -Math.round(age * 365.25) - dice.between(1, 364));
    const place = dice.pick(places.get(dice.pick([...places.keys()])) ?? []);
    const hasEmail = dice.chance(0.55);
    const id = dice.idAt(new Date(this.sentAt.getTime() - 1));
    const confirmed = !['sent', 'returned', 'declined'].includes(this.fate);
    rows.add('client', {
      ...this.scheme,
      id,
      standing: confirmed ? 'confirmed' : 'provisional',
      nhs_number: demoNhsNumber(this.n),
      first_name: firstName,
      last_name: lastName,
      date_of_birth: born,
      first_name_key: normaliseName(firstName),
      last_name_key: normaliseName(lastName),
      last_name_sound: nameSound(lastName),
      sex,
      ethnicity: dice.chance(0.7)
        ? dice.weighted({ A: 70, C: 6, H: 4, J: 3, K: 3, M: 4, N: 4, P: 2, S: 4 })
        : null,
      phone: `+447700900${String(this.n % 1000).padStart(3, '0')}`,
      email: hasEmail ? `${normaliseName(firstName).replaceAll(' ', '')}.${this.n}@example.org` : null,
      postcode: place.postcode,
      safe_to_call: dice.weighted({ yes: 85, no: 3, not_asked: 12 }),
      safe_to_text: dice.weighted({ yes: 60, no: 5, not_asked: 35 }),
      safe_to_email: hasEmail ? dice.weighted({ yes: 75, no: 5, not_asked: 20 }) : 'not_asked',
      safe_to_write: dice.weighted({ yes: 50, no: 5, not_asked: 45 }),
      safe_to_leave_message: dice.weighted({ yes: 40, no: 20, not_asked: 40 }),
      reach_through: 'phone',
      language: dice.weighted({ en: 90, pl: 3, ro: 2, bn: 2, ur: 1, ar: 1, ne: 1 }),
      access_needs: dice.chance(0.25)
        ? dice.some(['step_free', 'hearing_loop', 'quiet_space', 'large_print', 'more_time'], 1)
        : [],
      faith_preference: dice.weighted({
        not_asked: 60,
        do_not_mind: 25,
        non_religious: 10,
        own_tradition: 5,
      }),
      lsoa: place.lsoa,
      latitude: place.latitude,
      longitude: place.longitude,
      deprivation_decile: place.decile,
      deprivation_edition: this.world.edition,
      place_edition: this.world.edition,
      place_found_by: 'postcode',
      brought_by_organisation_id: this.sender.organisationId,
      created_at: this.sentAt,
      updated_at: this.sentAt,
    });
    rows.add('gp_registration', {
      ...this.scheme,
      id: dice.idAt(this.sentAt),
      client_id: id,
      organisation_id:
        this.sender.route === 'gp' ? this.sender.organisationId : dice.pick(this.world.practices),
      no_known_practice: false,
      starts_on: londonDate(this.sentAt),
      recorded_by: this.sender.memberId,
      recorded_at: this.sentAt,
    });
    rows.add('agreement', {
      ...this.scheme,
      id: this.agreementId,
      client_id: id,
      recipient_kind: 'scheme',
      organisation_id: null,
      scope: ['scheme_support'],
      basis: 'agreed',
      agreed_on: londonDate(this.sentAt),
      how: dice.weighted({ in_person: 70, phone: 30 }),
      recorded_by: this.sender.memberId,
      recorded_at: this.sentAt,
    });
    return { clientId: id, sex };
  }

  /** From the queue to a worker's first contact; whether the story goes on from there. */
  private triage(): boolean {
    const { dice, time } = this.world;
    const looked = Math.min(this.sentDay + dice.count([4, 5, 2]), time.today);
    switch (this.fate) {
      case 'sent':
        this.withTriage('triage', time.deadline(this.sentDay, 2));
        return false;
      case 'returned': {
        const at = this.later(looked);
        this.history('return', 'sent', 'returned', at, this.world.triager);
        Object.assign(this.columns, {
          returned_because: 'Please add a way to reach the person.',
          returned_missing: ['contact_details'],
          told_status: 'returned',
          told_at: at,
        });
        this.withTriage('return', time.deadline(this.day, 5));
        return false;
      }
      case 'declined':
        this.end(
          'decline',
          'sent',
          'declined',
          this.later(looked),
          dice.pick(['outside_area', 'needs_another_service', 'not_eligible']),
          this.world.triager,
        );
        return false;
      default:
        break;
    }
    const accepted = this.later(looked);
    this.history('accept', 'sent', 'accepted', accepted, this.world.triager);
    Object.assign(this.columns, {
      accepted_at: accepted,
      told_status: 'taken_on',
      told_at: accepted,
      told_accepted_at: accepted,
    });
    if (this.fate === 'accepted') {
      this.withTriage('allocate', time.deadline(this.day, 1));
      return false;
    }
    if (this.fate === 'withdrawn' && dice.chance(0.5)) {
      this.end(
        'withdraw',
        'accepted',
        'withdrawn',
        this.later(Math.min(this.day + 1, time.today)),
        'person_said_no',
        this.sender.memberId,
      );
      this.columns['told_own'] = true;
      return false;
    }
    const allocated = this.later(Math.min(this.day + dice.between(0, 1), time.today));
    this.history('allocate', 'accepted', 'allocated', allocated, this.world.triager);
    Object.assign(this.columns, { allocated_at: allocated });
    this.assignment = {
      ...this.scheme,
      id: dice.idAt(allocated),
      referral_id: this.id,
      owner_id: this.worker,
      starts_at: allocated,
      ends_at: null,
      assigned_by: this.world.triager,
    };
    this.world.rows.add('referral_assignment', this.assignment);
    return true;
  }

  /** What a worker did: tries to reach, conversations, offers, the end. */
  private episode(person: Person): void {
    const { dice, time } = this.world;
    if (this.fate === 'allocated') {
      const due = time.deadline(this.day, 5);
      if (dice.chance(0.3) && this.day < time.today) this.contact(this.day + 1, 'no_answer', londonDate(due));
      this.withWorker('first_contact', due);
      return;
    }
    const live = this.fate === 'active' || this.fate === 'on_hold';
    const last = live
      ? time.today - dice.between(0, 4)
      : Math.min(this.day + dice.between(25, 110), time.today - 1);
    const reached = live || this.fate !== 'withdrawn' || dice.chance(0.5);
    for (let tries = dice.count([6, 3, 1]); tries > 0; tries -= 1) {
      if (this.day + 2 >= last) break;
      this.contact(this.day + dice.between(1, 2), dice.pick(['no_answer', 'message_left']));
    }
    if (reached) this.conversations(person, last);
    if (!reached) this.contact(Math.min(this.day + 2, last), 'no_answer');
    const at = this.later(last);
    if (this.fate === 'closed') {
      const begun = this.columns['begun_at'] !== null;
      const reason: EndReason = begun ? dice.weighted(CLOSINGS) : 'could_not_reach';
      const result: Result =
        reason === 'done' ? dice.weighted({ helped: 75, partly_helped: 25 }) : 'not_known';
      this.closingAnswers(reason, at);
      this.end('close', begun ? 'active' : 'allocated', 'closed', at, reason, this.worker);
      Object.assign(this.columns, {
        result,
        told_result: result,
        told_outcome: { joinedGroup: this.joinedGroup, scores: toldScores(SHIPPED, this.answered, '') },
        may_ask_again: reason === 'done' && dice.chance(0.6),
      });
    } else if (this.fate === 'withdrawn') {
      this.end(
        'withdraw',
        this.columns['begun_at'] === null ? 'allocated' : 'active',
        'withdrawn',
        at,
        dice.pick(['person_said_no', 'no_longer_needed']),
        this.worker,
      );
    } else if (this.fate === 'on_hold') {
      this.history(
        'hold',
        'active',
        'on_hold',
        at,
        this.worker,
        dice.pick(['in_hospital', 'away', 'asked_to_wait']),
        'client',
      );
      this.columns['held_from'] = 'active';
      this.withWorker('resume', chosenNextAt(time.date(time.today + dice.between(1, 25))));
    }
  }

  private conversations(person: Person, last: number): void {
    const { dice, time } = this.world;
    const began = Math.min(this.day + dice.between(1, 3), last);
    this.contact(began, 'reached');
    const begunAt = this.later(began);
    this.history('begin', 'allocated', 'active', begunAt, this.worker);
    Object.assign(this.columns, {
      begun_at: begunAt,
      told_status: 'in_touch',
      told_at: begunAt,
      told_reached_at: begunAt,
    });
    this.hasBaseline = dice.chance(0.8);
    if (this.hasBaseline) this.answers('baseline', began, 0);
    if (dice.chance(0.7)) this.plan(began, last);
    let offers = dice.count([5, 22, 48, 25]);
    const offered: DemoListing[] = [];
    while (this.day < last) {
      if (offers > 0 && this.day > began) {
        offers -= 1;
        const listing = this.listingFor(person, offered);
        if (listing) {
          offered.push(listing);
          this.offer(person, listing, last);
        }
      }
      const next = this.day + dice.between(4, 12);
      if (next > last) break;
      this.contact(next, dice.chance(0.88) ? 'reached' : 'no_answer');
    }
    if (this.fate === 'active') {
      this.askOneThatWaits(person, offered, last);
      const nextOn = dice.chance(0.1)
        ? time.date(time.today - dice.between(1, 3))
        : time.date(time.today + dice.between(0, 14));
      this.withWorker('next_contact', chosenNextAt(nextOn));
      if (dice.chance(0.15)) this.appointment();
    }
  }

  private contact(day: number, outcome: string, nextOn?: string): void {
    const { dice, rows, time } = this.world;
    const at = this.later(Math.min(day, time.today));
    const id = dice.idAt(at);
    const kind =
      outcome === 'reached'
        ? dice.weighted({ phone: 55, meeting: 20, visit: 15, video: 4, drop_in: 6 })
        : 'phone';
    rows.add('contact', {
      ...this.scheme,
      id,
      referral_id: this.id,
      kind,
      outcome,
      at,
      minutes: outcome === 'reached' ? dice.between(2, 12) * 5 : 5,
      note: outcome === 'reached' ? dice.pick(NOTES) : null,
      next_on: nextOn ?? time.date(this.day + dice.between(2, 10)),
      logged_by: this.worker,
      created_at: at,
      updated_at: at,
    });
    rows.add('contact_history', {
      ...this.scheme,
      id: dice.idAt(at),
      contact_id: id,
      at,
      action: 'log',
      actor_id: this.worker,
    });
    if (kind !== 'visit' || !dice.chance(0.3)) return;
    const restricted = dice.chance(0.4);
    rows.add('contact_section', {
      ...this.scheme,
      id: dice.idAt(at),
      contact_id: id,
      kind: restricted ? 'restricted' : 'safety',
      words: restricted ? 'Said something that is not for the family to hear.' : dice.pick(SAFETY),
      written_by: this.worker,
      written_at: at,
    });
  }

  /** Made with the first conversation; where there was time, one goal went on since. */
  private plan(day: number, last: number): void {
    const { dice, rows, time } = this.world;
    const madeAt = this.later(day);
    const planId = dice.idAt(madeAt);
    const by = { actor_id: this.worker };
    // Looked at again when its day came, and so on from there.
    const over = day + 30 <= time.today && this.fate !== 'closed';
    const reviewOn = time.date(over ? time.today + dice.between(3, 25) : day + 30);
    const goals = dice.some(GOALS, dice.between(1, 2)).map(({ words, what, who }): PlanGoal => {
      const dueOn = time.date(day + 10);
      const confidence = dice.between(3, 9);
      const action = {
        id: dice.idAt(madeAt),
        what,
        who,
        whoName: null,
        dueOn,
        status: 'to_do' as const,
        confidence,
      };
      const importance = dice.between(6, 10);
      return {
        id: dice.idAt(madeAt),
        words,
        importance,
        status: 'working_on_it',
        howFar: confidence % 4,
        actions: [action],
      };
    });
    const content = {
      aboutMe: {
        ...(Object.fromEntries(ABOUT_ME_PROMPTS.map((prompt) => [prompt, null])) as PlanContent['aboutMe']),
        pleaseDo: 'Please ring before noon.',
      },
      writtenWith: null,
      strengths: dice.pick(STRENGTHS),
      wouldLikeToGive: dice.pick(GIVING),
      crisisNotes: null,
      reviewOn,
      goals,
    } satisfies PlanContent;
    const saved: { at: Date; content: PlanContent; moved: PlanGoal[] }[] = [
      { at: madeAt, content, moved: goals },
    ];
    const [first, ...others] = goals;
    const wentOn = last - day > 20 && first !== undefined && dice.chance(0.6);
    if (wentOn) {
      const at = time.at(day + dice.between(15, 20), dice.between(0, 14) * 30);
      const goal: PlanGoal = {
        ...first,
        status: dice.pick(['partly_reached', 'reached']),
        howFar: dice.between(4, 10),
      };
      goal.actions = first.actions.map((action) => ({ ...action, status: 'done' }));
      saved.push({ at, content: { ...content, goals: [goal, ...others] }, moved: [goal] });
    }
    const now = saved.at(-1) ?? { at: madeAt, content };
    const plan = { ...this.scheme, plan_id: planId };
    rows.add('plan', {
      ...this.scheme,
      id: planId,
      version: saved.length,
      referral_id: this.id,
      review_on: reviewOn,
      made_by: this.worker,
      made_at: madeAt,
      changed_at: now.at,
    });
    saved.forEach(({ at, content: said, moved }, index) => {
      rows.add('plan_version', { ...plan, ...by, id: dice.idAt(at), number: index + 1, at, content: said });
      for (const { id, status, howFar } of moved) {
        const how = { goal_id: id, at, status, how_far: howFar };
        rows.add('goal_progress', { ...this.scheme, ...by, id: dice.idAt(at), ...how });
      }
    });
    now.content.goals.forEach((goal, position) => {
      const common = {
        ...plan,
        position,
        made_at: madeAt,
        status_at: goal.status === 'working_on_it' ? madeAt : now.at,
      };
      const { id, words, importance, status, howFar } = goal;
      rows.add('goal', { ...common, id, words, importance, status, how_far: howFar });
      goal.actions.forEach((action, at) => {
        const { dueOn, confidence, what, who } = action;
        rows.add('action', {
          ...common,
          id: action.id,
          goal_id: id,
          position: at,
          what,
          who,
          due_on: dueOn,
          status: action.status,
          confidence,
        });
      });
    });
    rows.add('plan_agreement', {
      ...plan,
      id: dice.idAt(madeAt),
      number: 1,
      agreed_on: londonDate(madeAt),
      how: 'in_person',
      basis: 'agreed',
      recorded_by: this.worker,
      recorded_at: madeAt,
    });
  }

  private appointment(): void {
    const { dice, rows, time } = this.world;
    const [day, minute] = [time.today + dice.between(0, 10), dice.between(0, 14) * 30];
    const madeAt = this.later(this.day);
    const soonest = time.planned(day, minute);
    const startsAt = soonest > madeAt ? soonest : time.planned(day + 1, minute);
    const id = dice.idAt(madeAt);
    const common = { ...this.scheme, starts_at: startsAt };
    rows.add('appointment', {
      ...common,
      id,
      referral_id: this.id,
      kind: 'place',
      state: 'made',
      minutes: 45,
      place: 'The library, quiet room',
      made_by: this.worker,
      created_at: madeAt,
      updated_at: madeAt,
    });
    rows.add('appointment_history', {
      ...common,
      id: dice.idAt(madeAt),
      appointment_id: id,
      at: madeAt,
      action: 'make',
      actor_id: this.worker,
    });
  }

  private answers(occasion: 'baseline' | 'closing', day: number, better: number): void {
    const { dice } = this.world;
    const at = this.later(day);
    const towards = (value: number): number => Math.max(0, Math.min(10, value));
    const given = {
      satisfied: towards(dice.between(2, 6) + better),
      worthwhile: towards(dice.between(2, 7) + better),
      happy: towards(dice.between(2, 6) + better),
      anxious: towards(dice.between(4, 9) - better),
    };
    this.keepAnswers('ons4', occasion, at, given);
    const often = (): number => Math.max(1, Math.min(3, dice.between(1, 3) - Math.sign(better)));
    this.keepAnswers('ucla3', occasion, at, {
      companionship: often(),
      left_out: often(),
      isolated: often(),
      direct: Math.max(1, Math.min(5, dice.between(1, 4) + Math.sign(better))),
    });
  }

  private keepAnswers(
    measure: string,
    occasion: 'baseline' | 'closing',
    at: Date,
    answers: Record<string, number>,
  ): void {
    const { dice, rows } = this.world;
    const scored = score(measure, '1', answers);
    if (!scored.ok) throw new Error('The demo gave answers that do not score');
    this.answered.push({
      measureId: measure,
      version: '1',
      occasion,
      takenOn: londonDate(at),
      scores: scored.scores,
    });
    rows.add('measure_response', {
      ...this.scheme,
      id: dice.idAt(at),
      referral_id: this.id,
      measure,
      measure_version: '1',
      occasion,
      answered_on: londonDate(at),
      mode: 'phone',
      answers,
      scores: scored.scores,
      bands: scored.bands,
      recorded_by: this.worker,
      recorded_at: at,
    });
  }

  private closingAnswers(reason: EndReason, at: Date): void {
    const { dice, rows } = this.world;
    if (!this.hasBaseline) return;
    if (reason === 'done' && dice.chance(0.75)) {
      this.answers('closing', this.day, dice.between(-1, 3));
      return;
    }
    for (const measure of ['ons4', 'ucla3']) {
      rows.add('measure_missing', {
        ...this.scheme,
        id: dice.idAt(at),
        referral_id: this.id,
        measure,
        occasion: 'closing',
        because: reason === 'could_not_reach' ? 'could_not_reach' : 'declined',
        recorded_by: this.worker,
        recorded_at: at,
      });
    }
  }

  /** Few days ago, so that there is time to answer, and one of few, as anybody may have waiting at once. */
  private askOneThatWaits(person: Person, offered: DemoListing[], last: number): void {
    const { time, toAsk } = this.world;
    if (this.day < time.today - 5 || offered.length > 1) return;
    const index = toAsk.findIndex((listing) => !offered.includes(listing) && this.suits(person, listing));
    const [listing] = index < 0 ? [] : toAsk.splice(index, 1);
    if (!listing) return;
    offered.push(listing);
    this.offer(person, listing, last, true);
  }

  private suits(person: Person, listing: DemoListing): boolean {
    return (
      listing.needs.some((need) => this.needs.includes(need)) &&
      (listing.forWhom === 'everyone' || listing.forWhom === (person.sex === 'female' ? 'women' : 'men')) &&
      (!listing.counted || listing.taken < listing.total)
    );
  }

  private listingFor(person: Person, offered: readonly DemoListing[]): DemoListing | null {
    const { dice, listings } = this.world;
    const suitable = listings.filter((listing) => !offered.includes(listing) && this.suits(person, listing));
    return suitable.length > 0 ? dice.pick(suitable) : null;
  }

  /** One offer: answered within the group's days, taken up or not, ended before the referral ends. */
  private offer(person: Person, listing: DemoListing, last: number, waits = false): void {
    const { dice, rows, time } = this.world;
    const live = this.fate === 'active';
    const offeredDay = this.day;
    const at = this.later(offeredDay);
    const id = dice.idAt(at);
    const agreementId = dice.idAt(at);
    rows.add('agreement', {
      ...this.scheme,
      id: agreementId,
      client_id: person.clientId,
      recipient_kind: 'organisation',
      organisation_id: listing.organisationId,
      scope: ['contact_details', 'needs', 'access_needs'],
      basis: 'agreed',
      agreed_on: londonDate(at),
      how: 'phone',
      recorded_by: this.worker,
      recorded_at: at,
    });
    const need = listing.needs.find((one) => this.needs.includes(one)) ?? this.needs[0];
    const row: Record<string, unknown> = {
      ...this.scheme,
      id,
      referral_id: this.id,
      client_id: person.clientId,
      listing_id: listing.id,
      organisation_id: listing.organisationId,
      state: 'offered',
      people: 1,
      places_held: listing.counted ? 1 : 0,
      called_by: 'first_name',
      contact_route: 'phone',
      needs: [need],
      how_soon: 'within_two_weeks',
      safety_instructions: dice.chance(0.05) ? ['meet_in_pairs'] : [],
      confirmed: [],
      agreement_id: agreementId,
      offered_by: this.worker,
      offered_at: at,
      clock_started_at: null,
      answer_by: null,
      clock_stopped: null,
      days_left: null,
      answer: null,
      answered_at: null,
      answered_through: null,
      in_touch_by: null,
      accepted_at: null,
      started_on: null,
      started_by: null,
      started_at: null,
      ended_at: null,
      end_reason: null,
      end_side: null,
      result: null,
      seen_at: null,
      to_act: null,
      created_at: at,
      updated_at: at,
    };
    const moved = (
      action: string,
      from: string | null,
      to: string,
      when: Date,
      reason: string | null = null,
      side: string | null = null,
      who: string | null = null,
    ): void => {
      rows.add('onward_referral_history', {
        ...this.scheme,
        id: dice.idAt(when),
        onward_referral_id: id,
        at: when,
        action,
        from_state: from,
        to_state: to,
        actor_id: who,
        actor_name: who ? null : 'demo',
        reason,
        side,
      });
      Object.assign(row, { state: to, updated_at: when });
    };
    const ended = (
      action: string,
      from: string,
      to: string,
      when: Date,
      reason: string,
      side: string,
    ): void => {
      moved(action, from, to, when, reason, side);
      Object.assign(row, {
        ended_at: when,
        end_reason: reason,
        end_side: side,
        places_held: 0,
        in_touch_by: null,
        seen_at: when,
      });
    };
    moved('offer', null, 'offered', at, null, null, this.worker);

    const fate = dice.weighted({ decline: 12, expire: 6, withdraw: 4, take: 78 });
    const answerDay = waits ? Infinity : offeredDay + (fate === 'expire' ? 10 : dice.between(1, 8));
    if (answerDay > Math.min(last, time.today)) {
      if (live) {
        Object.assign(row, { clock_started_at: at, answer_by: time.deadline(offeredDay, 10) });
        if (row['answer_by'] instanceof Date && row['answer_by'] > time.now) {
          if (listing.counted) listing.taken += 1;
          rows.add('onward_referral', row);
          return;
        }
        Object.assign(row, { clock_started_at: null, answer_by: null });
      }
      ended(
        'withdraw',
        'offered',
        'withdrawn',
        this.later(Math.min(last, time.today)),
        'no_longer_needed',
        'client',
      );
      rows.add('onward_referral', row);
      return;
    }
    const answeredAt = time.at(answerDay, dice.between(5, 470));
    if (fate === 'expire') ended('expire', 'offered', 'expired', answeredAt, 'no_reply', 'provider');
    else if (fate === 'withdraw')
      ended('withdraw', 'offered', 'withdrawn', answeredAt, 'changed_mind', 'client');
    else if (fate === 'decline') {
      Object.assign(row, { answer: 'decline', answered_at: answeredAt, answered_through: 'sign_in' });
      ended(
        'decline',
        'offered',
        'declined',
        answeredAt,
        dice.weighted({ full: 50, not_suitable: 25, wrong_area: 10, closed_for_now: 15 }),
        'provider',
      );
    } else {
      Object.assign(row, {
        answer: 'accept',
        answered_at: answeredAt,
        answered_through: 'sign_in',
        accepted_at: answeredAt,
      });
      moved('accept', 'offered', 'accepted', answeredAt);
      this.takePart(row, moved, ended, answerDay, last, listing);
    }
    if (listing.counted && row['places_held'] === 1) listing.taken += 1;
    rows.add('onward_referral', row);
  }

  private takePart(
    row: Record<string, unknown>,
    moved: (action: string, from: string | null, to: string, when: Date) => void,
    ended: (action: string, from: string, to: string, when: Date, reason: string, side: string) => void,
    acceptedDay: number,
    last: number,
    listing: DemoListing,
  ): void {
    const { dice, rows, time } = this.world;
    const end = Math.min(last, time.today);
    const startDay = acceptedDay + dice.between(2, 8);
    if (startDay > end || dice.chance(0.1)) {
      if (this.fate === 'active' && acceptedDay > time.today - 6) {
        row['in_touch_by'] = addDays(time.date(acceptedDay), 7);
        const arrangedAt = time.at(acceptedDay, 440);
        rows.add('warm_handover', {
          ...this.scheme,
          id: dice.idAt(arrangedAt),
          onward_referral_id: row['id'],
          goes_id: this.worker,
          meet_at: time.at(time.today + 2, 300),
          place: 'At the door',
          state: 'arranged',
          arranged_by: this.worker,
          arranged_at: arrangedAt,
        });
        return;
      }
      ended(
        'withdraw',
        'accepted',
        'withdrawn',
        time.at(end, dice.between(300, 470)),
        'cannot_get_there',
        'client',
      );
      return;
    }
    const startedAt = time.at(startDay, dice.between(60, 400));
    moved('start', 'accepted', 'started', startedAt);
    Object.assign(row, {
      started_on: londonDate(startedAt),
      started_at: startedAt,
      started_by: 'attendance',
      in_touch_by: null,
    });
    this.joinedGroup = true;
    for (let session = startDay, count = 0; session <= end && count < 8; session += 5, count += 1) {
      const recordedAt = time.at(session, 450);
      rows.add('attendance', {
        ...this.scheme,
        id: dice.idAt(recordedAt),
        onward_referral_id: row['id'],
        session_on: time.date(session),
        result:
          count === 0
            ? 'attended'
            : dice.weighted({ attended: 82, late: 4, absent_acceptable: 10, absent_logistics: 4 }),
        recorded_at: recordedAt,
      });
    }
    if (this.fate === 'active' && (listing.counted || dice.chance(0.7))) return;
    const endAt = time.at(end, dice.between(300, 470));
    moved('complete', 'started', 'completed', endAt);
    Object.assign(row, {
      ended_at: endAt,
      result: dice.weighted({ still_going: 50, finished_as_planned: 35, came_once: 8, did_not_suit: 7 }),
      places_held: 0,
      seen_at: endAt,
    });
  }

  /** Moves the story on to a day and gives a moment on it, never before what has been told. */
  private later(day: number): Date {
    const { dice, time } = this.world;
    const floor = this.latest;
    this.day = Math.max(day, this.day);
    const at = time.at(this.day, dice.between(5, 470));
    this.latest = at > floor ? at : new Date(Math.min(floor.getTime() + 60_000, time.now.getTime()));
    return this.latest;
  }
  private latest = new Date(0);

  private history(
    action: string,
    from: string | null,
    to: string,
    at: Date,
    who: string | null,
    reason: string | null = null,
    side: string | null = null,
  ): void {
    if (at > this.latest) this.latest = at;
    this.world.rows.add('referral_history', {
      ...this.scheme,
      id: this.world.dice.idAt(at),
      referral_id: this.id,
      at,
      action,
      from_state: from,
      to_state: to,
      actor_id: who,
      actor_name: who ? null : 'demo',
      reason,
      side,
    });
  }

  private end(
    action: string,
    from: string,
    to: string,
    at: Date,
    reason: EndReason,
    who: string | null,
  ): void {
    const { side, why } = endReasonOf(reason);
    this.history(action, from, to, at, who, reason, side ?? 'client');
    Object.assign(this.columns, {
      ended_at: at,
      end_reason: reason,
      end_side: side ?? 'client',
      told_status: to === 'declined' ? 'not_taken_on' : to,
      told_at: at,
      told_why: why,
    });
  }

  private withTriage(kind: string, at: Date): void {
    Object.assign(this.columns, { owner_kind: 'triage', next_at: at, next_kind: kind });
    this.hold('triage', this.world.schemeId, 'triage');
  }

  private withWorker(kind: string, at: Date): void {
    Object.assign(this.columns, {
      owner_kind: 'worker',
      owner_id: this.worker,
      next_at: at,
      next_kind: kind,
    });
    this.hold('membership', this.worker, 'owns');
  }

  private hold(kind: string, holderId: string, why: string): void {
    this.holds.push({ holder_kind: kind, holder_id: holderId, why });
  }
  private readonly holds: { holder_kind: string; holder_id: string; why: string }[] = [];

  /** What the sender may hear stands on an agreement of its own. */
  private agreeFeedback(person: Person, feedback: Feedback): void {
    if (feedback === 'nothing' || !this.sender.organisationId) return;
    this.world.rows.add('agreement', {
      ...this.scheme,
      id: this.world.dice.idAt(this.sentAt),
      client_id: person.clientId,
      recipient_kind: 'organisation',
      organisation_id: this.sender.organisationId,
      scope: feedback === 'everything' ? ['progress_feedback', 'full_feedback'] : ['progress_feedback'],
      basis: 'agreed',
      agreed_on: londonDate(this.sentAt),
      how: 'in_person',
      recorded_by: this.sender.memberId,
      recorded_at: this.sentAt,
    });
  }

  private finish(person: Person): void {
    const { rows, dice } = this.world;
    const risks: Circumstance[] = dice.chance(0.12)
      ? [dice.pick(['falls', 'alcohol_or_drugs', 'confusion_or_memory_loss'] as const)]
      : [];
    const feedback = dice.weighted({ progress: 80, everything: 12, nothing: 8 });
    this.agreeFeedback(person, feedback);
    rows.add('referral', {
      ...this.scheme,
      id: this.id,
      reference: demoReference(this.n),
      client_id: person.clientId,
      sent_client_id: person.clientId,
      route: this.sender.route,
      state: this.fate,
      organisation_id: this.sender.organisationId,
      author_id: this.sender.memberId,
      sender_name: this.sender.name,
      reasons: this.needs,
      note: 'Would welcome a call.',
      risks,
      no_known_risks: risks.length === 0,
      agreement_id: this.agreementId,
      feedback,
      sent_at: this.sentAt,
      ...this.columns,
      created_at: this.sentAt,
      updated_at: this.latest > this.sentAt ? this.latest : this.sentAt,
    });
    for (const hold of this.holds) {
      rows.add('client_reach', { ...this.scheme, client_id: person.clientId, ...hold, source_id: this.id });
    }
    if (this.assignment && this.columns['owner_kind'] === null)
      this.assignment['ends_at'] = this.columns['ended_at'];
  }
}
