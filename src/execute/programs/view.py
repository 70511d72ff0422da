"""Says what Portage makes of the /etc/portage it runs in: a variable, or the packages that an atom means.

    view.py variable NAME     {"value": TEXT or null}
    view.py atom ATOM         {"packages": [{"cpv", "slot", "repository", "use", "unused", "keywords", "masks", "env"}], "more": N}

The answer is one JSON value on standard output; what Portage prints goes to standard error. Nothing is changed.

Facts used (Portage 3.0.83): config.setcpv gives a package's USE and package.env; portage.getmaskingstatus gives the reasons
why a package is not taken; portdbapi.cp_list gives the versions of a package.
"""

import json
import os
import sys

import portage
from portage.dep import Atom, match_from_list
from portage.versions import cpv_sort_key

MOST = 20


def variable(settings, name):
    return {"value": settings.get(name)}


def candidates(portdb, atom):
    """Every version that the atom means, masked or not, newest first."""
    names = [cp for cp in portdb.cp_all() if match_from_list(atom, [f"{cp}-0"])] if atom.extended_syntax else [atom.cp]
    found = []
    for cp in names:
        for repository in portdb.getRepositories():
            for cpv in portdb.cp_list(cp, mytree=portdb.getRepositoryPath(repository)):
                # With slot and repository, which atoms ask for.
                found.append(portdb._pkg_str(cpv, repository))
    found = match_from_list(atom, found)
    return sorted(found, key=cpv_sort_key(), reverse=True)


def view(portdb, settings, cpv):
    mine = portage.config(clone=settings)
    mine.setcpv(cpv, mydb=portdb)
    iuse = {flag.lstrip("+-") for flag in mine.configdict["pkg"].get("IUSE", "").split()}
    use = set(mine["PORTAGE_USE"].split()) & iuse
    return {
        "cpv": str(cpv),
        "slot": cpv.slot,
        "repository": cpv.repo,
        "use": sorted(use),
        "unused": sorted(iuse - use),
        "keywords": mine.configdict["pkg"].get("KEYWORDS", ""),
        "masks": portage.getmaskingstatus(cpv, settings=mine, portdb=portdb),
        "env": [os.path.basename(path) for path in mine._penv],
    }


def atoms(settings, text):
    portdb = portage.portdb
    portdb.settings = settings
    found = candidates(portdb, Atom(text, allow_wildcard=True, allow_repo=True))
    return {
        "packages": [view(portdb, settings, cpv) for cpv in found[:MOST]],
        "more": max(0, len(found) - MOST),
    }


def main():
    kind, subject = sys.argv[1:]
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    settings = portage.config(clone=portage.settings)
    json.dump(variable(settings, subject) if kind == "variable" else atoms(settings, subject), answer)
    answer.write("\n")
    answer.close()


main()
