#!/usr/bin/env bash
# Runs a command as the ordinary user `gentoomuch-test`, who is made if he is missing, with subordinate ids and a clean
# environment: as-user.sh [NAME=VALUE…] COMMAND…
# Only for root, on machines that are there for tests.
set -eu
user=gentoomuch-test

if ! id "$user" >/dev/null 2>&1; then
  useradd --system --create-home --home-dir "/home/$user" --shell /bin/bash "$user"
fi
# System users get no subordinate ids by themselves. The range stays clear of the one the hints recommend.
for kind in uid gid; do
  grep -q "^$user:" "/etc/sub$kind" 2>/dev/null || usermod "--add-sub${kind}s" 2000000-2065535 "$user"
done

home=$(getent passwd "$user" | cut -d: -f6)
id=$(id -u "$user")
exec env -i --default-signal PATH="$PATH" HOME="$home" USER="$user" LOGNAME="$user" TERM="${TERM:-dumb}" \
  setpriv --reuid "$id" --regid "$(id -g "$user")" --init-groups --inh-caps=-all -- env "$@"
