-- What a practice says of how it hears: whether what became of its referrals is mailed, whether its week is, and who
-- among its people answers when something is asked.
alter table organisation
  add column feedback_by text not null default 'email' check (feedback_by in ('email', 'none')),
  add column weekly boolean not null default true,
  add column contact_id uuid,
  add foreign key (scheme_id, contact_id) references membership (scheme_id, id);
create index organisation_contact on organisation (scheme_id, contact_id) where contact_id is not null;
