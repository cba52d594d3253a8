-- A yes that met a risk to others not yet answered by what keeps the group safe: its owner rings first.
alter table onward_referral drop constraint onward_referral_to_act_check;
alter table onward_referral add constraint onward_referral_to_act_check
  check (to_act in ('ring', 'talk', 'yes_held', 'declined', 'expired', 'late_yes', 'not_in_touch', 'ended_by_group'));
