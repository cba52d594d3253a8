-- Whom a hub works with: an organisation of the scheme, or the name of one that is not here. Naming somebody opens
-- nothing to them: a person passed on is a new onward referral.
create table hub_partner (
  scheme_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  partner_id uuid,
  partner_name text check (partner_name ~ '\S'),
  does text not null,
  since_on date not null,
  ended_on date,
  end_reason text,
  recorded_by uuid,
  recorded_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  foreign key (scheme_id, partner_id) references organisation (scheme_id, id),
  foreign key (scheme_id, recorded_by) references membership (scheme_id, id),
  check (num_nonnulls(partner_id, partner_name) = 1),
  check (partner_id <> organisation_id),
  check (ended_on >= since_on),
  check ((ended_on is null) = (end_reason is null))
);
create index hub_partner_hub on hub_partner (scheme_id, organisation_id, id);
create unique index hub_partner_here on hub_partner (scheme_id, organisation_id, partner_id) where ended_on is null;
create unique index hub_partner_named on hub_partner (scheme_id, organisation_id, lower(partner_name)) where ended_on is null;
create index hub_partner_partner on hub_partner (scheme_id, partner_id) where partner_id is not null;
create index hub_partner_recorded_by on hub_partner (scheme_id, recorded_by) where recorded_by is not null;
call secure_by_scheme('hub_partner');
