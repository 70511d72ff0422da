# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="gzip"
inherit repackage

DESCRIPTION="Compresses files, taken from the base"
RDEPEND="sys-libs/glibc"
