export const SECTIONS = [
  'About you',
  'People close to you',
  'What you agreed to',
  'Your referrals',
  'Your contacts with us',
  'Your plan',
  'Your appointments',
  'Groups',
  'Help you were given',
  'How you answered our questions',
  'Your stories',
  'Safety',
  'Messages',
  'What you told us about our service',
  'Your own page',
  'Your requests',
] as const;
export type Section = (typeof SECTIONS)[number];

/**
 * One table that holds something about a person. Its line decides both what somebody is given who asks for all that is
 * held about them, and what is destroyed with their record.
 */
export interface PersonTable {
  table: string;
  /** Columns that lead to the table named in `of`, any of them. */
  by: readonly string[];
  /** `client`, or another table of the catalogue, further down. */
  of: string;
  /** The heading it is shown under; null where there is nothing to tell, with the reason in `because`. */
  section: Section | null;
  because?: string;
  /** Columns that may tell of other people, or are somebody else's words: looked at before they are released. */
  others?: readonly string[];
  /** Columns that mean nothing to a reader, such as keys for finding. */
  hide?: readonly string[];
  /** The row says more of the scheme than of the person: it stays, and forgets whom it was about. */
  detach?: true;
}

const WORK = 'How we share out our work. What it rests on is shown elsewhere.';
const KEY = 'Keys to pages. They say nothing about you.';

/**
 * Children before what they belong to, which is the order of destruction. A test compares the list with the database,
 * so that no table can be forgotten.
 */
