-- Users and the numbers of people who live somewhere come by the same batches as groups.
alter table import_batch drop constraint import_batch_kind_check;
alter table import_batch add constraint import_batch_kind_check
  check (kind in ('open-referral', 'charities', 'food-banks', 'assets', 'users', 'populations', 'referrals'));
-- The invitation or the number it became: looked at by whoever undoes it, and gone by then where somebody took it away.
alter table import_row add column made_id uuid;

-- How many people there are, for rates among those who live here. What is null goes for everybody.
create table population (
  scheme_id uuid not null references scheme,
  id uuid not null,
  area text check (char_length(area) between 1 and 200),
  age_band text,
  sex text,
  ethnicity text,
  -- Fifths, 1 the most deprived.
  deprivation smallint check (deprivation between 1 and 5),
  language text,
  people integer not null check (people >= 0),
  source text not null check (char_length(source) between 1 and 200),
  year smallint not null check (year between 1991 and 2100),
  primary key (scheme_id, id)
);
create unique index population_once on population
  (scheme_id, source, year, area, age_band, sex, ethnicity, deprivation, language) nulls not distinct;
call secure_by_scheme('population');
