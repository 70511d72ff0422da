# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="bash"
REPACKAGE_ONLY="/usr/bin/*"
inherit repackage

DESCRIPTION="The shell, taken from the base"
RDEPEND="
	sys-libs/glibc
	sys-libs/system-libs
"

src_install() {
	repackage_src_install
	dosym bash /usr/bin/sh
	insinto /etc/bash
	doins "${FILESDIR}"/bashrc
}
