"""Process 1 of the container: puts its file system together, starts the command and waits for it. When it ends the
kernel ends everything else inside.
"""
import os
import resource

from command import become
from kernel import (
    BIND,
    NO_DEV,
    NO_EXEC,
    NO_SUID,
    READ_ONLY,
    REMOUNT,
    bind,
    bring_up,
    ignore_signals,
    let_go,
    mount,
    name_host,
    pivot_root,
    umount,
)
from words import ANSWERS, attempt, say, step

DEVICES = [b"null", b"zero", b"full", b"random", b"urandom", b"tty"]
# What of /proc would be about the host.
HIDDEN = [b"sysrq-trigger", b"kcore", b"keys", b"timer_list"]
# SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU
OF_THE_TERMINAL = [1, 2, 3, 15, 20, 21, 22]


def inside(words, base, network, io):
    """[VIEW WORDS…]… -- FOLDER COUNT NAME=VALUE… ARGV…; does not return"""
    os.umask(0o022)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # /proc is still the host's: this is our process id there.
    say(b"pid " + os.fsencode(os.readlink("/proc/self")))
    Root(base, io).build(words)
    step(b"to name the host")
    name_host(b"gentoomuch")
    if network == b"own":
        step(b"to bring up the loopback interface")
        bring_up(b"lo")
    step(b"to enter the root")
    os.chdir(base + b"/root")
    # Both on one place, then the host's mounts lie on top and go: pivot_root(2).
    pivot_root(b".", b".")
    umount(b".")
    os.chdir(b"/")
    command = os.fork()
    if command == 0:
        attempt(lambda: become(words, io))
    let_go(*range(ANSWERS + 1))
    ignore_signals(*OF_THE_TERMINAL)
    os._exit(wait_for(command))


def wait_for(command):
    """Everybody whose parent is gone becomes ours as well. Counts as a shell does."""
    while True:
        ended, status = os.wait()
        if ended == command:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


class Root:
    def __init__(self, base, io):
        self.base = base
        self.root = base + b"/root"
        self.io = io

    def build(self, words):
        for view in words.until(b"--"):
            if view == b"plain":
                step(b"to mount the root")
                bind(self.base + b"/" + words.one(), self.root)
            elif view == b"layered":
                step(b"to mount the layers of the root")
                own = self.base + b"/own"
                above = b",upperdir=" + own + b"/upper,workdir=" + own + b"/work"
                self.layers(0, b"lowerdir=" + words.one() + above, self.root)
            elif view == b"standard":
                step(b"to mount /dev, /proc, /sys, /run and /tmp")
                self.standard()
            elif view == b"bind":
                name, target = words.some(2)
                step(b"to mount " + target)
                self.place(self.base + b"/" + name, target)
            elif view == b"tree":
                layers, target = words.some(2)
                step(b"to mount a tree on " + target)
                self.tree(layers, target)
            elif view == b"tmpfs":
                target = words.one()
                step(b"to mount a tmpfs on " + target)
                self.empty(target, 0, b"mode=0755")
            else:
                raise ValueError("an unknown view")

    def resolve(self, path):
        """A path of the container as a path of ours, following the tree's links as if the tree were the root."""
        rest, at, hops = path.split(b"/")[::-1], b"", 0
        while rest:
            part = rest.pop()
            if part in (b"", b"."):
                continue
            if part == b"..":
                at = at.rpartition(b"/")[0]
                continue
            found = self.root + at + b"/" + part
            if not os.path.islink(found):
                at += b"/" + part
                continue
            hops += 1
            if hops >= 64:
                raise OSError(40, "Too many levels of symbolic links", path)
            link = os.readlink(found)
            if link.startswith(b"/"):
                at = b""
            rest += link.split(b"/")[::-1]
        return self.root + at

    def folder(self, target):
        place = self.resolve(target)
        os.makedirs(place, exist_ok=True)
        return place

    def place(self, source, target):
        if os.path.isdir(source):
            place = self.folder(target)
        else:
            place = self.resolve(target)
            if not os.path.exists(place):
                os.makedirs(os.path.dirname(place), exist_ok=True)
                touch(place)
        bind(source, place)

    def empty(self, target, flags, options):
        place = self.folder(target)
        mount(b"tmpfs", place, b"tmpfs", flags, options)
        return place

    def layers(self, flags, options, place):
        """Named relative to their folder, for mount options end at 4 KiB; images lie beside it, in `../images`."""
        os.chdir(self.base + b"/trees")
        mount(b"overlay", place, b"overlay", flags, b"userxattr," + options)
        os.chdir(b"/")

    def tree(self, layers, target):
        place = self.folder(target)
        if b":" in layers:
            self.layers(READ_ONLY, b"lowerdir=" + layers, place)
        else:
            mount(self.base + b"/trees/" + layers, place, None, BIND)

    def standard(self):
        self.devices()
        self.processes()
        self.system()
        self.empty(b"/run", NO_SUID | NO_DEV, b"mode=0755")
        self.empty(b"/tmp", NO_SUID | NO_DEV, b"mode=1777")

    def devices(self):
        self.empty(b"/dev", NO_SUID, b"mode=0755")
        dev = self.root + b"/dev/"
        for name in DEVICES:
            touch(dev + name)
            mount(b"/dev/" + name, dev + name, None, BIND)
        os.mkdir(dev + b"pts")
        os.mkdir(dev + b"shm")
        if self.io == b"terminal":
            bind(self.base + b"/pts", dev + b"pts")
        else:
            options = b"newinstance,ptmxmode=0666,mode=0620"
            mount(b"devpts", dev + b"pts", b"devpts", NO_SUID | NO_EXEC, options)
        mount(b"shm", dev + b"shm", b"tmpfs", NO_SUID | NO_DEV, b"mode=1777")
        for name, target in ((b"ptmx", b"pts/ptmx"), (b"fd", b"/proc/self/fd")):
            os.symlink(target, dev + name)
        for number, name in enumerate((b"stdin", b"stdout", b"stderr")):
            os.symlink(b"fd/%d" % number, dev + name)

    def processes(self):
        proc = self.folder(b"/proc")
        flags = NO_SUID | NO_DEV | NO_EXEC
        mount(b"proc", proc, b"proc", flags)
        knobs = proc + b"/sys"
        bind(knobs, knobs)
        mount(None, knobs, None, REMOUNT | BIND | READ_ONLY | flags)
        for name in HIDDEN:
            if os.path.exists(proc + b"/" + name):
                mount(b"/dev/null", proc + b"/" + name, None, BIND)

    def system(self):
        place = self.folder(b"/sys")
        try:
            mount(b"sysfs", place, b"sysfs", READ_ONLY | NO_SUID | NO_DEV | NO_EXEC)
        except OSError:
            # It belongs to a network namespace: with the host's it cannot be mounted.
            mount(b"tmpfs", place, b"tmpfs", READ_ONLY, b"mode=0755")


def touch(path):
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o666))
