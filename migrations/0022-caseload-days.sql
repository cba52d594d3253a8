-- What matters to the person, and what is to be done about it: one plan a referral. Its words stand in its versions; goals
-- and actions are kept as rows too, as they are now, so that they can be counted.
create table plan (
  scheme_id uuid not null references scheme,
  id uuid not null,
  -- The number of its latest version.
  version integer not null default 1,
  referral_id uuid not null,
  review_on date not null,
  made_by uuid,
  made_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (scheme_id, id),
  unique (scheme_id, referral_id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, made_by) references membership (scheme_id, id)
);
create index plan_made_by on plan (scheme_id, made_by);
call secure_by_scheme('plan');

create table plan_version (
  scheme_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  number integer not null check (number > 0),
  at timestamptz not null,
  actor_id uuid,
  actor_name text,
  reason text,
  -- Everything it said: { aboutMe, writtenWith, strengths, wouldLikeToGive, crisisNotes, reviewOn, goals: [{ ..., actions }] }.
  content jsonb not null,
  primary key (scheme_id, id),
  unique (scheme_id, plan_id, number),
  foreign key (scheme_id, plan_id) references plan (scheme_id, id)
);
call secure_by_scheme('plan_version');
call append_only('plan_version');

create table goal (
  scheme_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  position integer not null,
  words text not null,
  importance integer not null check (importance between 1 and 10),
  status text not null check (status in ('working_on_it', 'partly_reached', 'reached', 'no_longer_wanted')),
  -- How far along, 0 to 10, as the person says; null until asked.
  how_far integer check (how_far between 0 and 10),
  made_at timestamptz not null,
  status_at timestamptz not null,
  -- Taken out of the plan. What it was stays in the versions.
  dropped_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, plan_id) references plan (scheme_id, id)
);
create index goal_plan on goal (scheme_id, plan_id, position);
call secure_by_scheme('goal');

-- How a goal went over time.
create table goal_progress (
  scheme_id uuid not null,
  id uuid not null,
  goal_id uuid not null,
  at timestamptz not null,
  status text not null check (status in ('working_on_it', 'partly_reached', 'reached', 'no_longer_wanted')),
  how_far integer check (how_far between 0 and 10),
  note text,
  actor_id uuid,
  actor_name text,
  primary key (scheme_id, id),
  foreign key (scheme_id, goal_id) references goal (scheme_id, id)
);
create index goal_progress_goal on goal_progress (scheme_id, goal_id, id);
call secure_by_scheme('goal_progress');
call append_only('goal_progress');

create table action (
  scheme_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  goal_id uuid not null,
  position integer not null,
  what text not null,
  who text not null check (who in ('client', 'link_worker', 'group', 'practice', 'somebody_else')),
  who_name text,
  due_on date,
  status text not null check (status in ('to_do', 'under_way', 'done', 'not_done')),
  confidence integer check (confidence between 1 and 10),
  made_at timestamptz not null,
  status_at timestamptz not null,
  dropped_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, plan_id) references plan (scheme_id, id),
  foreign key (scheme_id, goal_id) references goal (scheme_id, id),
  constraint action_who check (who <> 'somebody_else' or who_name is not null)
);
create index action_plan on action (scheme_id, plan_id);
create index action_goal on action (scheme_id, goal_id, position);
call secure_by_scheme('action');

-- That the person, or whoever may decide for them, agreed to a version as it stood.
create table plan_agreement (
  scheme_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  number integer not null,
  agreed_on date not null,
  how text not null check (how in ('in_person', 'phone', 'video', 'writing', 'online')),
  basis text not null check (basis in ('agreed', 'attorney_or_deputy', 'best_interests', 'parental_responsibility')),
  decided_by text,
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, plan_id, number) references plan_version (scheme_id, plan_id, number),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  check ((basis = 'agreed') = (decided_by is null))
);
create index plan_agreement_plan on plan_agreement (scheme_id, plan_id, number);
create index plan_agreement_recorded_by on plan_agreement (scheme_id, recorded_by);
call secure_by_scheme('plan_agreement');
call append_only('plan_agreement');

