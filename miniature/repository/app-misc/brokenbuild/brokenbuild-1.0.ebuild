# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="Does not compile, so that a failure can be seen"
SLOT="0"
KEYWORDS="amd64"
