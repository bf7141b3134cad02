#!/bin/sh
# Run once by the database's container, when it has made an empty cluster: two users that are held
# to what they need. POSTGRES_SECRETS is where their passwords are.
set -eu
secrets=${POSTGRES_SECRETS:-/run/secrets}

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set groundswell="$(cat "$secrets/groundswell_password")" \
    --set backup="$(cat "$secrets/backup_password")" <<'SQL'
-- Owns the tables, and is no superuser: row-level security holds it too.
CREATE ROLE groundswell LOGIN CREATEROLE PASSWORD :'groundswell';
-- Sees every workspace, and writes nothing.
CREATE ROLE groundswell_backup LOGIN BYPASSRLS PASSWORD :'backup' IN ROLE pg_read_all_data;
CREATE DATABASE groundswell OWNER groundswell ENCODING 'UTF8' TEMPLATE template0;
-- Only the right to come in: imports sort in temporary tables.
REVOKE CONNECT ON DATABASE groundswell FROM PUBLIC;
GRANT CONNECT ON DATABASE groundswell TO groundswell_backup;
SQL
