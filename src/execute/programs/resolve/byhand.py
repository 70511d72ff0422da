"""Sources that no program may fetch, and what the ebuild says about them."""

import sys
import tempfile
import traceback

from portage.package.ebuild._spawn_nofetch import spawn_nofetch
from words import ESCAPES

# EAPI 8: these lift the restriction for one file.
LIFTED = ("fetch+", "mirror+")


def by_hand(portdb, ebuild, settings, package, wanted):
    """{"files", "words"} where RESTRICT="fetch" leaves files to people, else nothing.

    @param settings of this package, after setcpv
    @param wanted file → its addresses
    """
    if "fetch" not in package.restrict:
        return {}
    files = sorted(name for name, uris in wanted.items() if not any(uri.startswith(LIFTED) for uri in uris))
    return {"byHand": {"files": files, "words": nofetch_words(portdb, ebuild, settings)}} if files else {}


def nofetch_words(portdb, ebuild, settings):
    """What pkg_nofetch prints. Where it cannot be run nothing is said, for the files' names are what matters."""
    sys.stdout.flush()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        try:
            spawn_nofetch(portdb, ebuild, settings=settings, fd_pipes={0: 0, 1: said.fileno(), 2: said.fileno()})
        except Exception:
            traceback.print_exc()
        said.seek(0)
        lines = [ESCAPES.sub("", line).strip().removeprefix("*").strip() for line in said]
    return [line for line in lines if line]
