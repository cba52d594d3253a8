-- A mail server refused it, or there was no address any more: it waits for nobody, and somebody has to ring.
alter table safety_message add column not_sent_at timestamptz;
