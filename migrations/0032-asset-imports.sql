-- Assets come by the same batches as groups: checked, approved, taken back.
alter table import_batch drop constraint import_batch_kind_check;
alter table import_batch add constraint import_batch_kind_check check (kind in ('open-referral', 'charities', 'food-banks', 'assets'));
alter table import_row add column asset_id uuid;
alter table import_record alter column organisation_id drop not null;
alter table import_record alter column listing_id drop not null;
alter table import_record add column asset_id uuid;
alter table import_record add foreign key (scheme_id, asset_id) references asset (scheme_id, id);
alter table import_record add check (num_nonnulls(listing_id, asset_id) = 1 and (listing_id is null) = (organisation_id is null));
create index import_record_asset on import_record (scheme_id, asset_id) where asset_id is not null;
