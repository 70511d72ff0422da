# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="gawk"
REPACKAGE_ONLY="/usr/bin/* /usr/share/awk/*"
inherit repackage

DESCRIPTION="The pattern scanner, taken from the base"
RDEPEND="
	sys-libs/glibc
	sys-libs/system-libs
"

src_install() {
	repackage_src_install
	dosym gawk /usr/bin/awk
}
