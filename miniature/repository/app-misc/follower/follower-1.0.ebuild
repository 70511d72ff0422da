# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Comes after app-misc/leader"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
RDEPEND="app-misc/leader"

src_install() {
	insinto /usr/share/follower
	newins - follower <<< "second"
}
