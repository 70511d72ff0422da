# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Fails in its postinst, so that a half-done install can be seen"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	insinto /usr/share/brokeninstall
	newins - file <<< "installed all the same"
}

pkg_postinst() {
	die "this package never finishes its postinst"
}
