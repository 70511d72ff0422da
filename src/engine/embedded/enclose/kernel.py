"""What of Linux the stages need and Python does not offer: mounts, namespaces, death signals, through the C library.

Little is imported, here and beside: whoever enters first waits for it, and json, signal or socket would take as long to
load as all the rest does. Names, words and paths are bytes.
"""
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)

# linux/mount.h
READ_ONLY = 1
NO_SUID = 2
NO_DEV = 4
NO_EXEC = 8
REMOUNT = 32
BIND = 4096
RECURSIVE = 16384
PRIVATE = 1 << 18

# The words of /proc/self/mountinfo for the flags of one mount.
FLAGS = {
    b"ro": READ_ONLY,
    b"nosuid": NO_SUID,
    b"nodev": NO_DEV,
    b"noexec": NO_EXEC,
    b"nosymfollow": 256,
    b"noatime": 1024,
    b"nodiratime": 2048,
    b"relatime": 1 << 21,
}

# linux/sched.h
NEW_MOUNTS = 0x00020000
NEW_UTS = 0x04000000
NEW_IPC = 0x08000000
NEW_USER = 0x10000000
NEW_PIDS = 0x20000000
NEW_NETWORK = 0x40000000

DETACH = 2  # umount2(2), MNT_DETACH
# prctl(2)
SET_DEATH_SIGNAL = 1
SET_DUMPABLE = 4
KILL = 9
BROKEN_PIPE = 13

UP = 1  # IFF_UP
SET_FLAGS = 0x8914  # SIOCSIFFLAGS
INET = 2  # AF_INET
DATAGRAM = 1 if os.uname().machine.startswith("mips") else 2


def check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def mount(source, target, kind, flags=0, data=None):
    done = libc.mount(source, target, kind, ctypes.c_ulong(flags), data)
    check(done, b"mount of " + (source or kind or b"") + b" on " + target)


def bind(source, target):
    mount(source, target, None, BIND | RECURSIVE)


def umount(target):
    check(libc.umount2(target, DETACH), b"umount of " + target)


def unshare(namespaces):
    check(libc.unshare(namespaces), b"unshare")
    if namespaces & NEW_MOUNTS:
        mount(b"none", b"/", None, RECURSIVE | PRIVATE)


def prctl(option, value):
    nothing = ctypes.c_ulong(0)
    check(libc.prctl(option, ctypes.c_ulong(value), nothing, nothing, nothing), b"prctl")


def die_with_parent():
    prctl(SET_DEATH_SIGNAL, KILL)


def become_root():
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    # Both are lost with a change of credentials; without the second, our own /proc would no longer be ours.
    die_with_parent()
    prctl(SET_DUMPABLE, 1)


def pivot_root(new, old):
    """No header has it, but every C library."""
    check(libc.pivot_root(new, old), b"pivot_root")


def sync_file_system(path):
    file = os.open(path, os.O_RDONLY)
    check(libc.syncfs(file), path)
    os.close(file)


def let_go(*descriptors):
    """What is behind them is no longer ours to keep open."""
    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nothing, descriptor)
    os.close(nothing)


def name_host(name):
    check(libc.sethostname(name, ctypes.c_size_t(len(name))), b"sethostname")


def bring_up(interface):
    """netdevice(7): struct ifreq is the name in 16 bytes, then the flags."""
    socket = libc.socket(INET, DATAGRAM, 0)
    if socket < 0:
        check(socket, b"socket")
    request = ctypes.create_string_buffer(interface, 40)
    request[16:18] = UP.to_bytes(2, sys.byteorder)
    try:
        check(libc.ioctl(socket, ctypes.c_ulong(SET_FLAGS), request), b"bringing up " + interface)
    finally:
        os.close(socket)


def signals_as_usual():
    """Python ignores SIGPIPE and answers SIGINT, and whoever started us may have ignored others."""
    for number in range(1, 65):
        libc.signal(number, None)


def ignore_signals(*numbers):
    for number in numbers:
        libc.signal(number, ctypes.c_void_p(1))


class Mount:
    def __init__(self, line):
        _id, _parent, _device, _origin, point, flags = line.split(b" ", 6)[:6]
        # Blanks, tabs, line breaks and backslashes are written as \ooo.
        first, *others = point.split(b"\\")
        self.point = first + b"".join(bytes([int(one[:3], 8)]) + one[3:] for one in others)
        self.flags = sum(FLAGS.get(word, 0) for word in flags.split(b","))


def mounts():
    with open("/proc/self/mountinfo", "rb") as file:
        return [Mount(line) for line in file]


def make_read_only(point):
    """Mounts below a bind mount keep their own flags; a remount has to repeat those that are locked."""
    here = [one for one in mounts() if one.point == point or one.point.startswith(point + b"/")]
    if not any(one.point == point for one in here):
        raise ValueError("nothing is mounted on " + os.fsdecode(point))
    for one in here:
        mount(None, one.point, None, REMOUNT | BIND | READ_ONLY | one.flags)
