-- Where a group was written to before a claim was approved: told once that somebody else answers now, then forgotten.
alter table provider_claim add column before_email text;
