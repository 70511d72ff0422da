"""What is wanted and cannot be had: packages that are not there, masked, or wanted with other flags."""

import difflib

from candidates import Candidate, ebuilds

# More would be no help to a reader; the newest and the easiest are among them.
MOST_CANDIDATES = 8


def unsatisfied(depgraph, root, atom, chains, parent):
    """One problem for an atom that nothing was taken for."""
    found = [Candidate(depgraph, package, atom) for package in ebuilds(depgraph, root, atom)]
    problem = {"atom": str(atom), "chains": [chains.to(parent, atom)]}
    if not found:
        return {**problem, "kind": "missing", **what_there_is(depgraph, root, atom)}
    best = min(found, key=Candidate.ease)
    return {
        **problem,
        "kind": best.kind(),
        "package": str(best.package.cpv),
        "candidates": [candidate.as_data() for candidate in found[:MOST_CANDIDATES]],
        "more": max(0, len(found) - MOST_CANDIDATES),
        "changes": best.changes(),
        **flags_of(best),
    }


def required_use(depgraph, package, chains):
    """One problem for a package that was taken and whose flags contradict its REQUIRED_USE."""
    candidate = Candidate(depgraph, package, package.slot_atom)
    return {
        "kind": "required-use",
        "atom": str(package.slot_atom),
        "package": str(package.cpv),
        "chains": [chains.to(package)],
        "candidates": [candidate.as_data()],
        "changes": [],
        **flags_of(candidate),
    }


def flags_of(candidate):
    """For REQUIRED_USE: what does not hold, all of it, and how the flags in it stand."""
    if not candidate.required_use or candidate.masks:
        return {}
    words = candidate.package._metadata["REQUIRED_USE"].split()
    named = {word.strip("!?") for word in words} & candidate.package.iuse.all
    return {
        "requiredUse": {
            "broken": candidate.required_use,
            "all": " ".join(words),
            "flags": [flag if flag in candidate.use else f"-{flag}" for flag in sorted(named)],
        }
    }


def what_there_is(depgraph, root, atom):
    """Other versions of the package, or names that look like it."""
    portdb = depgraph._frozen_config.roots[root].trees["porttree"].dbapi
    repositories = sorted(portdb.getRepositories())
    versions = [str(cpv) for cpv in portdb.xmatch("match-all-cpv-only", atom.cp)]
    if versions:
        return {"repositories": repositories, "versions": versions}
    return {"repositories": repositories, "similar": similar(str(atom.cp), portdb.cp_all())}


def similar(name, known):
    """As typing goes wrong: a letter, or the right name in the wrong category."""
    same = [other for other in known if other.split("/")[1] == name.split("/")[1]]
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.8)
    return [*dict.fromkeys([*same, *close])][:3]
