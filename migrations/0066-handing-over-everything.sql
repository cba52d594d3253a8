-- Who takes everything that is the leaver's by the day, also what they are given until then; null where referrals were named.
alter table handover add column all_to_id uuid;
alter table handover add foreign key (scheme_id, all_to_id) references membership (scheme_id, id);
create index handover_all_to on handover (scheme_id, all_to_id) where all_to_id is not null;
