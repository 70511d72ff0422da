"""porter PARENT WHO ENTRIES: stays and enters containers when told to.
terminal PARENT WHO: enters one at the caller's terminal. `relay` is the second half of that.
"""
import os
import sys

from kernel import die_with_parent, signals_as_usual
from porter import serve
from stages import claim, obey, stay_with
from terminal import relay, terminal
from words import ANSWERS, attempt


def main(what, parent, who, entries="0"):
    parent = int(parent)
    signals_as_usual()
    die_with_parent()
    close_others(ANSWERS + 6 * int(entries))
    if who == "user":
        claim()
    stay_with(parent)
    if what == "porter":
        serve(int(entries))
    obey(parent, terminal)


def close_others(last):
    """What else of the caller's is open stays with the caller."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) > last:
            try:
                os.close(int(name))
            except OSError:
                pass  # the one that listed them


attempt(relay if sys.argv[1:] == ["relay"] else lambda: main(*sys.argv[1:]))
