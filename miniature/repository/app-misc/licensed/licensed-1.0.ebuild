# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Wants its licence accepted"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="miniature-EULA"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	newbin - licensed <<-EOF
		#!/bin/bash
		echo "thank you for accepting ${LICENSE}"
	EOF
}
