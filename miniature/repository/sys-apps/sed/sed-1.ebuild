# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="sed"
REPACKAGE_ONLY="/usr/bin/*"
inherit repackage

DESCRIPTION="Edits streams, taken from the base"
RDEPEND="
	sys-libs/glibc
	sys-libs/system-libs
"
