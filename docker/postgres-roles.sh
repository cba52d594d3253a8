#!/bin/sh
# Run once by the postgres image on an empty volume: the owner that migrates and the application's role that does not own.
set -eu
psql --set=ON_ERROR_STOP=1 --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
create role betony_owner login password :'owner_password';
create role betony_app login password :'app_password';
create database betony owner betony_owner;
\connect betony
-- Not a trusted extension: only a superuser may create it. It needs cube.
create extension cube;
create extension earthdistance;
SQL
