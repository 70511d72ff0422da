PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
ROOTPATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
PAGER="cat"
CONFIG_PROTECT_MASK="/etc/gentoo-release"
