# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Virtual for a program that speaks to people"
SLOT="0"
KEYWORDS="amd64"
RDEPEND="|| ( app-misc/greet app-misc/farewell )"
