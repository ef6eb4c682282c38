#!/bin/sh
# Restores an archive of back-up.sh into an empty database, as it was; all of it or nothing. All http and worker processes are stopped.
#   DATABASE_URL=postgres://…/new_database deploy/scripts/restore.sh /backups/xiaopu-….dump
# Then: npm run audit, which must find 0 differences, before the processes start on it.
set -eu
archive=${1:?archive of back-up.sh}
: "${DATABASE_URL:?the empty database}"
(cd "$(dirname "$archive")" && sha256sum --check --quiet "$(basename "$archive").sha256")
tables=$("${PG_BIN:+$PG_BIN/}psql" --no-psqlrc --tuples-only --no-align --dbname="$DATABASE_URL" \
  --command="select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")
if [ "$tables" != 0 ]; then
  echo "The database is not empty: $tables tables" >&2
  exit 1
fi
"${PG_BIN:+$PG_BIN/}pg_restore" --no-owner --exit-on-error --single-transaction --dbname="$DATABASE_URL" "$archive"
# What a broker that was lost held is handed out again; what had its effect is skipped by the inbox. Two weeks are kept.
"${PG_BIN:+$PG_BIN/}psql" --no-psqlrc --quiet --dbname="$DATABASE_URL" \
  --command="update platform.outbox set delivered_at = null where delivered_at > (select max(delivered_at) - interval '1 hour' from platform.outbox)"
