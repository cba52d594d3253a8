-- One filled-in measure. Answers and scores stay as they were written: a correction is a new row, and the old one only
-- learns that it was superseded, when, by whom and why.
create table measure_response (
  scheme_id uuid not null references scheme,
  id uuid not null,
  referral_id uuid not null,
  measure text not null,
  measure_version text not null,
  occasion text not null check (occasion in ('baseline', 'review', 'closing', 'three_months', 'six_months')),
  answered_on date not null,
  mode text not null check (mode in ('in_person', 'phone', 'video', 'paper', 'online')),
  -- {"satisfied": 7, "anxious": null}; null is "prefer not to say".
  answers jsonb not null check (jsonb_typeof(answers) = 'object'),
  scores jsonb not null check (jsonb_typeof(scores) = 'object'),
  bands jsonb not null check (jsonb_typeof(bands) = 'object'),
  corrects_id uuid,
  recorded_by uuid,
  recorded_at timestamptz not null,
  superseded_at timestamptz,
  superseded_by uuid,
  superseded_because text check (length(superseded_because) between 1 and 500),
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, corrects_id) references measure_response (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  foreign key (scheme_id, superseded_by) references membership (scheme_id, id),
  check ((superseded_at is null) = (superseded_because is null)),
  check (superseded_by is null or superseded_at is not null)
);
-- One baseline per episode and measure.
create unique index measure_response_baseline on measure_response (scheme_id, referral_id, measure)
  where occasion = 'baseline' and superseded_at is null;
create unique index measure_response_corrects on measure_response (scheme_id, corrects_id) where corrects_id is not null;
create index measure_response_referral on measure_response (scheme_id, referral_id, measure, answered_on, id);
create index measure_response_recorded_by on measure_response (scheme_id, recorded_by);
create index measure_response_superseded_by on measure_response (scheme_id, superseded_by) where superseded_by is not null;
call secure_by_scheme('measure_response');

create function keep_response() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.superseded_at is null and new.superseded_at is not null
      and to_jsonb(new) - array['superseded_at', 'superseded_by', 'superseded_because']
        = to_jsonb(old) - array['superseded_at', 'superseded_by', 'superseded_because']
    then
      return new;
    end if;
  end if;
  raise exception 'measure_response keeps what was answered' using errcode = 'restrict_violation';
end $$;
create trigger keep_response before update or delete on measure_response for each row execute function keep_response();
create trigger keep_response_truncate before truncate on measure_response
  for each statement execute function refuse_change();

-- Why a response that was due will not come: P12 counts what is missing, and why.
create table measure_missing (
  scheme_id uuid not null references scheme,
  id uuid not null,
  referral_id uuid not null,
  measure text not null,
  occasion text not null check (occasion in ('baseline', 'review', 'closing', 'three_months', 'six_months')),
  because text not null check (because in ('declined', 'could_not_reach', 'died', 'moved', 'not_appropriate', 'sent_in_error', 'no_answer')),
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id)
);
create index measure_missing_referral on measure_missing (scheme_id, referral_id, measure, id);
create index measure_missing_recorded_by on measure_missing (scheme_id, recorded_by);
call secure_by_scheme('measure_missing');
call append_only('measure_missing');
