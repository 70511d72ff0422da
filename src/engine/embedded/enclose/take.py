"""One file of a folder becomes the caller's. No link is followed: whoever works in the container may exchange all of them."""
import os

from words import ERRORS, say

PIECE = 1 << 30
MISSING, NOT_A_FILE = 2, 3


def take(to, folder, *parts):
    """Ends with 0, with 2 where nothing is there, or 3 where it is no plain file."""
    say(b"ready")
    try:
        file = find(folder, parts)
    except FileNotFoundError:
        os._exit(MISSING)
    except OSError:
        os._exit(NOT_A_FILE)
    if not os.path.isfile(file):
        os._exit(NOT_A_FILE)
    try:
        copy(file, to)
    except OSError as error:
        os.write(ERRORS, to + b": " + os.fsencode(error.strerror))
        os._exit(1)
    os._exit(0)


def find(folder, parts):
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for part in parts[:-1]:
        at = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
    # A pipe must not keep us.
    return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)


def copy(file, to):
    copied = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    while os.sendfile(copied, file, None, PIECE) > 0:
        pass
    status = os.stat(file)
    os.utime(copied, ns=(status.st_atime_ns, status.st_mtime_ns))
