# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Needs libgreet with colours, which is not the default"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
RDEPEND="dev-libs/libgreet[color]"

src_install() {
	insinto /usr/share/needsuse
	newins - needs <<< "colour"
}
