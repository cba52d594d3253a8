-- "Times we change": dated, since many of them move from year to year. Both days count.
create table provider_period (
  scheme_id uuid not null,
  id uuid not null,
  organisation_id uuid not null,
  kind text not null check (kind in ('closed', 'shorter', 'extra', 'quiet')),
  name text not null,
  from_on date not null,
  until_on date not null,
  note text,
  entered_at timestamptz not null,
  primary key (scheme_id, id),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  check (until_on >= from_on)
);
create index provider_period_provider on provider_period (scheme_id, organisation_id, from_on);
call secure_by_scheme('provider_period');

-- Hours of the week without messages, such as a service: ISO weekdays, London's clock.
create table provider_quiet_time (
  scheme_id uuid not null,
  organisation_id uuid not null,
  day smallint not null check (day between 1 and 7),
  from_time time not null,
  to_time time not null,
  name text,
  primary key (scheme_id, organisation_id, day, from_time),
  foreign key (scheme_id, organisation_id) references provider (scheme_id, organisation_id),
  check (to_time > from_time)
);
call secure_by_scheme('provider_quiet_time');
