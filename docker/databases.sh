#!/bin/sh
# Roles and databases, once, when the volume of PostgreSQL is new.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$POSTGRES_PASSWORD" -v reader="$READER_PASSWORD" --username postgres <<'SQL'
CREATE ROLE opengov LOGIN PASSWORD :'owner';
CREATE ROLE opengov_reader LOGIN PASSWORD :'reader';
CREATE DATABASE opengov OWNER opengov;
CREATE DATABASE opengov_datastore OWNER opengov;
REVOKE CONNECT ON DATABASE opengov FROM PUBLIC;
SQL
