# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="A service that writes a greeting every minute, under an account of its own"
SLOT="0"
KEYWORDS="amd64"
ACCOUNT="
	acct-group/greetd
	acct-user/greetd
"
DEPEND="
	${ACCOUNT}
	dev-libs/libgreet:=
"
RDEPEND="
	${DEPEND}
	sys-apps/openrc
"

src_install() {
	miniature_src_install
	newinitd "${FILESDIR}"/greetd.initd greetd
	newconfd "${FILESDIR}"/greetd.confd greetd
	insinto /usr/lib/tmpfiles.d
	doins "${FILESDIR}"/greetd.conf
	keepdir /var/log/greetd
	fowners greetd:greetd /var/log/greetd
	fperms 0750 /var/log/greetd
}
