#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes what Portage noted of times the same in every seed: no file is younger than EPOCH, and the notes agree."""

import os

EPOCH = int(os.environ["EPOCH"])
VDB = "/var/db/pkg"


def settled(line):
    """A line of CONTENTS with its time clamped, after the file's own: `obj PATH MD5 TIME` or `sym PATH -> TARGET TIME`."""
    kind, rest = line.rstrip("\n").split(" ", 1)
    if kind not in ("obj", "sym"):
        return line
    rest, time = rest.rsplit(" ", 1)
    path = rest.split(" -> ")[0] if kind == "sym" else rest.rsplit(" ", 1)[0]
    time = min(int(time), EPOCH)
    os.utime(path, (time, time), follow_symlinks=False)
    return f"{kind} {rest} {time}\n"


def rewrite(path, change):
    with open(path, encoding="utf-8") as file:
        lines = [change(line) for line in file]
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)


def noted(line):
    """A line of the summary that Portage keeps beside the rest; it counts only while it names the folder's own time."""
    if line.startswith("BUILD_TIME="):
        return f"BUILD_TIME={EPOCH}\n"
    return f"#dir_mtime={EPOCH}000000000\n" if line.startswith("#dir_mtime=") else line


def main():
    for folder, _, files in os.walk(VDB):
        if "CONTENTS" not in files:
            continue
        rewrite(os.path.join(folder, "CONTENTS"), settled)
        rewrite(os.path.join(folder, "BUILD_TIME"), lambda _: f"{EPOCH}\n")
        if "metadata" in files:
            rewrite(os.path.join(folder, "metadata"), noted)
        os.utime(folder, (EPOCH, EPOCH))


main()
