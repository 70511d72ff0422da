#!/bin/bash
# Makes distfiles of the sources and a complete ebuild repository of the ebuilds. Runs inside the base, without a
# network, so that every host makes the same bytes.
# In: /run/in/repository, /run/in/sources (read-only). Out: /out/gentoo, /out/distfiles, /out/snapshots.
# EPOCH: the time of every file.
set -euo pipefail
umask 022
export LC_ALL=C

mkdir -p /out/distfiles /out/snapshots
printf '[structure]\n0=flat\n' > /out/distfiles/layout.conf
repository=/var/db/repos/gentoo
rm -rf "${repository}"
cp -r /run/in/repository "${repository}"
pack() { # FOLDER NAME FILE: a folder's entry as a tar that is the same on every host
	tar --sort=name --format=pax --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w --mtime="@${EPOCH}" \
		--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -C "$1" -c "$2" | xz -T1 -6 > "$3"
}
for source in /run/in/sources/*; do
	source=${source##*/}
	pack /run/in/sources "${source}" "/out/distfiles/${source}.tar.xz"
done

# Thin manifests: one line a distfile, for the packages that have any.
cd "${repository}"
for package in */*/; do
	package=${package%/}
	for distfile in /out/distfiles/"${package#*/}"-[0-9]*.tar.xz; do
		[[ -e ${distfile} && -e ${package}/$(basename "${distfile}" .tar.xz).ebuild ]] || continue
		printf 'DIST %s %s BLAKE2B %s SHA512 %s\n' "${distfile##*/}" "$(stat -c %s "${distfile}")" \
			"$(b2sum < "${distfile}" | cut -d' ' -f1)" "$(sha512sum < "${distfile}" | cut -d' ' -f1)" >> "${package}/Manifest"
	done
done

# The cache that spares everybody's Portage from sourcing every ebuild.
mkdir -p /etc/portage
ln -sfn ../..${repository}/profiles/default/linux/amd64/miniature /etc/portage/make.profile
egencache --repo=gentoo --update --update-use-local-desc --jobs=2 >/dev/null
find . -type d -exec chmod 0755 {} + -o -type f -perm /0111 -exec chmod 0755 {} + -o -type f -exec chmod 0644 {} +
cp -r . /out/gentoo

# The same as a snapshot, which also says when it was taken.
day=$(date --utc --date="@${EPOCH}" +%Y%m%d)
cp -r . "/tmp/gentoo-${day}"
date --utc --date="@${EPOCH}" > "/tmp/gentoo-${day}/metadata/timestamp"
date --utc --date="@${EPOCH}" +'%a, %d %b %Y %H:%M:%S +0000' > "/tmp/gentoo-${day}/metadata/timestamp.chk"
date --utc --date="@${EPOCH}" +"%s %a %b %d %H:%M:%S %Y UTC" > "/tmp/gentoo-${day}/metadata/timestamp.x"
pack /tmp "gentoo-${day}" "/out/snapshots/gentoo-${day}.tar.xz"
cd /out/snapshots
md5sum "gentoo-${day}.tar.xz" > "gentoo-${day}.tar.xz.md5sum"

find /out -exec touch --no-dereference --date="@${EPOCH}" {} +
