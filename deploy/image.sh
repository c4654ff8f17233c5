#!/bin/sh
# Puts together everything that the image holds: sh deploy/image.sh PROGRAM FOLDER
set -eu
program=$1
folder=$2

# Besides, the places where settings, secrets and the store are mounted.
mkdir -p "$folder/usr/local/bin" "$folder/etc/ssl/certs" "$folder/etc/front-door" "$folder/run/secrets" "$folder/var/lib/front-door"
cp "$program" "$folder/usr/local/bin/front-door"

# The libraries that it is linked to, and the loader, where it looks for them.
ldd "$program" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do
  mkdir -p "$folder$(dirname "$library")"
  cp -L "$library" "$folder$library"
done

# Who signed the certificates of providers and of Atlassian, and how names are looked up.
cp -L /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
echo 'hosts: files dns' >"$folder/etc/nsswitch.conf"
echo 'front-door:x:65532:65532::/var/lib/front-door:/nonexistent' >"$folder/etc/passwd"
echo 'front-door:x:65532:' >"$folder/etc/group"
