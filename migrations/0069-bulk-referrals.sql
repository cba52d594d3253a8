-- Lists of people whom an organisation refers come by the same batches as groups: checked, looked at, approved, taken back.
alter table import_batch drop constraint import_batch_kind_check;
alter table import_batch add constraint import_batch_kind_check
  check (kind in ('open-referral', 'charities', 'food-banks', 'assets', 'referrals'));
alter table import_batch drop constraint import_batch_state_check;
alter table import_batch add constraint import_batch_state_check check (state in (
  'uploaded', 'fetching', 'checked', 'failed', 'approved', 'applied', 'undoing', 'undone', 'discarded'));
-- Whose list of people it is; null for lists of groups, which are the scheme's.
alter table import_batch add column organisation_id uuid;
alter table import_batch add foreign key (scheme_id, organisation_id) references organisation (scheme_id, id);
alter table import_batch add check ((kind = 'referrals') = (organisation_id is not null));
create index import_batch_organisation on import_batch (scheme_id, organisation_id, id) where organisation_id is not null;
-- The headings of the sheet in order, what each of them is, and what goes for every row.
alter table import_batch add column headings text[] not null default '{}';
alter table import_batch add column columns text[] not null default '{}';
alter table import_batch add column defaults jsonb not null default '{}';
alter table import_batch add column alike integer not null default 0;
-- Who asked for what is being done now: the work goes on in their name.
alter table import_batch add column asked_by uuid;
alter table import_batch add column asked_session uuid;
alter table import_batch add column stopped_at timestamptz;
alter table import_batch add column rows_deleted_at timestamptz;

alter table import_row drop constraint import_row_outcome_check;
alter table import_row add constraint import_row_outcome_check
  check (outcome in ('added', 'changed', 'same', 'alike', 'refused', 'ignored', 'gone', 'undone'));
-- What it became, or the sender's own that is open already.
alter table import_row add column referral_id uuid;
alter table import_row add foreign key (scheme_id, referral_id) references referral (scheme_id, id);
create index import_row_referral on import_row (scheme_id, referral_id) where referral_id is not null;
-- Whether somebody who looks alike is the same person.
alter table import_row add column verdict text check (verdict in ('same', 'different'));
