-- When something last went out by each way, for whoever looks whether anything does.
create index message_last_sent on message (scheme_id, channel, sent_at) where state = 'sent';
