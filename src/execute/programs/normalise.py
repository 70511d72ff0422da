"""Takes out of an assembled root what differs from run to run, so that equal inputs give equal bytes.

    normalise.py ROOT EPOCH

The list is the one that comparing two assemblies gives: merge times and counters in /var/db/pkg, dates in /etc/shadow,
backups, caches, logs. CONTENTS comes in the order in which the file system listed its folders, of which each has its own:
here it is that of the names. It follows the times that the tarball will have (every file newer than EPOCH and every symbolic
link gets EPOCH), so that Portage in the finished root finds its entries right, and the `#dir_mtime` line of the aggregated
metadata file keeps equal to the directory's final time, or Portage would ignore the file.
"""

import os
import re
import shutil
import stat
import sys

# Caches, logs and backups that name the time or the build; each is made again by what needs it.
REMOVED = (
    "etc/.pwd.lock",
    "etc/group-",
    "etc/gshadow-",
    "etc/passwd-",
    "etc/shadow-",
    "etc/subgid-",
    "etc/subuid-",
    "etc/machine-id",
    "var/lib/dbus/machine-id",
    "var/lib/systemd/random-seed",
    "var/lib/misc/random-seed",
    "var/lib/seedrng",
    "var/cache/ldconfig/aux-cache",
    "var/log/emerge.log",
    "var/log/emerge-fetch.log",
    "var/cache/edb/mtimedb",
    "var/cache/edb/counter",
    "var/cache/edb/vdb_metadata.pickle",
)
EMPTIED = ("tmp", "var/tmp", "var/log/portage", "var/cache/binpkgs", "var/cache/distfiles")


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def write(path, data):
    """A file that is right already is left alone: roots are gone through more than once."""
    info = os.stat(path)
    with open(path, "rb") as opened:
        if opened.read() == data:
            return
    with open(path, "wb") as opened:
        opened.write(data)
    os.chmod(path, info.st_mode & 0o7777)


def counters(vdb):
    """package folder → rank in the order of merging, from 1."""
    rows = []
    for category in sorted(os.listdir(vdb)):
        for package in sorted(os.listdir(os.path.join(vdb, category))):
            folder = os.path.join(vdb, category, package)
            try:
                with open(os.path.join(folder, "COUNTER"), encoding="ascii") as opened:
                    rows.append((int(opened.read().strip()), folder))
            except FileNotFoundError:
                continue
    return {folder: rank for rank, (_, folder) in enumerate(sorted(rows), start=1)}


def settle_contents(data, epoch):
    """obj lines end with `MD5 MTIME`, sym lines with MTIME; names may hold blanks."""

    def clamp(match):
        time = epoch if match.group(1).startswith(b"sym") else min(int(match.group(2)), epoch)
        return match.group(1) + str(time).encode()

    lines = [re.sub(rb"^((?:obj|sym) .* )(\d+)$", clamp, line) for line in data.split(b"\n") if line]
    return b"".join(line + b"\n" for line in sorted(lines, key=lambda line: line.partition(b" ")[2].split(b"/")))


def clamp_aggregate(data, rank, epoch):
    """The aggregated metadata file repeats the single ones: same changes, line by line."""
    lines = []
    for line in data.split(b"\n"):
        if line.startswith(b"#dir_mtime"):
            line = re.sub(rb"\d+", str(epoch * 10**9).encode(), line)
        elif line.startswith(b"COUNTER="):
            line = b"COUNTER=%d" % rank
        elif line.startswith(b"BUILD_TIME="):
            line = b"BUILD_TIME=%d" % epoch
        elif line.startswith(b"BINPKGMD5="):
            continue
        lines.append(line)
    return b"\n".join(lines)


def normalise_package(folder, rank, epoch):
    for name, value in (("COUNTER", rank), ("BUILD_TIME", epoch)):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            write(path, b"%d\n" % value)
    remove(os.path.join(folder, "BINPKGMD5"))
    for name, change in (("CONTENTS", lambda data: settle_contents(data, epoch)), ("metadata", lambda data: clamp_aggregate(data, rank, epoch))):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, "rb") as opened:
                data = opened.read()
            write(path, change(data))


def normalise_shadow(root, epoch):
    """The third field is the day of the last change."""
    path = os.path.join(root, "etc/shadow")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8", errors="surrogateescape") as opened:
        rows = [line.rstrip("\n").split(":") for line in opened]
    for row in rows:
        if len(row) > 2 and row[2]:
            row[2] = str(min(int(row[2]), epoch // 86400))
    write(path, "".join(":".join(row) + "\n" for row in rows).encode("utf-8", "surrogateescape"))


def clamp_times(root, epoch, leave):
    """Newest first is not needed: times are set from the leaves up, so that setting a file's does not move its folder's."""
    tops = [os.path.join(root, name) for name in os.listdir(root) if name not in leave]
    for top in tops:
        for base, folders, files in os.walk(top, topdown=False):
            for name in files + [folder for folder in folders if os.path.islink(os.path.join(base, folder))]:
                clamp(os.path.join(base, name), epoch)
            clamp(base, epoch)
        # No folder, or a link to one.
        clamp(top, epoch)
    clamp(root, epoch)


def clamp(path, epoch):
    """A symbolic link's time is nobody's: Portage keeps it or not, as its reader of packages does."""
    info = os.lstat(path)
    if info.st_mtime_ns > epoch * 10**9 or stat.S_ISLNK(info.st_mode) and info.st_mtime_ns != epoch * 10**9:
        os.utime(path, ns=(epoch * 10**9, epoch * 10**9), follow_symlinks=False)


def normalise(root, epoch, leave=()):
    """@param leave: names in ROOT that are none of it"""
    for name in REMOVED:
        remove(os.path.join(root, name))
    for name in EMPTIED:
        folder = os.path.join(root, name)
        for entry in os.listdir(folder) if os.path.isdir(folder) else ():
            remove(os.path.join(folder, entry))
    vdb = os.path.join(root, "var/db/pkg")
    if os.path.isdir(vdb):
        for folder, rank in counters(vdb).items():
            normalise_package(folder, rank, epoch)
    normalise_shadow(root, epoch)
    clamp_times(root, epoch, leave)


def main():
    normalise(sys.argv[1], int(sys.argv[2]))


if __name__ == "__main__":
    main()
