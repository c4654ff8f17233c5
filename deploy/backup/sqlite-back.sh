#!/bin/sh
# Puts a copy back: sh sqlite-back.sh COPY DATABASE [KEY]. Stop the front door first, and run it as the service's user.
# KEY is the file that the copy opens with; there is none where secret_key is in the settings.
set -eu
copy=$1
database=$2
key=${3:-}

umask 077
cp "$copy" "$database.back"
# What was written ahead belongs to the database that goes.
rm -f "$database-wal" "$database-shm"
mv "$database.back" "$database"
if [ -n "$key" ]; then
  cp "$key" "$database.key"
fi
