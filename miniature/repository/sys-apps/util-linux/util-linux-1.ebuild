# Copyright 2026 The Gentoomuch authors
# Distributed under the terms of the GNU General Public License v2 or later

EAPI=8

REPACKAGE_FROM="util-linux mount"
REPACKAGE_ONLY="*/mount */umount */mountpoint */findmnt */losetup */lsblk */blkid */dmesg */flock */getopt */setsid */setpriv */unshare */nsenter */agetty */getty */sulogin */switch_root */pivot_root"
inherit repackage

DESCRIPTION="mount and the like, taken from the base"
RDEPEND="
	sys-libs/glibc
	sys-libs/system-libs
"
