-- What somebody notes for themselves beside a conversation. Row by row its writer's alone: whoever else asks as the application
-- finds nothing, whatever they ask for. `app.writer_id` says whose words a transaction may touch. A copy for the person, and the
-- destruction of their record, name its referrals in `app.record_of`; nothing else sets it.
create table private_words (
  scheme_id uuid not null,
  referral_id uuid not null,
  writer_id uuid not null,
  version integer not null check (version > 0),
  words jsonb not null,
  saved_at timestamptz not null,
  primary key (scheme_id, referral_id, writer_id),
  foreign key (scheme_id, referral_id) references referral (scheme_id, id),
  foreign key (scheme_id, writer_id) references membership (scheme_id, id)
);
create index private_words_writer on private_words (scheme_id, writer_id);
call secure_by_scheme('private_words');
create policy writer on private_words as restrictive
  using (
    writer_id = nullif(current_setting('app.writer_id', true), '')::uuid
    or referral_id = any (string_to_array(nullif(current_setting('app.record_of', true), ''), ',')::uuid[]))
  with check (writer_id = nullif(current_setting('app.writer_id', true), '')::uuid);

-- One statement, and nobody's words are open after it.
create function words_of_writer(of_referral uuid, of_writer uuid) returns setof private_words language plpgsql as $$
begin
  perform set_config('app.writer_id', of_writer::text, true);
  return query select * from private_words w
    where w.scheme_id = bound_scheme() and w.referral_id = of_referral and w.writer_id = of_writer;
  perform set_config('app.writer_id', '', true);
end $$;
