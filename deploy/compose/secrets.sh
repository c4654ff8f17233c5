#!/bin/sh
# Makes the secrets that compose.yaml names, once: the key of the store, and Redis's users: the front door, and its own health check. sudo sh deploy/compose/secrets.sh [FOLDER]
# Keep a copy of secret_key where the backups are not: without it none of them opens.
set -eu
folder=${1:-$(dirname "$0")/secrets}
[ ! -e "$folder" ] || { echo "$folder is there already; nothing was changed" >&2; exit 1; }

umask 077
mkdir -p "$folder"
password=$(openssl rand -hex 32)
hash=$(printf %s "$password" | openssl dgst -sha256 -r | cut -d' ' -f1)

openssl rand -base64 64 >"$folder/secret_key"
echo "redis://front-door:$password@redis:6379/0" >"$folder/store"
{
  echo 'user health on nopass -@all +ping' # for the health check of compose.yaml, and for nothing else
  echo 'user default off'
  echo "user front-door on #$hash ~front-door:* +@read +@write +@connection -@dangerous +eval +evalsha +info +time +cluster|slots +bgrewriteaof"
} >"$folder/redis_users"

# Compose hands files over as they are: each must be readable by the user of its container, and by nobody else.
if [ "$(id -u)" -eq 0 ]; then
  chmod 711 "$folder"
  chown 65532:65532 "$folder/secret_key" "$folder/store"
  chown 999:999 "$folder/redis_users"
else
  echo "as root: chmod 711 $folder; chown 65532 $folder/secret_key $folder/store; chown 999 $folder/redis_users"
fi
