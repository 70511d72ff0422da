# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="Writes a C header of words; runs while others are built"
SLOT="0"
KEYWORDS="amd64"
