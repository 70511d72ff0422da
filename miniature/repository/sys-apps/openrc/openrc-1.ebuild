# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit miniature

DESCRIPTION="The first process, and services by runlevel, in miniature"
SLOT="0"
KEYWORDS="amd64"
RDEPEND="
	app-shells/bash
	sys-apps/coreutils
	sys-apps/util-linux
"

src_install() {
	miniature_src_install
	keepdir /etc/conf.d /etc/runlevels/{boot,default}
}
