#!/bin/sh
# Puts a copy back: sh sqlite-back.sh COPY DATABASE [KEY]. Stop the front door first, and run it as the service's user; it needs the program sqlite3.
# KEY is the file that the copy opens with; there is none where secret_key is in the settings.
# What was there is kept beside it as DATABASE.before-<time>, with its key behind it. When anything is wrong with either file, everything stays as it was.
set -eu
[ $# -eq 2 ] || [ $# -eq 3 ] || { echo "usage: sh sqlite-back.sh COPY DATABASE [KEY]" >&2; exit 2; }
copy=$1
database=$2
key=${3:-}
new=$database.back
before=$database.before-$(date -u +%Y%m%dT%H%M%SZ)

refuse() {
  echo "$1; nothing was changed" >&2
  exit 1
}

command -v sqlite3 >/dev/null || refuse "the program sqlite3 is not here"
[ -f "$copy" ] || refuse "there is no file $copy"
[ ! -s "$copy-wal" ] || refuse "$copy is not whole: the rest of it is in $copy-wal"
[ $# -eq 2 ] || [ -f "$key" ] || refuse "there is no file $key"
for end in '' .key; do
  for there in "$new$end" "$before$end"; do
    [ ! -e "$there" ] || refuse "$there is there already: when it is left from an attempt that was ended, remove it"
  done
done

# Whoever has the database open, idle or not, keeps this from locking it. A damaged one says something else, and may be replaced.
# What a crash left written ahead stays beside it.
if [ -f "$database" ]; then
  stays=off
  [ ! -e "$database-wal" ] || stays=on
  said=$(sqlite3 -cmd ".dbconfig no_ckpt_on_close $stays" "$database" 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK' 2>&1) || true
  case $said in *"database is locked"*) refuse "somebody has $database open: stop the front door first" ;; esac
fi

umask 077
undo() {
  rm -f "$new" "$new-wal" "$new-shm" "$new-journal" "$new.key"
  for end in '' -wal -shm -journal .key; do
    [ ! -e "$before$end" ] || mv "$before$end" "$database$end"
  done
}
trap undo EXIT
trap 'exit 1' HUP INT TERM

cp "$copy" "$new" || refuse "$copy cannot be copied"
ask() { sqlite3 "$new" "$1" 2>&1 || true; }
[ "$(ask 'PRAGMA integrity_check')" = ok ] || refuse "$copy is damaged, or no database"
tables=$(ask "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('entry', 'member', 'log')")
[ "$tables" = 3 ] || refuse "$copy is no store of a front door"
if [ -n "$key" ]; then
  cp "$key" "$new.key" || refuse "$key cannot be copied"
  # 64 bytes in base64, on one line.
  text=$(cat "$new.key")
  if [ "${#text}" -ne 88 ] || ! printf '%s\n' "$text" | grep -Eqx '[A-Za-z0-9+/]{85}[AQgw]=='; then
    refuse "$key holds no key"
  fi
fi

# What was written ahead belongs to the database that goes.
for end in '' -wal -shm -journal ${key:+.key}; do
  [ ! -e "$database$end" ] || mv "$database$end" "$before$end"
done
[ -z "$key" ] || mv "$new.key" "$database.key"
mv "$new" "$database"
trap - EXIT
[ ! -e "$before" ] || echo "what was there is in $before"
