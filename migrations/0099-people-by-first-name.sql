-- Whoever rings gives a first name: people are found by the beginning of it alone as well.
create index client_first_name on client (scheme_id, first_name_key, last_name_key, id);
