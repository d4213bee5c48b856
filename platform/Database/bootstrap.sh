#!/bin/sh
# Run by the postgres image on an empty database: Bootstrap.sql with the passwords of the environment. They are hex or base64 text;
# a quote in one would end the statement, so it is doubled.
set -eu
sql=$(cat "${BOOTSTRAP_SQL:-/bootstrap/Bootstrap.sql}")
for role in portal_owner portal_app identity_owner identity_app; do
    name=$(echo "${role}_password" | tr '[:lower:]' '[:upper:]')
    eval "password=\$$name"
    password=$(printf '%s' "$password" | sed "s/'/''/g; s/[&/\\]/\\\\&/g")
    sql=$(printf '%s\n' "$sql" | sed "s/{${role}_password}/$password/g")
done
printf '%s\n' "$sql" | psql -v ON_ERROR_STOP=1 --no-psqlrc -q -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB"
