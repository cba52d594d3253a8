-- When something last went out by each way, for whoever looks whether anything does.
create index message_last_sent on message (scheme_id, channel, sent_at) where state = 'sent';
-- What was done in a stretch of time, newest first. By person it is read through: an index of the lists of people would be
-- passed by under row security.
create index audit_entry_at on audit_entry (scheme_id, at, id);
