# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

DESCRIPTION="Virtual for what starts services"
SLOT="0"
KEYWORDS="amd64"
RDEPEND="sys-apps/openrc"
