# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="Keeps a sorted register of names in a root; runs while others are installed"
SLOT="0"
KEYWORDS="amd64"
