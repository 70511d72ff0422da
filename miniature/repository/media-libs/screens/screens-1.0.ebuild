# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Says for which cards and processor features it was built (USE_EXPAND)"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
IUSE="cpu_flags_x86_avx2 cpu_flags_x86_sse4_2 video_cards_fbdev video_cards_virgl"

src_install() {
	local flag words=()
	for flag in ${IUSE}; do
		use ${flag} && words+=( ${flag} )
	done
	insinto /usr/share/screens
	newins - built-for <<< "${words[*]}"
}
