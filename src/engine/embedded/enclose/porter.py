"""Resident, so that a container is entered by a fork: to start Python and to load all this takes longer than all stages.

On descriptors 3 and 5 it is told `enter N STREAMS` and `kill N` and tells `open` and `ended N STATUS`. Descriptors
0 to 5 of entry N (see `words.py`) wait on six descriptors from 6 + 6 * N. It goes when nobody can tell it anything any
more and all that it entered has ended.
"""
import _signal
import os
import select

from kernel import KILL, die_with_parent, let_go, signals_as_usual
from stages import obey, stay_with
from words import ANSWERS, COMPLAINTS, ERRORS, attempt, read_line, say

# _signal is what signal is made of, without its enumerations.


def serve(entries):
    ended, ends = os.pipe()
    os.set_blocking(ended, False)
    os.set_blocking(ends, False)
    _signal.signal(_signal.SIGCHLD, lambda *_: None)
    _signal.set_wakeup_fd(ends)
    poll = select.poll()
    for descriptor in (ANSWERS, ended):
        poll.register(descriptor, select.POLLIN)
    say(b"open")
    running = {}
    told = True
    while told or running:
        ready = [descriptor for descriptor, _ in poll.poll()]
        if ANSWERS in ready:
            try:
                act(read_line().split(b" "), running, entries)
            except EOFError:
                told = False
                poll.unregister(ANSWERS)
        if ended in ready:
            os.read(ended, 512)
            reap(running)
    os._exit(0)


def act(words, running, entries):
    verb, number = words[0], int(words[1])
    if verb == b"enter":
        child = enter(number, words[2], entries)
        if child is None:
            say(b"ended %d 1" % number)
        else:
            running[number] = child
    elif verb == b"kill" and number in running:
        os.kill(running[number], KILL)


def enter(number, streams, entries):
    """None where this user may have no more processes: then this entry has failed, and the others go on."""
    parent = os.getpid()
    first = 6 + 6 * number
    child = None
    try:
        child = os.fork()
    except OSError as error:
        os.write(first + COMPLAINTS, b"fork: " + os.fsencode(error.strerror) + b"\n")
    if child == 0:
        attempt(lambda: become(parent, first, streams, 6 + 6 * entries))
    os.closerange(first, first + 6)
    return child


def become(parent, first, streams, end):
    _signal.set_wakeup_fd(-1)
    signals_as_usual()
    # A Ctrl-C is the program's to answer; it must not reach what does the cleaning up.
    os.setsid()
    for descriptor in range(6):
        os.dup2(first + descriptor, descriptor)
    # The two of the pipe are open beyond the entries', or where one of the first six was free.
    os.closerange(6, end + 8)
    let_go(*(descriptor for descriptor in (0, 1, ERRORS) if b"%d" % descriptor not in streams))
    die_with_parent()
    stay_with(parent)
    obey(parent)


def reap(running):
    numbers = {child: number for number, child in running.items()}
    while running:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        number = numbers[child]
        del running[number]
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        say(b"ended %d %d" % (number, code))
