import type { ReminderKind } from './reminder.kinds.js';
import { SUBJECTS } from './reminder.types.js';

export { TASK_AUDIENCES } from './reminder.types.js';

export const TASK_SUBJECTS = [
  ...SUBJECTS,
  'message',
  'organisation',
  'page_message',
  'client',
  'job',
] as const;

/** What the ledger asks of a person. */
export const LEDGER_TASKS = ['message_unconfirmed', 'message_failed'] as const;
export type LedgerTask = (typeof LEDGER_TASKS)[number];

/** What a group asks of a person, by link. */
export const GROUP_TASKS = ['contact_left', 'group_claimed', 'group_worried'] as const;
export type GroupTask = (typeof GROUP_TASKS)[number];

/** What a person, or whom they named, asks for on the person's own page. */
export const PAGE_TASKS = [
  'page_message',
  'cannot_come',
  'took_back',
  'contact_wish',
  'shortlist_answered',
] as const;
export type PageTask = (typeof PAGE_TASKS)[number];

/** What somebody else told us, and whoever has the person in hand is to know. */
export const TOLD_TASKS = ['death_told', 'safety_noted'] as const;
export type ToldTask = (typeof TOLD_TASKS)[number];

/** Something long that somebody waits for. */
export const JOB_TASKS = ['job_over'] as const;
export type JobTask = (typeof JOB_TASKS)[number];

