-- A person's own words, and the form of them that may be shown: nowhere without a consent for that use, and not before
-- somebody other than whoever wrote them down has read them.
create table story (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  client_id uuid not null,
  state text not null check (state in ('draft', 'waiting', 'approved', 'withdrawn')),
  title text not null check (length(title) between 1 and 200),
  words text not null check (length(words) between 1 and 20000),
  -- The same without anybody who could be recognised; as it is being worked on.
  anonymised text check (length(anonymised) between 1 and 20000),
  language text not null,
  told_on date not null,
  told_how text not null check (told_how in ('in_person', 'phone', 'video', 'writing', 'online')),
  -- The edition that was approved last. It counts while the state says so.
  edition smallint,
  written_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, written_by) references membership (scheme_id, id),
  foreign key (scheme_id, withdrawn_by) references membership (scheme_id, id),
  check (state <> 'approved' or edition is not null),
  check (state not in ('waiting', 'approved') or anonymised is not null),
  check ((state = 'withdrawn') = (withdrawn_at is not null))
);
create index story_client on story (scheme_id, client_id, id);
create index story_waiting on story (scheme_id, id) where state = 'waiting';
create index story_approved on story (scheme_id, id) where state = 'approved';
create index story_written_by on story (scheme_id, written_by) where written_by is not null;
create index story_withdrawn_by on story (scheme_id, withdrawn_by) where withdrawn_by is not null;
call secure_by_scheme('story');

-- What was given to a second reader, word for word, and what they said.
create table story_edition (
  scheme_id uuid not null,
  id uuid not null,
  story_id uuid not null,
  number smallint not null check (number > 0),
  title text not null,
  words text not null,
  offered_by uuid,
  offered_at timestamptz not null,
  decision text check (decision in ('approved', 'sent_back')),
  -- Words that could be names, each looked at by the reader.
  looked_at text[] not null default '{}',
  note text check (length(note) between 1 and 2000),
  decided_by uuid,
  decided_at timestamptz,
  primary key (scheme_id, id),
  unique (scheme_id, story_id, number),
  foreign key (scheme_id, story_id) references story (scheme_id, id),
  foreign key (scheme_id, offered_by) references membership (scheme_id, id),
  foreign key (scheme_id, decided_by) references membership (scheme_id, id),
  check ((decision is null) = (decided_at is null)),
  check (decision <> 'sent_back' or note is not null)
);
create index story_edition_offered_by on story_edition (scheme_id, offered_by) where offered_by is not null;
create index story_edition_decided_by on story_edition (scheme_id, decided_by) where decided_by is not null;
call secure_by_scheme('story_edition');

create function keep_story_edition() returns trigger language plpgsql as $$
begin
  if old.decision is not null or (new.number, new.title, new.words, new.offered_at)
    is distinct from (old.number, old.title, old.words, old.offered_at)
  then
    raise exception 'what a second reader read stays as it was' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger keep_story_edition before update on story_edition for each row execute function keep_story_edition();