-- Who was given which version. That an organisation may still read it is asked of the agreements at every read.
create table plan_share (
  scheme_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  number integer not null,
  recipient text not null check (recipient in ('client', 'organisation')),
  organisation_id uuid,
  sections text[] not null check (cardinality(sections) > 0),
  shared_by uuid,
  shared_at timestamptz not null,
  ended_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, plan_id, number) references plan_version (scheme_id, plan_id, number),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, shared_by) references membership (scheme_id, id),
  constraint plan_share_whom check ((recipient = 'organisation') = (organisation_id is not null))
);
create unique index plan_share_live on plan_share (scheme_id, plan_id, organisation_id) nulls not distinct where ended_at is null;
create index plan_share_plan on plan_share (scheme_id, plan_id, number);
create index plan_share_organisation on plan_share (scheme_id, organisation_id, id) where organisation_id is not null;
create index plan_share_shared_by on plan_share (scheme_id, shared_by);
call secure_by_scheme('plan_share');

-- What somebody is writing and has not saved: one an author and referral, with a number that grows at each autosave.
create table plan_draft (
  scheme_id uuid not null,
  referral_id uuid not null,
  author_id uuid not null,
  revision integer not null check (revision > 0),
  -- The version of the plan it began from; nought where there was none.
  based_on integer not null,
  content jsonb not null,
  saved_at timestamptz not null,
  primary key (scheme_id, referral_id, author_id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, author_id) references membership (scheme_id, id)
);
create index plan_draft_author on plan_draft (scheme_id, author_id);
call secure_by_scheme('plan_draft');

-- What another tab wrote beside it, on top of a revision that was no longer the latest. Nobody's words are overwritten.
create table plan_draft_aside (
  scheme_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  author_id uuid not null,
  tab text not null,
  content jsonb not null,
  saved_at timestamptz not null,
  primary key (scheme_id, id),
  unique (scheme_id, referral_id, author_id, tab),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, author_id) references membership (scheme_id, id)
);
create index plan_draft_aside_author on plan_draft_aside (scheme_id, author_id);
call secure_by_scheme('plan_draft_aside');

-- What is written beside the note of a contact: restricted words, which their author reads and a manager with a reason, and
-- safety items, which whoever has the person in hand reads. Words never change: what replaces them is another row.
alter table contact drop constraint contact_note_check;
alter table contact add constraint contact_note_check check (length(note) between 1 and 20000);
create table contact_section (
  scheme_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  kind text not null check (kind in ('restricted', 'safety')),
  words text not null check (length(words) between 1 and 20000),
  written_by uuid,
  written_at timestamptz not null,
  -- The row whose words these take the place of.
  replaces uuid,
  ended_at timestamptz,
  ended_by uuid,
  ended_because text,
  primary key (scheme_id, id),
  foreign key (scheme_id, contact_id) references contact (scheme_id, id),
  foreign key (scheme_id, replaces) references contact_section (scheme_id, id),
  foreign key (scheme_id, written_by) references membership (scheme_id, id),
  foreign key (scheme_id, ended_by) references membership (scheme_id, id),
  check ((ended_at is null) = (ended_because is null))
);
create index contact_section_contact on contact_section (scheme_id, contact_id, id);
create index contact_section_replaces on contact_section (scheme_id, replaces) where replaces is not null;
create index contact_section_written_by on contact_section (scheme_id, written_by);
create index contact_section_ended_by on contact_section (scheme_id, ended_by) where ended_by is not null;
call secure_by_scheme('contact_section');
create function refuse_other_words() returns trigger language plpgsql as $$
begin
  if (old.contact_id, old.kind, old.words, old.written_at) is distinct from (new.contact_id, new.kind, new.words, new.written_at)
    or old.ended_at is not null then
    raise exception 'the words of a contact never change' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger words_stay before update on contact_section for each row execute function refuse_other_words();