/** What each task says to do, naming nobody. Kinds that never become a task have no words. */
const WORDS = {
  draft_waiting: 'Finish a referral that was begun, or discard it',
  triage_waiting: 'Look at a referral that was sent',
  returned: 'Ring the referrer about what was missing',
  allocate: 'Give an accepted referral to a link worker',
  first_contact: 'Get in touch for the first time',
  next_contact: 'Get in touch as planned',
  resume: 'Take up what was on hold',
  given: 'Look at somebody who is new on your caseload',
  third_unreached: 'Choose what next after three tries: letter, text, ask the practice, or close',
  write_letter: 'Write a letter to somebody who could not be reached, and log it',
  send_text: 'Text somebody who could not be reached, and log it',
  ask_practice: 'Tell the link worker another way to reach somebody you referred',
  plan_review: 'Look at the plan together again, and choose the next day for that',
  agreement_renewal: 'Ask again whether somebody still agrees, as was arranged',
  measure_baseline: 'Ask the first questions about how they feel',
  measure_review: 'Ask again how they feel, after six weeks',
  measure_closing: 'Ask how they feel now that it has ended',
  measure_3_months: 'Ask the questions of three months after closing',
  measure_6_months: 'Ask the questions of six months after closing',
  closing_summary: 'Read what became of a referral you sent',
  closing_present: 'Tell somebody’s new practice what became of them: it could not be written to',
  offer_made: 'Ring the group: an offer could not be written to it',
  reply_wanted: 'Ring the group: its answer is wanted',
  group_replied: 'Act on what a group said',
  risk_learned: 'Tell a group what keeps it safe: a risk to others is known now',
  group_barred: 'End it with a group, or ring it first: by what is known now, it does not suit this person',
  safety_changed:
    'Ring the group: what keeps it safe has changed, and nobody there has read it. Say whom you told',
  in_touch: 'Check that the group got in touch',
  how_did_it_go: 'Ask the group how it is going',
  waiting_list: 'Look again at a place on a waiting list',
  do_not_contact: 'Ring the group: somebody must not be contacted again. Then say that it knows',
  appointment: 'Remind somebody of tomorrow’s appointment',
  appointment_changed: 'Tell somebody that we moved or called off the appointment they were reminded of',
  assurance_lapsing: 'Check again with a group what is about to lapse among its safety checks',
  concern: 'Look at a concern about how somebody was treated',
  own_service:
    'Look as the second person: somebody would be offered to a service of the asker’s or the referrer’s own',
  own_service_told: 'Read what the second person said about an offer',
  group_closed: 'Ring a group that has closed: ask it to destroy its notes',
  interpreter: 'Book an interpreter, or move the appointment: nobody is coming yet',
  visit_overdue: 'Ring a colleague: they are not back from a home visit',
  visit_flagged: 'Look at a home visit again: something was flagged for whoever goes, since it was arranged',
  safeguarding: 'Look today at a worry about somebody',
  flag_review: 'Say whether a flag for whoever visits somebody is still needed',
  gap_follow_up: 'Look again at a need that nobody could meet a month ago',
  safety_message: 'Ring a practice now: it has not read, or did not get, a message about somebody’s safety',
  warm_handover: 'Go along with somebody on the next working day, as arranged',
  warm_handover_off: 'Do not go along as arranged: it has been called off',
  warm_handover_outcome: 'Say what happened when somebody was to be gone along with',
  listing_check: 'Ask a group whether what we say about it is still right',
  story_waiting: 'Read somebody’s story as the second reader, before it is used',
  story_sent_back: 'Work on a story again: its second reader sent it back',
  story_expiring: 'Ask somebody again whether their story may be used: what they agreed to runs out',
  story_take_down: 'Take down a story where it stands: it is no longer agreed to',
  client_feedback: 'Read what somebody said of the service, or is worried about',
  client_feedback_answer: 'Answer what somebody said of the service: they want to hear what came of it',
  escalation: 'Answer a note that a worker put before the managers',
  escalation_answered: 'Read what a manager said to your note',
  transfer_in: 'Answer another scheme: it would hand somebody over to you',
  transfer_back: 'Look again at somebody whom another scheme did not take on',
  practice_moved: 'Ask somebody who changed their practice which practice hears of them now',
  area_move: 'Decide with somebody who moves out of the area: hand over, keep until a day, or close',
  area_move_hand_over: 'Offer somebody who moved away to another scheme, as was decided',
  area_move_kept: 'Decide anew: somebody who moved away was kept until today',
  handover_taker_gone:
    'Plan a handover anew: somebody who is to take people has left, or is away on its day with nobody to cover',
  handover_undone: 'Find another worker for people in a handover: whoever was to take them was not there',
  people_left: 'Hand over the people of somebody who has left: nobody took them over',
  staff_request: 'Answer a practice: somebody is to sign in for it, or no more',
  message_unconfirmed: 'Ring somebody: a message to them may not have arrived',
  message_failed: 'Reach somebody another way: a message could not be delivered',
  contact_left: 'Find out who answers for a group now: whoever did no longer helps there',
  group_claimed: 'Look at who says that a group is theirs',
  written_message: 'Say another way what was written to somebody: it could not be sent',
  written_late: 'Say another way what was written to somebody: it did not go within a day',
  key_ending: 'Make a new key for a program: the one it has ends within two weeks',
  key_last_days: 'Make a new key for a program now: the one it has ends within three days',
  group_worried: 'Ring a group today: it is worried about somebody',
  page_message: 'Read what somebody wrote to you on their own page, and answer',
  cannot_come: 'Find another time: somebody cannot come to an appointment',
  took_back: 'Get in touch, if they are glad of it: somebody took back what they had agreed to',
  job_over: 'Look at what came of something long that you started: it is over',
  death_told: 'Read why somebody’s case was closed: another than you told us',
  safety_noted: 'Read what keeps somebody, or whoever works with them, safe: a colleague wrote it down',
  contact_wish: 'Look at how somebody wants to be reached: they changed it, or asked to, on their own page',
  shortlist_answered: 'Read what somebody says to the groups they were sent to think about',
} as const satisfies Partial<
  Record<ReminderKind | LedgerTask | GroupTask | PageTask | ToldTask | JobTask, string>
>;

export type TaskKind = keyof typeof WORDS;
export const TASK_KINDS = Object.keys(WORDS) as TaskKind[];

export const taskWords = (kind: string): string => WORDS[kind as TaskKind];
