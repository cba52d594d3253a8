-- A draft that ended keeps its revision, without its words: a tab still open on it must not match the next one by number.
alter table plan_draft alter column content drop not null;
