# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="tzdata"
REPACKAGE_ONLY="/usr/share/zoneinfo/*"
inherit repackage

DESCRIPTION="Time zones, taken from the base"
