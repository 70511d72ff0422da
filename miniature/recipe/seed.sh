#!/bin/bash
# Merges @system into the base, so that the seed is what upstream's stage3 is: a root whose packages Portage knows.
# Runs inside the base, without a network; /var/db/repos/gentoo and /run/in/distfiles are mounted read-only. EPOCH: "now".
set -euo pipefail
umask 022

mkdir -p /etc/portage
ln -sfn ../../var/db/repos/gentoo/profiles/default/linux/amd64/miniature /etc/portage/make.profile
export SOURCE_DATE_EPOCH=${EPOCH} DISTDIR=/run/in/distfiles PORTAGE_LOGDIR=/tmp/logs
# The base's own files give way to @system's: this is the one time that nobody's configuration is at stake.
export CONFIG_PROTECT="-*" COLLISION_IGNORE="/*" FEATURES="-merge-sync -merge-wait -parallel-fetch -distlocks"
emerge --ignore-default-opts --quiet --color=n --oneshot @system

rm -rf /var/cache/edb/* /var/cache/distfiles/* /var/cache/ldconfig /var/tmp/portage /var/log/emerge*.log /var/log/portage/elog/* /etc/*- /etc/.pwd.lock
rm -rf /root/.cache /root/.wget-hsts
python3 /run/in/recipe/settle.py
