# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="libc6 libc-bin libgcc-s1 locales"
REPACKAGE_ONLY="
	/usr/lib/x86_64-linux-gnu/* /usr/lib64/* /usr/lib/locale/*
	/usr/bin/getconf /usr/bin/getent /usr/bin/iconv /usr/bin/ldd /usr/bin/locale /usr/bin/localedef /usr/sbin/ldconfig
	/usr/share/i18n/*
"
inherit repackage

DESCRIPTION="The C library, its loader and its locales, taken from the base"
RDEPEND="sys-apps/baselayout"

src_install() {
	repackage_src_install
	dosbin "${FILESDIR}"/locale-gen
	insinto /etc
	doins "${FILESDIR}"/locale.gen "${FILESDIR}"/nsswitch.conf
}

pkg_postinst() {
	# A locale is made by a program of the root, so that a foreign root has to run locale-gen itself.
	[[ -n ${ROOT} ]] || locale-gen || die "locale-gen failed"
}
