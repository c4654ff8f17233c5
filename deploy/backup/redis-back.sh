#!/bin/sh
# Puts a copy of Redis's dump.rdb back: sh redis-back.sh DUMP DATA. DATA is the folder that Redis keeps its files in. Stop Redis and every front door first.
# Redis with `appendonly yes` passes over a dump.rdb, without a word, and starts empty: so the copy becomes the first part of its append-only file.
set -eu
dump=$1
data=$2

umask 077
[ ! -e "$data/appendonlydir" ] || mv "$data/appendonlydir" "$data/appendonlydir.before-$(date -u +%Y%m%dT%H%M%SZ)"
mkdir "$data/appendonlydir"
cp "$dump" "$data/appendonlydir/appendonly.aof.1.base.rdb"
echo 'file appendonly.aof.1.base.rdb seq 1 type b' >"$data/appendonlydir/appendonly.aof.manifest"
