"""What Portage prints, caught: its own words stay beside ours."""

import contextlib
import io
import re

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def words_of(say, *arguments, **options):
    """The lines that the call prints, blank ones at the ends left out."""
    with io.StringIO() as caught, contextlib.redirect_stdout(caught), contextlib.redirect_stderr(caught):
        say(*arguments, **options)
        text = ESCAPES.sub("", caught.getvalue())
    return [line.rstrip() for line in text.strip("\n").split("\n") if line.strip() != "!!!"]
