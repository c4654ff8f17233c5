#!/bin/sh
# Makes the secret that deployment.yaml names: sh deploy/kubernetes/secret.sh KEY [STORE]
# KEY is the file of the store's key; it is made when there is none. Keep it where the backups are not: without it none of them opens.
# STORE is a file with the address of Redis, such as rediss://front-door:password@redis.acme.example:6379/0; without it the address is asked for, unseen.
set -eu
[ $# -eq 1 ] || [ $# -eq 2 ] || { echo "usage: sh secret.sh KEY [STORE]" >&2; exit 2; }
key=$1

umask 077
if [ $# -eq 2 ]; then
  store=$(cat "$2")
else
  if [ -t 0 ]; then
    printf 'address of Redis: ' >&2
    trap 'stty echo' EXIT
    trap 'exit 1' HUP INT TERM
    stty -echo
  fi
  IFS= read -r store || true # what ends without a line's end is read all the same
  if [ -t 0 ]; then
    stty echo
    trap - EXIT
    echo >&2
  fi
fi
case $store in
  redis://* | rediss://* | redis+*://* | rediss+*://*) ;;
  *) echo "that is no address of a Redis; nothing was made" >&2; exit 1 ;;
esac

if [ ! -e "$key" ]; then
  made=$(openssl rand -base64 64)
  echo "$made" >"$key"
fi
[ -s "$key" ] || { echo "$key is empty; nothing was made" >&2; exit 1; }
# The address goes through a pipe: it is in no file, in no list of processes and in no history of commands.
printf '%s\n' "$store" | kubectl --namespace front-door create secret generic front-door "--from-file=secret_key=$key" --from-file=store=/dev/stdin
echo "keep $key where the backups are not, and remove it here"
