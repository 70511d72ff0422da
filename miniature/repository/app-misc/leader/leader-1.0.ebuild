# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Wants app-misc/follower after itself (PDEPEND)"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
PDEPEND="app-misc/follower"

src_install() {
	insinto /usr/share/leader
	newins - leader <<< "first"
}
