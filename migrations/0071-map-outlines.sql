-- Outlines of areas for the map: a scheme's own, as somebody sent them, thinned for a picture. Nobody is in them.
create table map_outline (
  scheme_id uuid not null references scheme,
  id uuid not null,
  name text not null,
  -- Rings of [longitude, latitude], holes among them.
  rings jsonb not null check (jsonb_typeof(rings) = 'array'),
  source text not null,
  created_at timestamptz not null,
  primary key (scheme_id, id)
);
create unique index map_outline_name on map_outline (scheme_id, name);
call secure_by_scheme('map_outline');
