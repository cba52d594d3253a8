import { type Action, reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import type { TaskView } from '../../reminders/task.dto.js';
import type { TaskKind } from '../../reminders/task.types.js';
import { say, sayAll } from '../words/staff/staff-words.js';

/** Where something is done, for whoever may do it there; null where this task has no such place. */
interface Step {
  text: string;
  needs: Action;
  to: (task: TaskView) => string | null;
}

type Within = 'subject' | 'person' | 'referral' | 'organisation';

const idOf: Record<Within, (task: TaskView) => string | null> = {
  subject: ({ subject }) => subject.id,
  person: ({ client }) => (client?.isInReach ? client.id : null),
  referral: ({ referralId }) => referralId,
  organisation: ({ organisation }) => organisation?.id ?? null,
};

/** `desk/things` + whose id + what follows it. */
const step = (text: string, needs: Action, of: string, within: Within, then = ''): Step => ({
  text,
  needs,
  to: (task) => {
    const id = idOf[within](task);
    return id === null ? null : `/desk/${of}/${id}${then}`;
  },
});

const onward = (text: string, then = ''): Step => step(text, 'onward.history', 'onward', 'subject', then);
const appointment = (text: string, then = ''): Step =>
  step(text, 'appointment.list', 'appointments', 'subject', then);
const story = (text: string, then = ''): Step => step(text, 'story.get', 'stories', 'subject', then);
const logIt = (text = say('Log a contact')): Step =>
  step(text, 'contact.log', 'referrals', 'referral', '/contact');
const record = step(say('Their record'), 'timeline.list', 'people', 'person');
const questions = (text: string): Step => step(text, 'response.list', 'people', 'person', '/questionnaires');
const ofReferrer = (text: string): Step => step(text, 'referral.get', 'referrals', 'referral');
const triage = (text: string): Step => step(text, 'referral.triage', 'triage', 'referral');
const group = (text: string, then = '', needs: Action = 'provider.get'): Step =>
  step(text, needs, 'groups', 'organisation', then);
const dead: Step = sayAll({
  text: 'All that did not arrive',
  needs: 'message.list',
  to: () => '/desk/messages',
});

/** Where each task is done: the first that is there and that the reader's role may open. Every kind has one. */
// prettier-ignore
const STEPS: Readonly<Record<TaskKind, readonly [Step, ...Step[]]>> = sayAll({
  draft_waiting:          [step('Go on with it', 'referral.draft', 'drafts', 'referral')],
  triage_waiting:         [triage('Look at it')],
  returned:               [triage('See what was missing')],
  allocate:               [triage('Give it to somebody')],
  first_contact:          [logIt()],
  next_contact:           [logIt()],
  resume:                 [step('Take it up', 'referral.resume', 'referrals', 'referral', '/resume')],
  given:                  [record],
  third_unreached:        [step('Choose what next', 'contact.log', 'referrals', 'referral', '/unreached')],
  write_letter:           [logIt('Log the letter')],
  send_text:              [logIt('Log the text')],
  ask_practice:           [ofReferrer('Tell them')],
  plan_review:            [step('Open the plan', 'plan.read', 'people', 'person', '/plan')],
  agreement_renewal:      [step('See what was agreed', 'agreement.list', 'people', 'person', '/sharing')],
  measure_baseline:       [questions('Ask them')],
  measure_review:         [questions('Ask them')],
  measure_closing:        [questions('Ask them')],
  measure_3_months:       [questions('Ask them')],
  measure_6_months:       [questions('Ask them')],
  closing_summary:        [ofReferrer('Read it')],
  closing_present:        [record],
  offer_made:             [onward('Open it, and write down their answer')],
  reply_wanted:           [onward('Open it, and write down their answer')],
  group_replied:          [onward('See what they said')],
  risk_learned:           [onward('Tell them what keeps them safe', '/safety')],
  group_barred:           [onward('See why')],
  safety_changed:         [onward('Say whom you told', '/safety-seen')],
  in_touch:               [onward('Say whether they are in touch')],
  how_did_it_go:          [onward('Write down how it goes')],
  waiting_list:           [onward('Look at their place')],
  do_not_contact:         [onward('Say that they know')],
  appointment:            [appointment('See when and where')],
  appointment_changed:    [appointment('See what changed')],
  interpreter:            [appointment('Say who interprets', '#interpreter')],
  visit_overdue:          [appointment('See where they went')],
  visit_flagged:          [appointment('Look at the visit')],
  assurance_lapsing:      [group('Look at its checks', '/checks', 'assurance.get')],
  concern:                [step('Look at it', 'concern.list', 'concerns', 'subject')],
  own_service:            [step('Look at it', 'approval.list', 'approvals', 'subject')],
  own_service_told:       [step('See what they said', 'approval.list', 'approvals', 'subject')],
  group_closed:           [group('Look at the group')],
  safeguarding:           [step('Look at it', 'safeguarding.list', 'safeguarding', 'subject')],
  flag_review:            [step('Look at the flag', 'loneWorkerFlag.list', 'people', 'person', '/safety-note')],
  gap_follow_up:          [step('Look at it again', 'gap.list', 'gaps', 'subject')],
  safety_message:         [step('Write down who knows', 'safetyMessage.list', 'safety-messages', 'subject')],
  warm_handover:          [step('See when and where', 'warmHandover.list', 'warm-handovers', 'subject')],
  warm_handover_off:      [step('See why', 'warmHandover.list', 'warm-handovers', 'subject')],
  warm_handover_outcome:  [step('Say what happened', 'warmHandover.list', 'warm-handovers', 'subject')],
  listing_check:          [step('Look at it', 'listing.get', 'listings', 'subject')],
  story_waiting:          [story('Read it')],
  story_sent_back:        [story('See what is to change')],
  story_expiring:         [story('Ask, and write it down')],
  story_take_down:        [story('See where it stands', '#printings')],
  client_feedback:        [step('Read it', 'clientFeedback.list', 'said', 'subject')],
  client_feedback_answer: [step('Answer it', 'clientFeedback.list', 'said', 'subject')],
  escalation:             [step('Answer it', 'escalation.list', 'notes', 'subject')],
  escalation_answered:    [step('Read the answer', 'escalation.list', 'notes', 'subject')],
  transfer_in:            [step('Look at it', 'transfer.incoming', 'transfers/incoming', 'subject')],
  transfer_back:          [step('See why', 'transfer.list', 'transfers', 'subject')],
  practice_moved:         [step('Ask, and write it down', 'practiceMove.list', 'practice-moves', 'subject')],
  area_move:              [step('Decide with them', 'areaMove.list', 'area-moves', 'subject')],
  area_move_hand_over:    [step('Hand them over', 'areaMove.list', 'area-moves', 'subject')],
  area_move_kept:         [step('Decide with them', 'areaMove.list', 'area-moves', 'subject')],
  handover_taker_gone:    [step('See who takes whom', 'handover.list', 'handovers', 'subject')],
  handover_undone:        [step('See who is left', 'handover.list', 'handovers', 'subject')],
  people_left:            [step('Hand them over', 'handover.make', 'team', 'subject', '/hand-over')],
  message_unconfirmed:    [dead, logIt(), group('Look at the group'), record],
  message_failed:         [dead, logIt(), group('Look at the group'), record],
  contact_left:           [group('Name somebody', '/contact', 'provider.amend')],
  group_claimed:          [{ text: 'See who says so', needs: 'claim.list', to: () => '/desk/claims' }],
  job_over:               [step('See what came of it', 'job.get', 'jobs', 'subject')],
  staff_request:          [step('See who it is', 'staffRequest.list', 'staff-requests', 'subject')],
  written_message:        [step('See what was written', 'writtenMessage.list', 'people', 'person', '/write'), record],
  written_late:           [step('See what was written', 'writtenMessage.list', 'people', 'person', '/write'), record],
  key_ending:             [step('See the program', 'program.list', 'programs', 'subject')],
  key_last_days:          [step('See the program', 'program.list', 'programs', 'subject')],
  group_worried:          [step('Write down what they tell you', 'safeguarding.record', 'people', 'person', '/concern'), group('Look at the group')],
  page_message:           [step('Read it', 'timeline.list', 'people', 'person', '/documents')],
  cannot_come:            [appointment('Find another time')],
  took_back:              [step('See what they took back', 'agreement.list', 'people', 'person', '/sharing')],
  death_told:             [record],
  safety_noted:           [step('Read it', 'loneWorkerFlag.list', 'people', 'person', '/safety-note'), record],
  contact_wish:           [step('See how they are reached', 'client.get', 'people', 'person', '/details')],
  shortlist_answered:     [step('See what they say', 'shortlist.list', 'referrals', 'referral', '/shortlist')],
});

/** What there is to do, with where the reader does it. */
export interface TaskLine {
  task: TaskView;
  step: { text: string; href: string } | null;
}

export const taskLines = (tasks: readonly TaskView[], { role }: MemberActor): TaskLine[] =>
  tasks.map((task) => ({ task, step: stepOf(task, role) }));

function stepOf(task: TaskView, role: MemberActor['role']): TaskLine['step'] {
  for (const { text, needs, to } of STEPS[task.kind]) {
    const href = reachOf(needs, role) === 'none' ? null : to(task);
    if (href !== null) return { text, href };
  }
  return null;
}
