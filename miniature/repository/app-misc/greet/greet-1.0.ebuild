# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="Greets whom you name, and says how it was built"
SLOT="0"
KEYWORDS="amd64"
IUSE="polite test"
RESTRICT="!test? ( test )"
RDEPEND="dev-libs/libgreet:="
DEPEND="${RDEPEND}"
BDEPEND="dev-util/stampgen"

src_compile() {
	miniature_make POLITE=$(usex polite 1 0)
}

src_test() {
	miniature_make check
}
