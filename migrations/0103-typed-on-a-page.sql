-- What somebody was typing on a person's page when its session ran out by itself: encrypted, for whoever enters again as the
-- same one, the person or whom they named. Gone once it is sent, once the page is left, or after a day.
create table page_kept_form (
  scheme_id uuid not null references scheme,
  visitor_id uuid not null,
  -- The page that shows the form.
  path text not null check (length(path) between 1 and 500),
  answers text not null,
  kept_at timestamptz not null,
  primary key (scheme_id, visitor_id, path),
  foreign key (scheme_id, visitor_id) references page_visitor (scheme_id, id)
);
create index page_kept_form_old on page_kept_form (scheme_id, kept_at);
call secure_by_scheme('page_kept_form');
