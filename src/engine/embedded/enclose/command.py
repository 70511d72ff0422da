"""The last stage: becomes the command."""
import os

from kernel import signals_as_usual
from words import ANSWERS, ERRORS, STATUS, say


def become(words, io):
    """FOLDER COUNT NAME=VALUE… ARGV…, in the container's root"""
    folder = words.one()
    environment = dict(word.partition(b"=")[::2] for word in words.some(int(words.one())))
    argv = words.rest()
    # A command without a terminal of its own gets none: not even the one its caller sits at.
    if io != b"terminal":
        os.setsid()
    signals_as_usual()
    os.dup2(ERRORS, 2)
    say(b"ready")
    os.closerange(STATUS, ANSWERS + 1)
    execute(folder, argv, environment)


def execute(folder, argv, environment):
    """As env(1) and chdir: found in the new PATH; 127 for what is not there, 126 for what cannot be started."""
    what = folder
    try:
        os.chdir(folder)
        what = argv[0]
        refused = None
        for path in candidates(argv[0], environment):
            try:
                os.execve(path, argv, environment)
            except (FileNotFoundError, NotADirectoryError) as error:
                refused = refused or error
            except PermissionError as error:
                # As execvp(3): another folder may have one that can be started, and this is what it says otherwise.
                refused = error
        if refused is not None:
            raise refused
    except OSError as error:
        os.write(2, b"gentoomuch: " + what + b": " + os.fsencode(error.strerror) + b"\n")
        os._exit(127 if isinstance(error, (FileNotFoundError, NotADirectoryError)) else 126)


def candidates(name, environment):
    if b"/" in name:
        return [name]
    folders = environment.get(b"PATH", b"/bin:/usr/bin").split(b":")
    return [(folder or b".") + b"/" + name for folder in folders]
