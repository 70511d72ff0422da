"""Second stage, still with the caller's own view and rights, in a mount namespace of its own: brings everything from
the host that the container needs below one short path. What later stages inherit from here is locked: a container
cannot remount it writable, nor uncover what lies below.
"""
import os
import time

from kernel import bind, make_read_only, mount
from words import step

# The first folder of all kinds of programs, and what the dynamic loader reads.
FOLDERS = [b"usr", b"bin", b"sbin", b"lib", b"lib32", b"lib64", b"libx32", b"nix", b"gnu"]
LOADER = [b"ld.so.cache", b"ld.so.conf", b"ld-musl-x86_64.path"]


def gather(words, base):
    """[ro|rw|image NAME SOURCE | programs]… --"""
    step(b"to mount a tmpfs on " + base)
    # Not sticky: fs.protected_fifos would refuse the fifos of another id.
    mount(b"gentoomuch", base, b"tmpfs", 0, b"mode=0777")
    os.mkdir(base + b"/root")
    for access in words.until(b"--"):
        if access == b"programs":
            gather_programs(base + b"/programs")
            continue
        name, source = words.some(2)
        place = base + b"/" + name
        if access == b"image":
            step(b"to mount the image " + source)
            os.makedirs(place, exist_ok=True)
            mount_image(source, place)
            continue
        step(b"to reach " + source)
        if os.path.isdir(source):
            os.mkdir(place)
        else:
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o666))
        bind(source, place)
        if access == b"ro":
            make_read_only(place)


def mount_image(source, place):
    """
    mount(8) finds a loop device. The device goes with its last mount, and the mount with the last process of this
    mount namespace. One image has one device however often it is mounted; a device that is just being cleared can be
    found, but no longer mounted.
    """
    argv = [b"mount", b"--no-mtab", b"-t", b"squashfs", b"-o", b"loop,ro,nosuid,nodev", source, place]
    for pause in (0.01, 0.02, 0.03, 0.04):
        if run(argv, quiet=True) == 0:
            return
        time.sleep(pause)
    if run(argv) != 0:
        raise SystemExit(1)


def run(argv, quiet=False):
    """A program of the host, by its status."""
    child = os.fork()
    if child == 0:
        try:
            nothing = os.open("/dev/null", os.O_RDWR)
            os.dup2(nothing, 0)
            os.dup2(nothing if quiet else 2, 1)
            if quiet:
                os.dup2(nothing, 2)
            os.closerange(3, 64)
            os.execvp(argv[0], argv)
        except OSError as error:
            os.write(2, argv[0] + b": " + os.fsencode(error.strerror) + b"\n")
        finally:
            os._exit(127)
    return os.waitpid(child, 0)[1]


def gather_programs(place):
    """The host's programs and nothing else of it: no passwd or group, whose names tar would write into archives."""
    step(b"to gather the host's programs")
    for name in b"dev proc sys run tmp etc var var/tmp tree layer in".split():
        os.makedirs(place + b"/" + name)
    os.chmod(place + b"/tree", 0o777)
    for name in FOLDERS:
        folder, inside = b"/" + name, place + b"/" + name
        if os.path.islink(folder):
            os.symlink(os.readlink(folder), inside)
        elif os.path.isdir(folder):
            os.mkdir(inside)
            bind(folder, inside)
            make_read_only(inside)
    for name in LOADER:
        if os.path.isfile(b"/etc/" + name):
            with open(b"/etc/" + name, "rb") as source, open(place + b"/etc/" + name, "wb") as copy:
                copy.write(source.read())
