# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

# @ECLASS: miniature.eclass
# @MAINTAINER: the Gentoomuch authors
# @SUPPORTED_EAPIS: 8
# @BLURB: what the small C packages of this repository have in common

case ${EAPI} in
	8) ;;
	*) die "${ECLASS}: EAPI ${EAPI} is not supported" ;;
esac

HOMEPAGE="https://miniature.invalid/"
SRC_URI="https://miniature.invalid/distfiles/${P}.tar.xz"
LICENSE="GPL-2+"

# @FUNCTION: miniature_make
# @USAGE: [<variable=value or target>]...
# @DESCRIPTION: make, with the compiler and the directories of this build.
miniature_make() {
	emake CC="${CC:-${CHOST}-gcc}" CFLAGS="${CFLAGS}" LDFLAGS="${LDFLAGS}" LIBDIR="${EPREFIX}/usr/$(get_libdir)" "$@"
}

# @FUNCTION: miniature_src_compile
miniature_src_compile() {
	miniature_make
}

# @FUNCTION: miniature_src_install
miniature_src_install() {
	miniature_make DESTDIR="${D}" install
}

EXPORT_FUNCTIONS src_compile src_install
