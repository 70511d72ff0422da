# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

# @ECLASS: acct-group.eclass
# @MAINTAINER: the Gentoomuch authors
# @SUPPORTED_EAPIS: 8
# @BLURB: a group of the system as a package
# @DESCRIPTION:
# Writes the row straight into ROOT/etc/group, so that it works in a root that cannot run anything yet.

case ${EAPI} in
	8) ;;
	*) die "${ECLASS}: EAPI ${EAPI} is not supported" ;;
esac

# @ECLASS_VARIABLE: ACCT_GROUP_ID
# @DESCRIPTION: the group's number

DESCRIPTION="System group: ${PN}"
HOMEPAGE="https://miniature.invalid/"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
S="${WORKDIR}"

# @FUNCTION: acct-group_pkg_pretend
acct-group_pkg_pretend() {
	[[ ${ACCT_GROUP_ID} =~ ^[0-9]+$ ]] || die "ACCT_GROUP_ID has to be a number"
}

# @FUNCTION: acct-group_src_install
acct-group_src_install() {
	insinto /usr/lib/sysusers.d
	newins - "acct-group-${PN}.conf" <<< "g ${PN} ${ACCT_GROUP_ID}"
}

# @FUNCTION: acct-group_pkg_preinst
acct-group_pkg_preinst() {
	local file=${EROOT}/etc/group
	[[ -f ${file} ]] || die "${file} is missing: install sys-apps/baselayout first"
	grep -q "^${PN}:" "${file}" && return
	grep -q "^[^:]*:[^:]*:${ACCT_GROUP_ID}:" "${file}" && die "the group number ${ACCT_GROUP_ID} is taken"
	einfo "Adding group ${PN}"
	printf '%s:x:%s:\n' "${PN}" "${ACCT_GROUP_ID}" >> "${file}" || die
	[[ -f ${EROOT}/etc/gshadow ]] || return 0
	printf '%s:!::\n' "${PN}" >> "${EROOT}/etc/gshadow" || die
}

EXPORT_FUNCTIONS pkg_pretend src_install pkg_preinst
