"""A container at the caller's terminal."""
import os
import sys

from kernel import NEW_MOUNTS, bind, die_with_parent, mount, unshare
from stages import part
from words import COMPLAINTS, ERRORS, Words, step


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
