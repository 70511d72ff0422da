# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="Files that are hard to carry: modes, capabilities, links, odd names"
SLOT="0"
KEYWORDS="amd64"
# setcap, for the capability.
IDEPEND="sys-libs/libcap"

src_install() {
	miniature_src_install
	fperms 4711 /usr/bin/odd-setuid

	local dir=${ED}/usr/share/oddfiles
	mkdir -p "${dir}"/links || die
	keepdir /usr/share/oddfiles/sticky
	fperms 1777 /usr/share/oddfiles/sticky
	echo "two names, one file" > "${dir}"/links/first || die
	ln "${dir}"/links/first "${dir}"/links/second || die
	ln -s first "${dir}"/links/symbolic || die
	ln -s /nowhere/at\ all "${dir}"/links/dangling || die
	echo blank > "${dir}/a name with  blanks" || die
	echo quotes > "${dir}/\"double\" and 'single'" || die
	echo utf8 > "${dir}/zażółć gęślą jaźń — 源" || die
	echo dash > "${dir}/-starts-with-a-dash" || die
	echo shell > "${dir}/\$HOME; * [x] \\" || die
	: > "${dir}/empty file" || die
	chmod 0600 "${dir}/empty file" || die
	fowners 123:456 /usr/share/oddfiles/sticky
	dostrip -x /usr/bin/odd-capable
}

# Portage leaves empty directories out of packages.
pkg_preinst() {
	mkdir -p "${EROOT}"/usr/share/oddfiles/empty || die
}

pkg_postinst() {
	setcap cap_net_bind_service=ep "${EROOT}"/usr/bin/odd-capable || die "setcap failed"
	setfacl -m u:250:rx "${EROOT}"/usr/share/oddfiles/sticky || ewarn "this file system has no access control lists"
}
