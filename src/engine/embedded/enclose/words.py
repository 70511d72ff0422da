"""What the stages are told, and where they say how far they are.

Descriptors: 0 1 4 are the command's; 2 takes what the stages complain of; on 3 they say where they are; 5 brings the
order, and the answer to what is asked on 3. An order is the number of its bytes, a line break, and words, each with a NUL behind it.
"""
import os

COMPLAINTS, STATUS, ERRORS, ANSWERS = 2, 3, 4, 5


def say(line):
    os.write(STATUS, line + b"\n")


def step(what):
    """Where it failed, if this is the last one that is told."""
    say(b"step " + what)


def read_line():
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(ANSWERS, 1)
        if byte == b"":
            raise EOFError("whoever started this container has gone")
        line += byte
    return line[:-1]


def read_exactly(count):
    pieces = []
    while count > 0:
        piece = os.read(ANSWERS, count)
        if piece == b"":
            raise EOFError("whoever started this container has gone")
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


class Words:
    """Words that are taken one after the other."""

    def __init__(self, data):
        self.words = data.split(b"\0")[:-1]
        self.at = 0

    def one(self):
        self.at += 1
        return self.words[self.at - 1]

    def some(self, count):
        self.at += count
        return self.words[self.at - count : self.at]

    def until(self, end):
        """Each word before this one, which is taken as well; whoever handles one may take those that belong to it."""
        while True:
            word = self.one()
            if word == end:
                return
            yield word

    def rest(self):
        return self.some(len(self.words) - self.at)

    def left(self):
        return b"".join(word + b"\0" for word in self.words[self.at :])


def attempt(work):
    """Errors in words, never with a traceback: where in Python it was helps nobody who reads it."""
    try:
        work()
    except OSError as error:
        about = error.filename if error.filename is not None else b""
        about = about if isinstance(about, bytes) else os.fsencode(str(about))
        words = os.fsencode(error.strerror or str(error))
        os.write(COMPLAINTS, (about + b": " if about else b"") + words + b"\n")
    except (EOFError, ValueError) as error:
        os.write(COMPLAINTS, os.fsencode(str(error)) + b"\n")
    finally:
        os._exit(1)
