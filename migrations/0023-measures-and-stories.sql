-- Questionnaires a scheme wrote itself, by version. What people were asked is never changed: a new wording is a new
-- version, and publishing it retires the one before.
create table questionnaire (
  scheme_id uuid not null references scheme,
  id uuid not null,
  version integer not null default 1,
  measure text not null check (measure like 'own\_%'),
  number integer not null check (number > 0),
  state text not null check (state in ('draft', 'published', 'retired')),
  -- { title, licence, source, intro, items, scores }
  definition jsonb not null check (jsonb_typeof(definition) = 'object'),
  created_by uuid,
  created_at timestamptz not null,
  published_by uuid,
  published_at timestamptz,
  retired_by uuid,
  retired_at timestamptz,
  retired_because text,
  primary key (scheme_id, id),
  unique (scheme_id, measure, number),
  foreign key (scheme_id, created_by) references membership (scheme_id, id),
  foreign key (scheme_id, published_by) references membership (scheme_id, id),
  foreign key (scheme_id, retired_by) references membership (scheme_id, id),
  check ((state = 'draft') = (published_at is null)),
  check ((state = 'retired') = (retired_at is not null)),
  check ((state = 'retired') = (retired_because is not null))
);
create unique index questionnaire_published on questionnaire (scheme_id, measure) where state = 'published';
create unique index questionnaire_draft on questionnaire (scheme_id, measure) where state = 'draft';
create index questionnaire_created_by on questionnaire (scheme_id, created_by);
create index questionnaire_published_by on questionnaire (scheme_id, published_by) where published_by is not null;
create index questionnaire_retired_by on questionnaire (scheme_id, retired_by) where retired_by is not null;
call secure_by_scheme('questionnaire');

create function keep_questionnaire() returns trigger language plpgsql as $$
begin
  if old.state = 'draft' or tg_op = 'UPDATE' and old.state = 'published' and new.state = 'retired'
    and new.definition = old.definition and new.measure = old.measure and new.number = old.number
  then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  raise exception 'a questionnaire that was published stays as it was' using errcode = 'restrict_violation';
end $$;
create trigger keep_questionnaire before update or delete on questionnaire for each row execute function keep_questionnaire();
create trigger keep_questionnaire_truncate before truncate on questionnaire for each statement execute function refuse_change();

-- Those that ship and are not asked until a manager says so, or has the scheme's own licence for them.
create table measure_switch (
  scheme_id uuid not null references scheme,
  measure text not null check (measure in ('phq9', 'gad7', 'swemwbs')),
  is_on boolean not null,
  licence_reference text check (length(licence_reference) between 1 and 200),
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (scheme_id, measure),
  foreign key (scheme_id, changed_by) references membership (scheme_id, id)
);
create index measure_switch_changed_by on measure_switch (scheme_id, changed_by) where changed_by is not null;
call secure_by_scheme('measure_switch');

-- An answer that must not wait: that it was seen, by whom, and what was done at once.
create table measure_risk (
  scheme_id uuid not null,
  response_id uuid not null,
  item text not null,
  answer smallint not null,
  steps text[] not null check (steps <@ array['stayed_with_them', 'made_safety_plan', 'rang_999', 'rang_crisis_line', 'told_gp_same_day', 'told_manager', 'told_somebody_close', 'already_in_care_for_it', 'other'] and cardinality(steps) > 0),
  note text,
  acknowledged_by uuid,
  acknowledged_at timestamptz not null,
  primary key (scheme_id, response_id),
  foreign key (scheme_id, response_id) references measure_response (scheme_id, id),
  foreign key (scheme_id, acknowledged_by) references membership (scheme_id, id)
);
create index measure_risk_acknowledged_by on measure_risk (scheme_id, acknowledged_by) where acknowledged_by is not null;
call secure_by_scheme('measure_risk');
call append_only('measure_risk');

-- Figures begin with the first answers of a period.
create index measure_response_baselines on measure_response (scheme_id, measure, answered_on)
  where occasion = 'baseline' and superseded_at is null;

-- The same questions in another language, word for word as somebody loaded them.
create table measure_translation (
  scheme_id uuid not null references scheme,
  measure text not null,
  measure_version text not null,
  language text not null,
  -- { title, intro, source, items: [{ key, text, minLabel, maxLabel, options: [{ value, label }] }], buttons }
  words jsonb not null check (jsonb_typeof(words) = 'object'),
  loaded_by uuid,
  loaded_at timestamptz not null,
  primary key (scheme_id, measure, measure_version, language),
  foreign key (scheme_id, loaded_by) references membership (scheme_id, id)
);
create index measure_translation_loaded_by on measure_translation (scheme_id, loaded_by) where loaded_by is not null;
call secure_by_scheme('measure_translation');

-- A person who wants no questionnaires, for now or for good. Who may be asked has no row, or one that says so.
create table measure_wish (
  scheme_id uuid not null,
  client_id uuid not null,
  ask boolean not null,
  said_by text not null check (said_by in ('worker', 'link')),
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, client_id),
  foreign key (scheme_id, client_id) references client (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id)
);
create index measure_wish_recorded_by on measure_wish (scheme_id, recorded_by) where recorded_by is not null;
call secure_by_scheme('measure_wish');

-- Questions answered by link. Looked up before a scheme is known, so without policy: ids and hashes only.
create table measure_link (
  hash text primary key,
  id uuid not null unique,
  scheme_id uuid not null references scheme,
  referral_id uuid not null,
  occasion text not null check (occasion in ('baseline', 'review', 'closing', 'three_months', 'six_months')),
  -- [{ measure, version }], in the order they are asked.
  measures jsonb not null check (jsonb_array_length(measures) > 0),
  language text not null,
  -- The message it went out in: sent again, that carries the same link. None where a worker handed it over.
  message_id uuid,
  made_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  answered_at timestamptz,
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, made_by) references membership (scheme_id, id)
);
create unique index measure_link_message on measure_link (message_id, referral_id) where message_id is not null;
create index measure_link_referral on measure_link (scheme_id, referral_id, created_at);
create index measure_link_made_by on measure_link (scheme_id, made_by) where made_by is not null;

-- Answered in part: kept until it is sent, and no longer.
create table measure_half_filled (
  scheme_id uuid not null,
  link_id uuid not null references measure_link (id),
  -- { "ons4.satisfied": 7, "ons4.happy": null }; null is "rather not say".
  answers jsonb not null check (jsonb_typeof(answers) = 'object'),
  updated_at timestamptz not null,
  primary key (scheme_id, link_id)
);
create index measure_half_filled_link on measure_half_filled (link_id);
call secure_by_scheme('measure_half_filled');
