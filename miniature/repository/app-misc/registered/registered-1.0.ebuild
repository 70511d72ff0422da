# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Enters itself into the root's register when installed (IDEPEND)"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
IDEPEND="app-admin/regtool"

src_install() {
	insinto /usr/share/registered
	newins - description <<< "A package that registers itself."
}

pkg_postinst() {
	regtool add "${EROOT}/var/lib/register" "${CATEGORY}/${PN}" || die "registering failed"
}

pkg_postrm() {
	[[ -n ${REPLACED_BY_VERSION} ]] || regtool remove "${EROOT}/var/lib/register" "${CATEGORY}/${PN}"
}
