#!/bin/sh
# Backs the database up into a folder: one archive, its checksum. DATABASE_URL says where it is; nothing is stopped for it.
#   DATABASE_URL=postgres://… deploy/scripts/back-up.sh /backups
# Keep beside it, apart from it: SM4_KEYS (or DATA_DIR/field-keys) and the pictures (S3, or DATA_DIR/media).
set -eu
folder=${1:?folder to keep the archive in}
: "${DATABASE_URL:?where the database is}"
name=xiaopu-$(date -u +%Y%m%dT%H%M%SZ).dump
umask 077
mkdir -p "$folder"
"${PG_BIN:+$PG_BIN/}pg_dump" --format=custom --no-owner --file="$folder/$name.part" "$DATABASE_URL"
mv "$folder/$name.part" "$folder/$name"
(cd "$folder" && sha256sum "$name" > "$name.sha256")
echo "$folder/$name"
