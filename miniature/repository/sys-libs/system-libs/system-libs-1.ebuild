# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="bash coreutils findutils gawk grep login mount passwd sed tar util-linux libcap2-bin"
inherit repackage

DESCRIPTION="The shared libraries that the system's programs need, taken from the base"
RDEPEND="sys-libs/glibc"

# Which libraries these are differs between releases of the base, so the programs are asked.
src_install() {
	local file
	repackage_list ${REPACKAGE_FROM} libpam-modules | sed 's,^,/,' | while IFS= read -r file; do
		[[ -L ${file} || ! -x ${file} && ${file} != *.so ]] || ldd "${file}" 2>/dev/null
	done | sed -n 's,.* => \(/[^ ]*\) .*,\1,p' | LC_ALL=C sort -u > "${T}"/needed
	repackage_list libc6 | sed 's,^,/,' > "${T}"/libc
	while IFS= read -r file; do
		file=$(realpath "${file%/*}")/${file##*/}
		grep -qxF "${file}" "${T}"/libc && continue
		echo "${file#/}"
		[[ -L ${file} ]] && realpath "${file}" | sed 's,^/,,'
	done < "${T}"/needed | LC_ALL=C sort -u | repackage_copy
}
