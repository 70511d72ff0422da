# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="Says good-bye with the words of libgreet"
SLOT="0"
KEYWORDS="amd64"
RDEPEND="dev-libs/libgreet:="
DEPEND="${RDEPEND}"
