-- Addresses without a name came from directories: anybody in the group may read them, so names and numbers of people are
-- shown there after a code only. The wall between schemes is down for the owner while every scheme's rows are mended.
alter table provider no force row level security;
update provider set contact_shared = true, version = version + 1
where contact_name is null and contact_email is not null and not contact_shared;
alter table provider force row level security;
