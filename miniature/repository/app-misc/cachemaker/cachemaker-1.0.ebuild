# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Makes a cache of its data when installed, which no package owns"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	local word
	for word in one two three; do
		insinto /usr/share/cachemaker
		newins - "${word}" <<< "${word}"
	done
	keepdir /var/lib/cachemaker
}

pkg_postinst() {
	einfo "Making the cache"
	(cd "${EROOT}/usr/share/cachemaker" && cksum one three two) > "${EROOT}/var/lib/cachemaker/cache" || die
}

pkg_postrm() {
	[[ -n ${REPLACED_BY_VERSION} ]] || rm -f "${EROOT}/var/lib/cachemaker/cache"
}
