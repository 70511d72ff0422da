# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="The directories and first files of a root"
HOMEPAGE="https://miniature.invalid/"
S="${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"

src_install() {
	local dir
	for dir in bin sbin lib; do
		dodir "/usr/${dir}"
		dosym "usr/${dir}" "/${dir}"
	done
	dodir /usr/lib64
	dosym usr/lib64 /lib64

	keepdir /boot /etc/env.d /etc/profile.d /home /media /mnt /opt /srv /usr/local/{bin,lib,sbin,share} /usr/share /usr/src
	keepdir /var/{cache,db,empty,lib,log,spool}
	dosym ../run /var/run
	dosym ../run/lock /var/lock
	keepdir /root /tmp /var/tmp
	fperms 0700 /root
	fperms 1777 /tmp /var/tmp

	insinto /etc
	doins "${FILESDIR}"/{fstab,hosts,inputrc,issue,profile,shells}
	newins - gentoo-release <<< "Gentoo Base System release ${PV} (the miniature)"
	insinto /etc/env.d
	newins "${FILESDIR}"/env.d 50baselayout
	insinto /usr/lib
	doins "${FILESDIR}"/os-release
	dosym ../usr/lib/os-release /etc/os-release

	# Accounts are made once and belong to the administrator from then on.
	insinto /usr/share/baselayout
	doins "${FILESDIR}"/{group,passwd,shadow}
}

# Where the kernel's file systems go. Empty directories are no part of a package, and no file may lie in these.
pkg_preinst() {
	mkdir -p "${EROOT}"/{dev,proc,run,sys} || die
}

pkg_postinst() {
	local file
	for file in group passwd shadow; do
		[[ -e ${EROOT}/etc/${file} ]] && continue
		cp "${EROOT}/usr/share/baselayout/${file}" "${EROOT}/etc/${file}" || die
	done
	chmod 0640 "${EROOT}/etc/shadow" || die
	chown 0:42 "${EROOT}/etc/shadow" || die
}
