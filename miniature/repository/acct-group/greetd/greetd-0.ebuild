# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit acct-group

ACCT_GROUP_ID=480