-- Each time a manager opened restricted words, and why.
create table contact_reading (
  scheme_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  reader_id uuid not null,
  reason text not null,
  at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, contact_id) references contact (scheme_id, id),
  foreign key (scheme_id, reader_id) references membership (scheme_id, id)
);
create index contact_reading_contact on contact_reading (scheme_id, contact_id, id);
create index contact_reading_reader on contact_reading (scheme_id, reader_id);
call secure_by_scheme('contact_reading');
call append_only('contact_reading');

-- What the owner chose after three tries without an answer.
create table unreached_choice (
  scheme_id uuid not null,
  id uuid not null,
  referral_id uuid not null,
  choice text not null check (choice in ('letter', 'text', 'ask_practice', 'close')),
  note text,
  chosen_by uuid,
  chosen_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, chosen_by) references membership (scheme_id, id)
);
create index unreached_choice_referral on unreached_choice (scheme_id, referral_id, id);
create index unreached_choice_chosen_by on unreached_choice (scheme_id, chosen_by);
call secure_by_scheme('unreached_choice');
call append_only('unreached_choice');

-- Many referrals from one worker to others from a day on. Each has its own outcome, and its owner until it has another.
create table handover (
  scheme_id uuid not null references scheme,
  id uuid not null,
  from_id uuid not null,
  effective_on date not null,
  state text not null check (state in ('planned', 'done', 'cancelled')),
  note text,
  -- What was seen to before: codes, each with when and by whom.
  checks jsonb not null default '{}',
  made_by uuid,
  made_at timestamptz not null,
  ended_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, from_id) references membership (scheme_id, id),
  foreign key (scheme_id, made_by) references membership (scheme_id, id),
  check ((state = 'planned') = (ended_at is null))
);
create index handover_due on handover (scheme_id, effective_on) where state = 'planned';
create index handover_from on handover (scheme_id, from_id, id);
create index handover_made_by on handover (scheme_id, made_by);
call secure_by_scheme('handover');

create table handover_item (
  scheme_id uuid not null,
  handover_id uuid not null,
  referral_id uuid not null,
  to_id uuid not null,
  outcome text not null check (outcome in ('waiting', 'handed', 'had_another_owner', 'had_ended', 'nobody_there', 'cancelled')),
  settled_at timestamptz,
  primary key (scheme_id, handover_id, referral_id),
  foreign key (scheme_id, handover_id) references handover (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, to_id) references membership (scheme_id, id),
  check ((outcome = 'waiting') = (settled_at is null))
);
create unique index handover_item_once on handover_item (scheme_id, referral_id) where outcome = 'waiting';
create index handover_item_referral on handover_item (scheme_id, referral_id);
create index handover_item_to on handover_item (scheme_id, to_id);
call secure_by_scheme('handover_item');

-- What a worker puts before the managers.
create table escalation (
  scheme_id uuid not null references scheme,
  id uuid not null,
  referral_id uuid,
  words text not null,
  raised_by uuid not null,
  raised_at timestamptz not null,
  acknowledged_by uuid,
  acknowledged_at timestamptz,
  answer text,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, raised_by) references membership (scheme_id, id),
  foreign key (scheme_id, acknowledged_by) references membership (scheme_id, id),
  check ((acknowledged_at is null) = (acknowledged_by is null)),
  check ((acknowledged_at is null) = (answer is null))
);
create index escalation_open on escalation (scheme_id, id) where acknowledged_at is null;
create index escalation_referral on escalation (scheme_id, referral_id) where referral_id is not null;
create index escalation_raised_by on escalation (scheme_id, raised_by, id);
create index escalation_acknowledged_by on escalation (scheme_id, acknowledged_by) where acknowledged_by is not null;
call secure_by_scheme('escalation');
