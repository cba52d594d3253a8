-- First questions may also be missing because nobody asked them: said, and counted beside the other reasons.
alter table measure_missing
  drop constraint measure_missing_because_check,
  add constraint measure_missing_because_check check (because in
    ('declined', 'could_not_reach', 'died', 'moved', 'not_appropriate', 'sent_in_error', 'no_answer', 'not_asked'));
