# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="passwd login libpam-modules libpam-modules-bin"
REPACKAGE_ONLY="
	/usr/bin/chage /usr/bin/gpasswd /usr/bin/login /usr/bin/newgrp /usr/bin/passwd
	/usr/sbin/chpasswd /usr/sbin/group* /usr/sbin/nologin /usr/sbin/pwconv /usr/sbin/unix_chkpwd /usr/sbin/user*
	*/security/pam_deny.so */security/pam_permit.so */security/pam_rootok.so */security/pam_unix.so
"
inherit repackage

DESCRIPTION="Accounts, passwords and login, taken from the base"
RDEPEND="
	sys-libs/glibc
	sys-libs/system-libs
"

src_install() {
	repackage_src_install
	insinto /etc
	newins "${FILESDIR}"/login.defs login.defs
	insinto /etc/pam.d
	newins "${FILESDIR}"/pam other
}
