"""What Portage would do, and a machine that shall come out the same every time cannot have."""

import portage.const
from _emerge.SetArg import SetArg
from candidates import change

# What is fetched by these while a package is built is in no Manifest. Portages older than 3.0.60 have no list.
LIVE_ECLASSES = frozenset(
    getattr(portage.const, "LIVE_ECLASSES", "bzr cvs darcs git-2 git-r3 mercurial subversion".split())
)


def live(packages, chains):
    """Live ebuilds: what they build is what their repository holds at that time."""
    for package in packages:
        eclasses = sorted(LIVE_ECLASSES & set(package.inherited or ()))
        if package.installed or not (eclasses or "live" in package.properties):
            continue
        yield {
            "kind": "live",
            "package": str(package.cpv),
            "eclasses": eclasses,
            "chains": [chains.to(package)],
            "changes": [change("package.mask", f"={package.cpv}")],
        }


def provided(depgraph, chains):
    """What a set of the machine names while package.provided says that it is there: it would not be installed.

    `@system` is the profile's: there package.provided is the way to say that a machine goes without.
    """
    for argument, atom in depgraph._dynamic_config._pprovided_args:
        if isinstance(argument, SetArg) and argument.name == "system":
            continue
        yield {"kind": "provided", "atom": str(atom), "chains": [chains.to(argument, atom)]}
