"""Makes what packages alone come to a machine's root: its configuration, what it asked for, nothing that differs from run to run.

    settle.py PLAN

PLAN is JSON with the member "settle": {"portage": FOLDER, "profile": TEXT, "asked": ["@SET"], "packages": ["cat/pkg-1"],
"epoch": SECONDS}. `portage` is the composed directory as the root carries it; `profile` is what make.profile points at;
`asked` goes into world_sets, as emerge writes it down; `packages` is what Portage resolved, all of which the root in the
environment has to hold, and nothing else. Exit: 0 · 1 it holds something else.
"""

import json
import os
import shutil
import sys

from normalise import normalise, remove


def put_portage(source, target, profile):
    """Rights are those that anybody may read by; owners and times are the root's."""
    remove(target)
    for base, _, names in os.walk(source):
        folder = os.path.normpath(os.path.join(target, os.path.relpath(base, source)))
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        for name in names:
            path = os.path.join(folder, name)
            shutil.copyfile(os.path.join(base, name), path)
            executable = os.stat(os.path.join(base, name)).st_mode & 0o111
            os.chmod(path, 0o755 if executable else 0o644)
    link = os.path.join(target, "make.profile")
    remove(link)
    os.symlink(profile, link)


def put_world(folder, asked):
    """The folder is Portage's, made while merging."""
    write(os.path.join(folder, "world"), "")
    if asked:
        write(os.path.join(folder, "world_sets"), "".join(f"{name}\n" for name in asked))


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as opened:
        opened.write(text)


def installed(root):
    vdb = os.path.join(root, "var/db/pkg")
    folders = [entry for category in os.scandir(vdb) if category.is_dir() for entry in os.scandir(category) if entry.is_dir()]
    return {os.path.relpath(entry.path, vdb) for entry in folders}


def otherwise(root, packages):
    """What is to be said where a root does not hold exactly these: a set that lost one must not go out quietly."""
    there, wanted = installed(root), set(packages)
    if there == wanted:
        return None
    missing, unasked = (" ".join(sorted(some)) or "nothing" for some in (wanted - there, there - wanted))
    return f"the root does not hold what was resolved: missing {missing}, unasked {unasked}"


def settle(root, plan):
    """@return: a sentence where the root is not what it has to be"""
    put_portage(plan["portage"], os.path.join(root, "etc/portage"), plan["profile"])
    put_world(os.path.join(root, "var/lib/portage"), plan["asked"])
    normalise(root, plan["epoch"])
    return otherwise(root, plan["packages"])


def main():
    with open(sys.argv[1], encoding="utf-8") as opened:
        plan = json.load(opened)
    problem = settle(os.environ["ROOT"], plan["settle"])
    if problem:
        print(f"!!! {problem}", flush=True)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
