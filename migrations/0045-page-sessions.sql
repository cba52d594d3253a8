-- A session that pages use: the browser keeps a secret in a cookie, we keep its hash.
alter table session add column cookie_hash text;
create unique index session_cookie on session (cookie_hash) where cookie_hash is not null;
