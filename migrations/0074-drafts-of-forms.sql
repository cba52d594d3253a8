-- Two tabs with the same form each keep what is typed there.
alter table kept_form add column tab text not null default '' check (length(tab) <= 64);
alter table kept_form drop constraint kept_form_scheme_id_membership_id_path_key;
alter table kept_form add unique (scheme_id, membership_id, path, tab);
