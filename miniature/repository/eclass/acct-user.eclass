# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

# @ECLASS: acct-user.eclass
# @MAINTAINER: the Gentoomuch authors
# @SUPPORTED_EAPIS: 8
# @BLURB: an account of the system as a package
# @DESCRIPTION:
# Writes the rows straight into ROOT/etc, so that it works in a root that cannot run anything yet.

case ${EAPI} in
	8) ;;
	*) die "${ECLASS}: EAPI ${EAPI} is not supported" ;;
esac

# @ECLASS_VARIABLE: ACCT_USER_ID
# @DESCRIPTION: the account's number

# @ECLASS_VARIABLE: ACCT_USER_GROUPS
# @DESCRIPTION: array of its groups; the first one is its own

# @ECLASS_VARIABLE: ACCT_USER_HOME
# @DESCRIPTION: its home directory
: "${ACCT_USER_HOME:=/dev/null}"

# @ECLASS_VARIABLE: ACCT_USER_SHELL
# @DESCRIPTION: its shell
: "${ACCT_USER_SHELL:=/sbin/nologin}"

DESCRIPTION="System user: ${PN}"
HOMEPAGE="https://miniature.invalid/"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
S="${WORKDIR}"

# @FUNCTION: acct-user_add_deps
# @DESCRIPTION: Makes the account depend on the packages of its groups.
acct-user_add_deps() {
	RDEPEND+=" ${ACCT_USER_GROUPS[*]/#/acct-group/}"
}

# @FUNCTION: acct-user_src_install
acct-user_src_install() {
	insinto /usr/lib/sysusers.d
	newins - "acct-user-${PN}.conf" <<< "u ${PN} ${ACCT_USER_ID}:${ACCT_USER_GROUPS[0]} - ${ACCT_USER_HOME} ${ACCT_USER_SHELL}"
}

# @FUNCTION: acct-user_pkg_preinst
acct-user_pkg_preinst() {
	local etc=${EROOT}/etc gid group
	[[ -f ${etc}/passwd ]] || die "${etc}/passwd is missing: install sys-apps/baselayout first"
	grep -q "^${PN}:" "${etc}/passwd" && return
	gid=$(sed -n "s/^${ACCT_USER_GROUPS[0]}:[^:]*:\([0-9]*\):.*/\1/p" "${etc}/group")
	[[ -n ${gid} ]] || die "the group ${ACCT_USER_GROUPS[0]} is missing"
	einfo "Adding user ${PN}"
	printf '%s:x:%s:%s:%s:%s:%s\n' "${PN}" "${ACCT_USER_ID}" "${gid}" "System user; ${PN}" "${ACCT_USER_HOME}" "${ACCT_USER_SHELL}" \
		>> "${etc}/passwd" || die
	printf '%s:!:%s::::::\n' "${PN}" "$(( ${SOURCE_DATE_EPOCH:-${EPOCHSECONDS}} / 86400 ))" >> "${etc}/shadow" || die
	for group in "${ACCT_USER_GROUPS[@]:1}"; do
		sed -i -e "/^${group}:/{s/:\$/:${PN}/;t;s/\$/,${PN}/}" "${etc}/group" || die
	done
}

# @FUNCTION: acct-user_pkg_postinst
acct-user_pkg_postinst() {
	[[ ${ACCT_USER_HOME} == /dev/null || -d ${EROOT}${ACCT_USER_HOME} ]] && return
	# The numbers, not the names: the builder's accounts may be others.
	local ids
	ids=$(sed -n "s/^${PN}:[^:]*:\([0-9]*:[0-9]*\):.*/\1/p" "${EROOT}/etc/passwd")
	install -d -m 0750 -o "${ids%:*}" -g "${ids#*:}" "${EROOT}${ACCT_USER_HOME}" || die
}

EXPORT_FUNCTIONS src_install pkg_preinst pkg_postinst
