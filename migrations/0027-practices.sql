-- A practice's week in one message, and addresses at which a practice can take mail that names somebody.
alter table message drop constraint message_kind_check;
alter table message add constraint message_kind_check check (kind in ('client', 'group', 'referrer', 'inbox', 'digest', 'weekly'));

-- Mail to these carries name, date of birth, NHS number and the document, since a practice cannot file a bare reference.
create table secure_address (
  scheme_id uuid not null references scheme,
  organisation_id uuid not null,
  email text not null check (email = lower(email)),
  added_at timestamptz not null,
  added_by uuid,
  primary key (scheme_id, organisation_id, email),
  foreign key (scheme_id, organisation_id) references organisation (scheme_id, id),
  foreign key (scheme_id, added_by) references membership (scheme_id, id)
);
create index secure_address_added_by on secure_address (scheme_id, added_by) where added_by is not null;
call secure_by_scheme('secure_address');
