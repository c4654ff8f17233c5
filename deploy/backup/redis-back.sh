#!/bin/sh
# Puts a copy of Redis's dump.rdb back: sh redis-back.sh DUMP DATA. DATA is the folder that Redis keeps its files in. Stop Redis and every front door first.
# Redis with `appendonly yes` passes over a dump.rdb, without a word, and starts empty: so the copy becomes the first part of its append-only file.
# What was there is kept beside it as appendonlydir.before-<time>. When anything is wrong with the copy, everything stays as it was.
set -eu
[ $# -eq 2 ] || { echo "usage: sh redis-back.sh DUMP DATA" >&2; exit 2; }
dump=$1
data=$2
live=$data/appendonlydir
new=$live.new
before=$live.before-$(date -u +%Y%m%dT%H%M%SZ)

refuse() {
  echo "$1; nothing was changed" >&2
  exit 1
}

[ -f "$dump" ] || refuse "there is no file $dump"
[ -d "$data" ] || refuse "there is no folder $data"
[ ! -e "$before" ] || refuse "$before is there already"
# Redis works in its folder. One in another container is not seen here.
for process in /proc/[0-9]*; do
  if [ "$process/cwd" -ef "$data" ]; then
    case $(cat "$process/comm" 2>/dev/null || true) in
      *redis* | *valkey*) refuse "a Redis runs in $data (process ${process#/proc/}): stop it first" ;;
    esac
  fi
done

umask 077
mkdir "$new" || refuse "$new cannot be made: when it is left from an attempt that was ended, remove it"
undo() {
  rm -rf "$new"
  if [ -e "$before" ] && [ ! -e "$live" ]; then mv "$before" "$live"; fi
}
trap undo EXIT
trap 'exit 1' HUP INT TERM

base=$new/appendonly.aof.1.base.rdb
cp "$dump" "$base" || refuse "$dump cannot be copied"
[ -s "$base" ] || refuse "$dump is empty"
[ "$(dd if="$base" bs=5 count=1 2>/dev/null | tr -d '\000')" = REDIS ] || refuse "$dump is no dump of Redis"
check=$(command -v redis-check-rdb || command -v valkey-check-rdb || true)
if [ -n "$check" ]; then
  said=$("$check" "$base" 2>&1) || { echo "$said" >&2; refuse "$dump is damaged, or of a newer Redis"; }
else
  echo "neither redis-check-rdb nor valkey-check-rdb is here: only the beginning of $dump was looked at" >&2
fi
echo 'file appendonly.aof.1.base.rdb seq 1 type b' >"$new/appendonly.aof.manifest"

[ ! -e "$live" ] || mv "$live" "$before"
mv "$new" "$live"
trap - EXIT
[ ! -e "$before" ] || echo "what was there is in $before"
