-- An account that was shut while nobody took over its work still counted as somebody who is here.
update membership m set user_disabled_at = a.disabled_at
from user_account a
where a.id = m.account_id and a.disabled_at is not null and m.ended_at is null and m.user_disabled_at is null;

-- What reminders and tasks may be about grows by name, whatever stands in the lists already.
do $$
declare
  target text;
  subject text;
  said text;
begin
  foreach subject in array array['handover', 'membership', 'practice'] loop
    foreach target in array array['reminder', 'task'] loop
      select pg_get_constraintdef(oid) into said from pg_constraint
      where conrelid = target::regclass and conname = target || '_subject_kind_check';
      continue when position(quote_literal(subject) in said) > 0;
      execute format('alter table %I drop constraint %I', target, target || '_subject_kind_check');
      execute format('alter table %I add constraint %I %s', target, target || '_subject_kind_check',
        replace(said, 'ARRAY[', format('ARRAY[%L::text, ', subject)));
    end loop;
    -- About many people's referrals, or nobody's in particular.
    select pg_get_expr(conbin, conrelid) into said from pg_constraint
    where conrelid = 'reminder'::regclass and conname = 'reminder_about';
    continue when position(quote_literal(subject) in said) > 0;
    alter table reminder drop constraint reminder_about;
    execute format('alter table reminder add constraint reminder_about check (subject_kind = %L or %s)', subject, said);
  end loop;
end $$;

-- Tasks of whoever had a referral before, from when they did not follow it to its new owner. What a colleague was asked
-- by name (to go along, to ask after a visitor, to read an answer to a question of their own) stays with them.
alter table task no force row level security;
alter table referral no force row level security;
update task t set audience_id = r.owner_id
from referral r
where r.scheme_id = t.scheme_id and r.owner_kind = 'worker' and t.ended_at is null and t.audience = 'membership'
  and t.audience_id <> r.owner_id
  and t.kind not in ('visit_overdue', 'warm_handover', 'warm_handover_off', 'warm_handover_outcome', 'own_service_told',
    'escalation_answered')
  and (t.referral_id = r.id or (t.client_id = r.client_id
    and (t.occasion is null or t.kind in ('flag_review', 'story_sent_back', 'story_expiring')) and not exists (
    select 1 from referral other
    where other.scheme_id = t.scheme_id and other.client_id = t.client_id
      and other.owner_kind = 'worker' and other.owner_id = t.audience_id)));
alter table task force row level security;
alter table referral force row level security;

-- Whether a practice was sent what it is told of somebody's safety. Those of before were watched by their clock alone.
alter table safety_message add column if not exists handed_over_at timestamptz;
alter table safety_message no force row level security;
update safety_message set handed_over_at = sent_at where not_sent_at is null and handed_over_at is null;
alter table safety_message force row level security;
