# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Not tested enough for the stable keyword"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="~amd64"

src_install() {
	newbin - experimental <<-EOF
		#!/bin/bash
		echo "this is ${P}"
	EOF
}
