# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="A library that knows how to greet"
# The sub-slot is the library's soname.
SLOT="0/1"
KEYWORDS="amd64"
IUSE="color +nls"

src_compile() {
	miniature_make COLOR=$(usex color 1 0) NLS=$(usex nls 1 0)
}
