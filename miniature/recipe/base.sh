#!/bin/bash
# Turns a Debian base into one that Portage can live in. Runs inside it, without a network.
# In: /run/in/portage.tar.gz, Portage's source distribution; /run/in/gemato.whl, gemato as a wheel.
set -euo pipefail
umask 022

# --- Portage itself, by its own build system
mkdir /tmp/portage-source
tar --extract --gzip --file=/run/in/portage.tar.gz --directory=/tmp/portage-source --strip-components=1 --no-same-owner
meson setup /tmp/portage-build /tmp/portage-source --prefix=/usr -Ddoc=false -Dnative-extensions=false >/tmp/meson.log 2>&1 || { cat /tmp/meson.log; exit 1; }
meson install --quiet --no-rebuild -C /tmp/portage-build >>/tmp/meson.log 2>&1 || { cat /tmp/meson.log; exit 1; }
modules=$(python3 -B -c 'import os, portage; print(os.path.dirname(os.path.dirname(portage.__file__)))')
# A wheel of pure Python is a zip file of what is installed.
python3 -m zipfile --extract /run/in/gemato.whl "${modules}"
printf '#!/usr/bin/python3\nimport sys\n\nfrom gemato.cli import setuptools_main\n\nsys.exit(setuptools_main())\n' > /usr/bin/gemato
chmod 0755 /usr/bin/gemato
# Checked by time stamps, compiled Python would differ from run to run and be stale after an unpack.
python3 -m compileall -q --invalidation-mode unchecked-hash "${modules}"/{portage,_emerge,gemato} /usr/lib/portage >/dev/null

# --- what Portage expects and Debian lacks
groupadd --gid 250 portage
useradd --system --uid 250 --gid 250 --home-dir /var/lib/portage/home --no-create-home --shell /usr/sbin/nologin --comment portage portage
# useradd writes today's date.
sed -i -E 's/^(portage:[^:]*):[0-9]*:/\1:20454:/' /etc/shadow
install -d -o 250 -g 250 -m 0755 /var/lib/portage /var/lib/portage/home
install -d -o 250 -g 250 -m 2755 /var/log/portage /var/log/portage/elog
install -d -m 0755 /var/db/repos /var/cache/binpkgs /var/cache/edb
install -d -o 250 -g 250 -m 0775 /var/cache/distfiles
ln -sfn python3 /usr/bin/python
for tool in tar sed make find xargs; do ln -sfn "${tool}" "/usr/bin/g${tool}"; done
for tool in gcc cpp ar as ld nm ranlib strip objcopy objdump readelf gcc-ar gcc-nm gcc-ranlib; do
	[[ -e /usr/bin/${tool} ]] && ln -sfn "${tool}" "/usr/bin/x86_64-pc-linux-gnu-${tool}"
done
ln -sfn gcc /usr/bin/x86_64-pc-linux-gnu-cc

# --- what no build needs
dpkg --force-depends --purge meson ninja-build python3-setuptools python3-pkg-resources python3-distutils python3-lib2to3 >/dev/null
shopt -s nullglob globstar
rm -rf /usr/share/{doc,man,info,lintian,bug,perl5,pixmaps,gdb,bash-completion,zsh,readline} /usr/share/locale/*
rm -rf /usr/lib/gcc/*/*/{lto1,lto-wrapper,g++-mapper-server,plugin,lib{asan,tsan,ubsan,lsan,itm,quadmath,atomic,gomp,cc1}*} /usr/lib/gcc/*/*/*san*
rm -rf /usr/bin/*{lto-dump,gold,dwp,gprof,gprofng,gp-}* /usr/lib/*/gprofng /usr/lib/*/lib{asan,tsan,ubsan,lsan,itm,gprofng,cc1}*
rm -f /usr/lib/*/lib{c,m,m-*,mvec,resolv,crypt,nsl,tirpc,rt,util,anl,BrokenLocale,c_p}.a
for file in /usr/lib/*/gconv/*.so; do
	case ${file##*/} in UTF-* | UNICODE.so | ISO8859-1.so | ISO8859-15.so) ;; *) rm -f "${file}" ;; esac
done
rm -rf /usr/lib/python3*/{test,pydoc_data,lib2to3,idlelib,ensurepip,turtledemo,__pycache__/{pydoc,turtle}*}
rm -rf /etc/{cron.daily,cron.weekly,apt,kernel,logrotate.d,systemd,init.d,rc*.d,update-motd.d,sysctl.d} /usr/lib/{init,lsb,systemd,udev} /usr/share/{initramfs-tools,menu,polkit-1}
rm -f /var/lib/dpkg/info/*.{md5sums,triggers,postinst,preinst,postrm,prerm,templates,shlibs,symbols,config} /var/lib/dpkg/*-old
rm -rf /var/lib/apt /var/cache/{apt,debconf,ldconfig} /var/log/{apt,dpkg.log,alternatives.log,bootstrap.log,faillog,lastlog,wtmp,btmp} /var/backups/* /var/mail /var/spool
rm -f /etc/*- /etc/.pwd.lock /etc/machine-id /var/lib/dbus/machine-id /etc/mailcap /etc/resolv.conf /etc/hostname
install -d -m 0755 /var/spool

# A few locales and time zones are enough to choose from.
cd /usr/share/i18n/locales
for file in *; do
	case ${file} in en_US | en_GB | de_DE | fr_FR | pl_PL | C | POSIX | i18n* | iso14651* | translit_*) ;; *) rm -f "${file}" ;; esac
done
cd /usr/share/i18n/charmaps
for file in *; do
	case ${file} in UTF-8.gz | ISO-8859-1.gz | ISO-8859-15.gz) ;; *) rm -f "${file}" ;; esac
done
cd /usr/share/zoneinfo
for file in *; do
	case ${file} in Etc | Europe | UTC | GMT | *.tab | tzdata.zi) ;; *) rm -rf "${file}" ;; esac
done
