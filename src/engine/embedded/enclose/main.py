"""Enters a container: each stage gives up something of the host. Started by `enter.ts` for one command.

claim    of an ordinary user: a user namespace in which his own and his subordinate ids are 0..65535
gather   what of the host is needed, below one path
descend  into the container's own user namespace
part     from the host's mounts, processes, IPC objects, host name and, unless told, network
inside   process 1: mounts, the command, its end
"""
import os
import sys

from gather import gather
from inside import inside
from kernel import (
    NEW_IPC,
    NEW_MOUNTS,
    NEW_NETWORK,
    NEW_PIDS,
    NEW_USER,
    NEW_UTS,
    bind,
    become_root,
    die_with_parent,
    mount,
    signals_as_usual,
    unshare,
)
from words import ANSWERS, COMPLAINTS, ERRORS, STATUS, Words, attempt, read_exactly, read_line, say, step

PIECE = 64 * 1024


def main():
    words = Words(read_exactly(int(read_line())))
    node, who, what = words.some(3)
    signals_as_usual()
    die_with_parent()
    close_others()
    if who == b"user":
        claim()
    if what == b"own":
        own(node, words.rest())
    os.umask(0o022)
    unshare(NEW_MOUNTS)
    stay_with(node)
    base, uid_map, gid_map = words.some(3)
    gather(words, base)
    descend(uid_map, gid_map)
    stay_with(node)
    network, io = words.some(2)
    if io == b"terminal":
        terminal(words, base, network)
    if io == b"pipes":
        bridge()
    part(words, base, network, io)


def stay_with(node):
    """Whoever started us may have died while the death signal was unset."""
    if os.getppid() != int(node):
        raise EOFError("whoever started this container has gone")


def close_others():
    """What else of the caller's is open stays with the caller."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > ANSWERS:
            try:
                os.close(int(name))
            except OSError:
                pass  # the one that listed them


def claim():
    """Only his setuid newuidmap may write that map, so the parent process is asked to call it."""
    unshare(NEW_USER)
    step(b"to map the subordinate ids")
    say(b"map")
    if read_line() != b"mapped":
        raise PermissionError("the ids were refused")
    step(b"to become root of the user namespace")
    become_root()


def own(node, argv):
    """One command on the host's own file system with the rights over the trees' ids: to move and to remove them."""
    stay_with(node)
    say(b"ready")
    os.dup2(ERRORS, 2)
    os.closerange(STATUS, ANSWERS + 1)
    os.execvp(argv[0], argv)


def descend(uid_map, gid_map):
    """The id map of the next user namespace can only be written from this one: by a child that stays behind."""
    step(b"to make a user namespace")
    there, entered = os.pipe()
    us = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(entered)
        if os.read(there, 1) == b"":
            os._exit(1)
        try:
            # A map is one write.
            for name, text in ((b"uid_map", uid_map), (b"gid_map", gid_map)):
                file = os.open(b"/proc/%d/%s" % (us, name), os.O_WRONLY)
                os.write(file, text)
            os._exit(0)
        except OSError as error:
            os.write(COMPLAINTS, os.fsencode(str(error)) + b"\n")
        finally:
            os._exit(1)
    unshare(NEW_USER)
    step(b"to map the ids of the user namespace")
    os.write(entered, b".")
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit(1)
    os.close(there)
    os.close(entered)
    step(b"to become root inside")
    become_root()


def bridge():
    """node's pipes are sockets; a command that opens /dev/stdout or /dev/stderr needs pipes."""
    for descriptor in (0, 1, ERRORS):
        if not is_socket(descriptor):
            continue
        reading, writing = os.pipe()
        ours, theirs = (reading, writing) if descriptor == 0 else (writing, reading)
        if os.fork() == 0:
            pump(descriptor, theirs) if descriptor == 0 else pump(theirs, descriptor)
        os.dup2(ours, descriptor)
        os.close(reading)
        os.close(writing)


def is_socket(descriptor):
    return os.readlink("/proc/self/fd/%d" % descriptor).startswith("socket:")


def pump(source, sink):
    try:
        for descriptor in range(64):
            if descriptor not in (source, sink):
                try:
                    os.close(descriptor)
                except OSError:
                    pass
        while True:
            piece = os.read(source, PIECE)
            if piece == b"":
                break
            while piece:
                piece = piece[os.write(sink, piece) :]
    except OSError:
        pass  # nobody reads any more
    finally:
        os._exit(0)


def part(words, base, network, io):
    """Does not return: ends as the container does, and takes it along."""
    step(b"to make the namespaces")
    unshare(NEW_MOUNTS | NEW_PIDS | NEW_IPC | NEW_UTS | (0 if network == b"host" else NEW_NETWORK))
    ends_with_us, alive = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(alive)
        attempt(lambda: (follow(ends_with_us), inside(words, base, network, io)))
    status = os.waitpid(child, 0)[1]
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))


def follow(ends_with_parent):
    """
    A parent that died before the death signal was set sends none, and in the new namespace it has no number to ask for:
    then its end of the pipe has gone with it.
    """
    die_with_parent()
    os.set_blocking(ends_with_parent, False)
    try:
        os.read(ends_with_parent, 1)
    except BlockingIOError:
        os.close(ends_with_parent)
        return
    os._exit(1)


def terminal(words, base, network):
    """
    `script` owns the caller's terminal and stays outside the container's processes, so that nothing inside can reach
    it; the pty comes from the devpts that the container gets as /dev/pts. script takes a command as one string: a fixed
    one, that reads the words from a file.
    """
    step(b"to make a terminal")
    pts = base + b"/pts"
    os.mkdir(pts)
    with open(base + b"/words", "wb") as file:
        file.write(words.left())
    unshare(NEW_MOUNTS)
    mount(b"devpts", pts, b"devpts", 0, b"newinstance,ptmxmode=0666,mode=0620")
    bind(pts, b"/dev/pts")
    bind(pts + b"/ptmx", b"/dev/ptmx")
    os.dup2(COMPLAINTS, 6)
    os.environb.update({b"SHELL": b"/bin/sh", b"PYTHON": os.fsencode(sys.executable)})
    os.environb.update({b"BASE": base, b"NETWORK": network})
    os.execvp("script", ["script", "--quiet", "--return", "--command", RELAY, "/dev/null"])


RELAY = 'exec "$PYTHON" -I -S -c "$BOOT" relay'


def relay():
    """Between `script` and the container: its messages go back to the engine, the pty is the command's stderr."""
    os.dup2(COMPLAINTS, ERRORS)
    os.dup2(6, COMPLAINTS)
    os.close(6)
    base, network = os.environb[b"BASE"], os.environb[b"NETWORK"]
    die_with_parent()
    with open(base + b"/words", "rb") as file:
        part(Words(file.read()), base, network, b"terminal")


attempt(relay if sys.argv[1:] == ["relay"] else main)
