# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Takes exactly one of three colours (REQUIRED_USE)"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
IUSE="blue +green red"
REQUIRED_USE="^^ ( blue green red )"

src_install() {
	local colour
	for colour in blue green red; do
		use ${colour} || continue
		insinto /usr/share/choices
		newins - colour <<< "${colour}"
	done
}