// prettier-ignore
export const PERSON_DATA: readonly PersonTable[] = [
  { table: 'import_row',              by: ['referral_id'],         of: 'referral',         section: null, because: 'The list that your practice sent you on. It is deleted within days; what it said is with your referral.' },
  { table: 'reply_code',              by: ['link_id'],             of: 'reply_link',       section: null, because: KEY },
  { table: 'reply_link',              by: ['onward_referral_id'],  of: 'onward_referral',  section: null, because: KEY },
  { table: 'page_session',            by: ['visitor_id'],          of: 'page_visitor',     section: null, because: KEY },
  { table: 'page_kept_form',          by: ['visitor_id'],          of: 'page_visitor',     section: null, because: 'What was typed on your page and not sent. Nobody but whoever typed it can read it, and it is gone after a day.' },
  { table: 'page_code',               by: ['visitor_id'],          of: 'page_visitor',     section: null, because: KEY },
  { table: 'page_link',               by: ['visitor_id'],          of: 'page_visitor',     section: null, because: KEY },
  { table: 'task',                    by: ['client_id'],           of: 'client',           section: null, because: WORK },
  { table: 'task',                    by: ['referral_id'],         of: 'referral',         section: null, because: WORK },
  { table: 'reminder',                by: ['referral_id'],         of: 'referral',         section: null, because: WORK },
  { table: 'message',                 by: ['client_id'],           of: 'client',           section: 'Messages', hide: ['message_id', 'claimed_at', 'next_attempt_at', 'attempts'] },
  { table: 'message_switch',          by: ['client_id'],           of: 'client',           section: 'Messages' },
  { table: 'measure_half_filled',     by: ['link_id'],             of: 'measure_link',     section: 'How you answered our questions' },
  { table: 'measure_link',            by: ['referral_id'],         of: 'referral',         section: null, because: KEY },
  { table: 'measure_wish',            by: ['client_id'],           of: 'client',           section: 'How you answered our questions' },
  { table: 'measure_risk',            by: ['response_id'],         of: 'measure_response', section: 'Safety', others: ['note'] },
  { table: 'measure_missing',         by: ['referral_id'],         of: 'referral',         section: 'How you answered our questions' },
  { table: 'measure_response',        by: ['referral_id'],         of: 'referral',         section: 'How you answered our questions', others: ['superseded_because'] },
  { table: 'plan_draft',              by: ['referral_id'],         of: 'referral',         section: 'Your plan', others: ['content'] },
  { table: 'private_words',           by: ['referral_id'],         of: 'referral',         section: 'Your plan', others: ['words'] },
  { table: 'plan_draft_aside',        by: ['referral_id'],         of: 'referral',         section: 'Your plan', others: ['content'] },
  { table: 'plan_share',              by: ['plan_id'],             of: 'plan',             section: 'Your plan' },
  { table: 'plan_agreement',          by: ['plan_id'],             of: 'plan',             section: 'Your plan', others: ['decided_by'] },
  { table: 'action',                  by: ['plan_id'],             of: 'plan',             section: 'Your plan', others: ['who_name'] },
  { table: 'goal_progress',           by: ['goal_id'],             of: 'goal',             section: 'Your plan', others: ['note'] },
  { table: 'goal',                    by: ['plan_id'],             of: 'plan',             section: 'Your plan' },
  { table: 'plan_version',            by: ['plan_id'],             of: 'plan',             section: 'Your plan', others: ['reason', 'content'] },
  { table: 'plan',                    by: ['referral_id'],         of: 'referral',         section: 'Your plan' },
  { table: 'home_visit',              by: ['appointment_id'],      of: 'appointment',      section: 'Your appointments', others: ['note'] },
  { table: 'appointment_history',     by: ['appointment_id'],      of: 'appointment',      section: 'Your appointments', others: ['reason', 'note'] },
  { table: 'appointment',             by: ['referral_id'],         of: 'referral',         section: 'Your appointments', others: ['note'] },
  { table: 'contact_reading',         by: ['contact_id'],          of: 'contact',          section: 'Your contacts with us', others: ['reason'] },
  { table: 'contact_section',         by: ['contact_id'],          of: 'contact',          section: 'Your contacts with us', others: ['kind', 'words', 'ended_because'] },
  { table: 'escalation',              by: ['referral_id'],         of: 'referral',         section: 'Your contacts with us', others: ['words', 'answer'] },
  { table: 'transfer_parcel',         by: ['id'],                  of: 'transfer',         section: null, because: 'Only while another scheme decides: what is in it is shown with what we sent them.' },
  { table: 'transfer',                by: ['referral_id'],         of: 'referral',         section: 'Your referrals', others: ['agreement', 'carries', 'answered_by', 'reason'] },
  { table: 'transfer_in',             by: ['referral_id'],         of: 'referral',         section: 'Your referrals', others: ['carries'] },
  { table: 'area_move_history',       by: ['area_move_id'],        of: 'area_move',        section: 'Your referrals', others: ['reason'] },
  { table: 'area_move',               by: ['referral_id'],         of: 'referral',         section: 'Your referrals' },
  { table: 'handover_item',           by: ['referral_id'],         of: 'referral',         section: null, because: WORK },
  { table: 'unreached_choice',        by: ['referral_id'],         of: 'referral',         section: 'Your contacts with us', others: ['note'] },
  { table: 'contact_history',         by: ['contact_id'],          of: 'contact',          section: 'Your contacts with us', others: ['reason', 'changes'] },
  { table: 'contact',                 by: ['referral_id'],         of: 'referral',         section: 'Your contacts with us', others: ['note'] },
  { table: 'shortlist_item',          by: ['referral_id'],         of: 'referral',         section: 'Groups', others: ['note'] },
  { table: 'practical_help_history',  by: ['help_id'],             of: 'practical_help',   section: 'Help you were given', others: ['reason', 'changes'] },
  { table: 'practical_help',          by: ['client_id'],           of: 'client',           section: 'Help you were given', others: ['note', 'void_reason'] },
  { table: 'gap',                     by: ['referral_id'],         of: 'referral',         section: 'Groups', others: ['why', 'closed_note'], detach: true },
  { table: 'concern',                 by: ['client_id'],           of: 'client',           section: 'Safety', others: ['what', 'review_note'] },
  { table: 'signpost',                by: ['client_id'],           of: 'client',           section: 'Groups', others: ['note'] },
  { table: 'warm_handover',           by: ['onward_referral_id'],  of: 'onward_referral',  section: 'Groups', others: ['place', 'goes_else', 'note'] },
  { table: 'register_correction',     by: ['onward_referral_id'],  of: 'onward_referral',  section: 'Groups', others: ['reason'] },
  { table: 'attendance',              by: ['onward_referral_id'],  of: 'onward_referral',  section: 'Groups', others: ['note'] },
  { table: 'onward_referral_history', by: ['onward_referral_id'],  of: 'onward_referral',  section: 'Groups', others: ['reason', 'note', 'details'] },
  { table: 'onward_referral',         by: ['client_id'],           of: 'client',           section: 'Groups', others: ['talk_note', 'end_note', 'must_avoid', 'help_note', 'safety_told_to'] },
  { table: 'offer_approval',          by: ['referral_id'],         of: 'referral',         section: 'Groups', others: ['because', 'decided_because'] },
  { table: 'shortlist_sent',          by: ['referral_id'],         of: 'referral',         section: 'Groups' },
  { table: 'written_message',         by: ['referral_id'],         of: 'referral',         section: 'Messages', others: ['words'] },
  { table: 'safety_message',          by: ['referral_id'],         of: 'referral',         section: 'Safety', others: ['read_by'] },
  { table: 'referral_assignment',     by: ['referral_id'],         of: 'referral',         section: 'Your referrals', others: ['reason'] },
  { table: 'referral_history',        by: ['referral_id'],         of: 'referral',         section: 'Your referrals', others: ['note', 'details'] },
  { table: 'referral',                by: ['client_id', 'sent_client_id'], of: 'client',   section: 'Your referrals', others: ['sender_name', 'sender_contact', 'reason_note', 'note', 'risks', 'risk_note', 'end_note', 'as_sent', 'returned_because', 'original_closing'] },
  { table: 'agreement',               by: ['client_id'],           of: 'client',           section: 'What you agreed to', others: ['decided_by', 'consulted', 'agreed_with', 'advocate', 'basis_note', 'withdrawal_note'] },
  { table: 'client_link',             by: ['client_id', 'other_id'], of: 'client',         section: 'People close to you', others: ['relation', 'note'] },
  { table: 'page_change',             by: ['client_id'],           of: 'client',           section: 'Your own page' },
  { table: 'page_message',            by: ['client_id'],           of: 'client',           section: 'Your own page', others: ['words'] },
  { table: 'page_visitor',            by: ['client_id'],           of: 'client',           section: 'Your own page' },
  { table: 'supporter',               by: ['client_id'],           of: 'client',           section: 'People close to you', others: ['name', 'phone', 'email', 'note'], hide: ['email_key'] },
  { table: 'safeguarding_reading',    by: ['safeguarding_id'],     of: 'safeguarding',     section: 'Safety', others: ['reason'] },
  { table: 'safeguarding_step',       by: ['safeguarding_id'],     of: 'safeguarding',     section: 'Safety', others: ['whom', 'note', 'reference'] },
  { table: 'safeguarding',            by: ['client_id'],           of: 'client',           section: 'Safety', others: ['kind', 'about', 'what', 'outcome', 'closing_note'] },
  { table: 'lone_worker_flag',        by: ['client_id'],           of: 'client',           section: 'Safety', others: ['code', 'end_reason'] },
  { table: 'story_printing',          by: ['story_id'],            of: 'story',            section: 'Your stories', others: ['settled_note'] },
  { table: 'story_edition',           by: ['story_id'],            of: 'story',            section: 'Your stories', others: ['words', 'note'] },
  { table: 'story_consent',           by: ['story_id'],            of: 'story',            section: 'Your stories', others: ['decided_by'] },
  { table: 'story',                   by: ['client_id'],           of: 'client',           section: 'Your stories', others: ['words', 'anonymised'] },
  { table: 'client_feedback',         by: ['client_id'],           of: 'client',           section: 'What you told us about our service', others: ['words', 'answer'] },
  { table: 'became_volunteer',        by: ['client_id'],           of: 'client',           section: 'Help you were given', others: ['doing', 'void_reason'] },
  { table: 'never_offer',             by: ['client_id'],           of: 'client',           section: 'Safety' },
  { table: 'break_glass',             by: ['client_id'],           of: 'client',           section: 'Safety', others: ['reason', 'review_note'] },
  { table: 'practice_move',           by: ['client_id'],           of: 'client',           section: 'About you', others: ['note'] },
  { table: 'gp_registration',         by: ['client_id'],           of: 'client',           section: 'About you' },
  { table: 'client_merge',            by: ['kept_id', 'merged_id'], of: 'client',          section: 'About you', others: ['moved'] },
  { table: 'client_reach',            by: ['client_id'],           of: 'client',           section: null, because: WORK },
  { table: 'client_history',          by: ['client_id'],           of: 'client',           section: 'About you', others: ['changes'], hide: ['renamed', 'was_number', 'was_born'] },
  { table: 'legal_hold',              by: ['client_id'],           of: 'client',           section: 'Your requests', others: ['reason', 'lifted_because'] },
  { table: 'subject_access',          by: ['client_id'],           of: 'client',           section: 'Your requests', hide: ['document', 'decisions'] },
  { table: 'client',                  by: ['id', 'merged_into'],   of: 'client',           section: 'About you', others: ['under_age_note', 'reach_note', 'interpreter_note', 'access_note'], hide: ['first_name_key', 'last_name_key', 'last_name_sound', 'email_key'] },
];

/** What stays: ids and codes only. From the record a person is told who looked; the others say that theirs is gone. */
export const KEPT_RECORD = ['audit_entry', 'retention_review', 'destruction', 'destruction_part'] as const;
