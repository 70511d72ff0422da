# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

inherit acct-user

DESCRIPTION="The account that the greeting service runs as"
ACCT_USER_ID=480
ACCT_USER_GROUPS=( greetd )
ACCT_USER_HOME=/var/lib/greetd
acct-user_add_deps
