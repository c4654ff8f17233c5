#!/bin/sh
# A copy of the store in a file while the front door runs, whole and of one moment: sh sqlite.sh DATABASE COPIES KEYS
# COPIES and KEYS are folders. The key goes into another one than the copies: whoever has both reads everything, and nobody anything who has one.
# Run it as the service's user; it needs the program sqlite3.
set -eu
database=$1
copy=$2/front-door-$(date -u +%Y%m%dT%H%M%SZ).sqlite
keys=$3

umask 077
[ -f "$database" ] || { echo "there is no $database" >&2; exit 1; }
[ ! -e "$copy" ] || { echo "$copy is there already" >&2; exit 1; }
sqlite3 -cmd '.timeout 10000' "$database" "VACUUM INTO '$copy'"
[ "$(sqlite3 "$copy" 'PRAGMA integrity_check')" = ok ] || { echo "$copy is damaged" >&2; exit 1; }

# With secret_key in the settings there is no such file: then keep a copy of that key.
if [ -f "$database.key" ]; then
  cp "$database.key" "$keys/$(basename "$copy").key"
fi
echo "$copy"
