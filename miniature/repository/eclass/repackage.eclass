# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

# @ECLASS: repackage.eclass
# @MAINTAINER: the Gentoomuch authors
# @SUPPORTED_EAPIS: 8
# @BLURB: make a package of files that the seed's Debian base supplies
# @DESCRIPTION:
# A root needs a libc, a shell and the usual tools, and building those takes hours. The base has them, so these
# packages copy them, byte for byte, and Portage installs, owns and removes them like any others.

case ${EAPI} in
	8) ;;
	*) die "${ECLASS}: EAPI ${EAPI} is not supported" ;;
esac

# @ECLASS_VARIABLE: REPACKAGE_FROM
# @DESCRIPTION: Debian packages whose files below /usr are taken.

# @ECLASS_VARIABLE: REPACKAGE_ONLY
# @DEFAULT_UNSET
# @DESCRIPTION: Patterns of absolute paths; files that match none of them are left out.

HOMEPAGE="https://miniature.invalid/"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
# Stripping would change what has to stay the base's own.
RESTRICT="strip"
BDEPEND="app-arch/dpkg"
S="${WORKDIR}"
QA_PREBUILT="*"

# @FUNCTION: repackage_wanted
# @USAGE: <path>
# @RETURN: whether REPACKAGE_ONLY lets the path in
repackage_wanted() {
	[[ -z ${REPACKAGE_ONLY} ]] && return 0
	local pattern
	set -f
	for pattern in ${REPACKAGE_ONLY}; do
		[[ $1 == ${pattern} ]] && { set +f; return 0; }
	done
	set +f
	return 1
}

# @FUNCTION: repackage_list
# @USAGE: <Debian package>...
# @DESCRIPTION: Prints the files of the packages that are there, by their names in a merged /usr.
repackage_list() {
	local path
	dpkg -L "$@" | while IFS= read -r path; do
		[[ -d ${path} && ! -L ${path} ]] && continue
		[[ -e ${path} || -L ${path} ]] || continue
		path=$(realpath "${path%/*}/")/${path##*/}
		[[ ${path} == /usr/* ]] && repackage_wanted "${path}" && printf '%s\n' "${path#/}"
	done | LC_ALL=C sort -u
}

# @FUNCTION: repackage_copy
# @DESCRIPTION: Copies the files named on standard input, relative to /, with their modes and links.
repackage_copy() {
	tar -C / --no-recursion --numeric-owner -c -T - | tar -C "${ED}" --numeric-owner -xp || die "copying from the base failed"
}

# @FUNCTION: repackage_src_install
repackage_src_install() {
	repackage_list ${REPACKAGE_FROM} | repackage_copy
	[[ -d ${ED}/usr ]] || die "the base has nothing of ${REPACKAGE_FROM}"
}

EXPORT_FUNCTIONS src_install