-- Where it may be used, one row a use, until when, and who agreed to it.
create table story_consent (
  scheme_id uuid not null,
  id uuid not null,
  story_id uuid not null,
  use text not null check (use in ('report', 'web_page', 'training', 'press')),
  basis text not null check (basis in ('agreed', 'attorney_or_deputy', 'parental_responsibility')),
  decided_by text check (length(decided_by) between 1 and 200),
  authority_seen_on date,
  agreed_on date not null,
  how text not null check (how in ('in_person', 'phone', 'video', 'writing', 'online')),
  expires_on date not null,
  recorded_by uuid,
  recorded_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid,
  ended_because text check (ended_because in ('withdrawn', 'renewed')),
  ended_how text check (ended_how in ('in_person', 'phone', 'video', 'writing', 'online')),
  primary key (scheme_id, id),
  foreign key (scheme_id, story_id) references story (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  foreign key (scheme_id, ended_by) references membership (scheme_id, id),
  check (expires_on > agreed_on),
  check ((ended_at is null) = (ended_because is null)),
  check ((ended_because = 'withdrawn') = (ended_how is not null))
);
create unique index story_consent_live on story_consent (scheme_id, story_id, use) where ended_at is null;
create index story_consent_story on story_consent (scheme_id, story_id, id);
create index story_consent_recorded_by on story_consent (scheme_id, recorded_by) where recorded_by is not null;
create index story_consent_ended_by on story_consent (scheme_id, ended_by) where ended_by is not null;
call secure_by_scheme('story_consent');

-- Where it stands by now: known, so that it can be taken down when the person no longer agrees.
create table story_printing (
  scheme_id uuid not null,
  id uuid not null,
  story_id uuid not null,
  edition smallint not null,
  use text not null check (use in ('report', 'web_page', 'training', 'press')),
  place text not null check (length(place) between 1 and 500),
  printed_on date not null,
  recorded_by uuid,
  recorded_at timestamptz not null,
  settled text check (settled in ('taken_down', 'cannot_be_taken_back')),
  settled_note text check (length(settled_note) between 1 and 1000),
  settled_by uuid,
  settled_at timestamptz,
  primary key (scheme_id, id),
  foreign key (scheme_id, story_id) references story (scheme_id, id),
  foreign key (scheme_id, story_id, edition) references story_edition (scheme_id, story_id, number),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  foreign key (scheme_id, settled_by) references membership (scheme_id, id),
  check ((settled is null) = (settled_at is null)),
  check (settled <> 'cannot_be_taken_back' or settled_note is not null)
);
create index story_printing_story on story_printing (scheme_id, story_id, id);
create index story_printing_edition on story_printing (scheme_id, story_id, edition);
create index story_printing_recorded_by on story_printing (scheme_id, recorded_by) where recorded_by is not null;
create index story_printing_settled_by on story_printing (scheme_id, settled_by) where settled_by is not null;
call secure_by_scheme('story_printing');

-- What somebody says of the service, or is worried about. It goes past whoever it is about until a manager lets them read it.
create table client_feedback (
  scheme_id uuid not null references scheme,
  id uuid not null,
  client_id uuid not null,
  kind text not null check (kind in ('feedback', 'concern')),
  about text not null check (about in ('service', 'worker', 'group', 'something_else')),
  worker_id uuid,
  words text not null check (length(words) between 1 and 10000),
  wants_answer boolean not null,
  told_by text not null check (told_by in ('client', 'supporter')),
  told_how text not null check (told_how in ('in_person', 'phone', 'video', 'writing', 'online')),
  recorded_by uuid,
  received_at timestamptz not null,
  -- Where it cannot go to all managers, one of them being meant.
  reader_id uuid,
  state text not null check (state in ('open', 'looked_at', 'answered')),
  looked_at timestamptz,
  looked_at_by uuid,
  answer text check (length(answer) between 1 and 10000),
  answered_how text check (answered_how in ('in_person', 'phone', 'video', 'writing', 'online')),
  answered_by uuid,
  answered_at timestamptz,
  released_at timestamptz,
  released_by uuid,
  updated_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, worker_id) references membership (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  foreign key (scheme_id, reader_id) references membership (scheme_id, id),
  foreign key (scheme_id, looked_at_by) references membership (scheme_id, id),
  foreign key (scheme_id, answered_by) references membership (scheme_id, id),
  foreign key (scheme_id, released_by) references membership (scheme_id, id),
  check (worker_id is null or about = 'worker'),
  check ((state = 'open') = (looked_at is null)),
  check ((state = 'answered') = (answered_at is not null)),
  check ((answered_at is null) = (answer is null)),
  check ((answered_at is null) = (answered_how is null)),
  check (released_at is null or worker_id is not null)
);
create index client_feedback_client on client_feedback (scheme_id, client_id, id);
create index client_feedback_open on client_feedback (scheme_id, id) where state <> 'answered';
create index client_feedback_worker on client_feedback (scheme_id, worker_id) where worker_id is not null;
create index client_feedback_recorded_by on client_feedback (scheme_id, recorded_by) where recorded_by is not null;
create index client_feedback_reader on client_feedback (scheme_id, reader_id) where reader_id is not null;
create index client_feedback_looked_at_by on client_feedback (scheme_id, looked_at_by) where looked_at_by is not null;
create index client_feedback_answered_by on client_feedback (scheme_id, answered_by) where answered_by is not null;
create index client_feedback_released_by on client_feedback (scheme_id, released_by) where released_by is not null;
call secure_by_scheme('client_feedback');

-- What reminders and tasks may be about grows by name, whatever stands in the lists already.
create procedure add_subject(target text, word text) language plpgsql as $$
declare
  found record;
begin
  for found in
    select c.conname as name, pg_get_constraintdef(c.oid) as said
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
    where c.conrelid = target::regclass and c.contype = 'c' and a.attname = 'subject_kind'
  loop
    execute format('alter table %I drop constraint %I', target, found.name);
    execute format('alter table %I add constraint %I %s', target, found.name,
      regexp_replace(found.said, 'ARRAY\[', format('ARRAY[%L::text, ', word)));
  end loop;
end $$;
call add_subject('reminder', 'story');
call add_subject('task', 'story');
call add_subject('reminder', 'client_feedback');
call add_subject('task', 'client_feedback');
call add_subject('reminder', 'escalation');
call add_subject('task', 'escalation');
drop procedure add_subject;
