"""Enters a container: each stage gives up something of the host.

claim    of an ordinary user: a user namespace in which his own and his subordinate ids are 0..65535
gather   what of the host is needed, below one path
descend  into the container's own user namespace
part     from the host's mounts, processes, IPC objects, host name and, unless told, network
inside   process 1: mounts, the command, its end
"""
import os
import select

from gather import gather
from inside import inside
from kernel import (
    BROKEN_PIPE,
    NEW_IPC,
    NEW_MOUNTS,
    NEW_NETWORK,
    NEW_PIDS,
    NEW_USER,
    NEW_UTS,
    become_root,
    die_with_parent,
    ignore_signals,
    let_go,
    unshare,
)
from publish import publish
from take import take
from words import ANSWERS, COMPLAINTS, ERRORS, STATUS, Words, attempt, read_exactly, read_line, say, step

PIECE = 64 * 1024
# More descriptors than are open here.
MOST = 256


def claim():
    """Only his setuid newuidmap may write that map, so the parent process is asked to call it."""
    unshare(NEW_USER)
    step(b"to map the subordinate ids")
    say(b"map")
    if read_line() != b"mapped":
        raise PermissionError("the ids were refused")
    step(b"to become root of the user namespace")
    become_root()


def stay_with(parent):
    """Whoever started us may have died while the death signal was unset."""
    if os.getppid() != parent:
        raise EOFError("whoever started this container has gone")


def obey(parent, terminal=None):
    """Takes an order and carries it out; does not return."""
    words = Words(read_exactly(int(read_line())))
    what = words.one()
    if what == b"own":
        own(parent, words.rest())
    if what == b"take":
        take(*words.rest())
    if what == b"publish":
        publish(*words.rest())
    os.umask(0o022)
    unshare(NEW_MOUNTS)
    stay_with(parent)
    base, uid_map, gid_map = words.some(3)
    gather(words, base)
    descend(uid_map, gid_map)
    stay_with(parent)
    network, io = words.some(2)
    if io == b"terminal":
        terminal(words, base, network)
    part(words, base, network, io)


def own(parent, argv):
    """One command on the host's own file system with the rights over the trees' ids: to move and to remove them."""
    stay_with(parent)
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
    """
    node's pipes are sockets; a command that opens /dev/stdout or /dev/stderr needs pipes. Gives what is to be passed on
    while the command runs: pairs of a pipe's end and a socket.
    """
    passing = []
    for descriptor in (0, 1, ERRORS):
        if not is_socket(descriptor):
            continue
        reading, writing = os.pipe()
        if descriptor == 0:
            if os.fork() == 0:
                feed(writing)
            os.dup2(reading, 0)
            os.close(reading)
        else:
            passing.append((reading, os.dup(descriptor)))
            os.dup2(writing, descriptor)
        os.close(writing)
    return passing


def is_socket(descriptor):
    return os.readlink("/proc/self/fd/%d" % descriptor).startswith("socket:")


def feed(sink):
    """stdin in a process of its own: a command that does not read must not keep us from what it writes."""
    try:
        os.closerange(1, sink)
        os.closerange(sink + 1, MOST)
        while piece := os.read(0, PIECE):
            write(sink, piece)
    except OSError:
        pass  # nobody reads any more
    finally:
        os._exit(0)


def write(sink, piece):
    while piece:
        piece = piece[os.write(sink, piece) :]


def pass_on(passing):
    """Until nobody inside can write any more."""
    sinks = dict(passing)
    poll = select.poll()
    for source in sinks:
        poll.register(source, select.POLLIN)
    while sinks:
        for source, _ in poll.poll():
            try:
                piece = os.read(source, PIECE)
                write(sinks[source], piece)
            except OSError:
                piece = b""  # nobody reads any more: the next one who writes shall hear of it
            if piece == b"":
                poll.unregister(source)
                os.close(source)
                os.close(sinks.pop(source))


def part(words, base, network, io):
    """Does not return: ends as the container does, and takes it along."""
    # Before the namespaces are made: the first child after that is process 1.
    passing = bridge() if io == b"pipes" else []
    step(b"to make the namespaces")
    unshare(NEW_MOUNTS | NEW_PIDS | NEW_IPC | NEW_UTS | (0 if network == b"host" else NEW_NETWORK))
    ends_with_us, alive = os.pipe()
    child = os.fork()
    if child == 0:
        for pair in passing:
            os.close(pair[0])
            os.close(pair[1])
        os.close(alive)
        attempt(lambda: (follow(ends_with_us), inside(words, base, network, io)))
    if passing:
        ignore_signals(BROKEN_PIPE)
        let_go(0, 1, ERRORS)
        pass_on(passing)
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
