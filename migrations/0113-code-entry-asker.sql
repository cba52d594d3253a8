-- From where on the network a code was asked for, under a key: a stranger who asks in somebody's name uses up a share of their
-- own, and not what is sent to whoever the mailbox is. Empty of lines that a build before this one writes meanwhile.
alter table code_entry add column asker_hash text;
