#!/bin/bash
# Makes distfiles of the sources and a complete ebuild repository of the ebuilds. Runs inside the base, without a
# network, so that every host makes the same bytes.
# In: /in/repository, /in/sources (read-only). Out: /out/gentoo, /out/distfiles. EPOCH: the time of every file.
set -euo pipefail
umask 022
export LC_ALL=C

mkdir -p /out/distfiles
repository=/var/db/repos/gentoo
rm -rf "${repository}"
cp -r /in/repository "${repository}"
cd /in/sources
for source in *; do
	tar --sort=name --format=pax --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w --mtime="@${EPOCH}" \
		--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -c "${source}" |
		xz -T1 -6 > "/out/distfiles/${source}.tar.xz"
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
find /out -exec touch --no-dereference --date="@${EPOCH}" {} +
