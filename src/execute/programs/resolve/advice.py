"""The changes of configuration with which Portage would find a solution: all of them, also what follows from the first."""

from candidates import Candidate
from chains import Chains

# Kinds that a line of configuration can end.
ENDED_BY_LINES = frozenset({"masked", "keyword", "license", "use"})


def advice(depgraph, found):
    """The problems with the lines of Portage's own proposal, and an entry for each line that none of them is about.

    Where the proposal is no solution either, what was found stays as it is.
    """
    if not all(problem["kind"] in ENDED_BY_LINES for problem in found) or still_broken(depgraph):
        return found
    wanted = changed(depgraph)
    if not wanted:
        return found
    chains = Chains(depgraph)
    more = [entry_of(depgraph, package, flags, chains) for package, flags in wanted.items()]
    known = {problem["package"]: problem for problem in found if "package" in problem}
    for entry in more:
        same = known.get(entry["package"])
        if same is not None:
            same["changes"] = entry["changes"]
    return [*found, *(entry for entry in more if entry["package"] not in known)]


def still_broken(depgraph):
    dynamic = depgraph._dynamic_config
    return (
        bool(dynamic._unsatisfied_deps_for_display)
        or any(dynamic._package_tracker.slot_conflicts())
        or dynamic._unsatisfied_blockers_for_display is not None
        or dynamic._circular_deps_for_display is not None
    )


def changed(depgraph):
    """package → flags to be changed, for everything that the proposal changes."""
    dynamic = depgraph._dynamic_config
    unmasked = {*dynamic._needed_unstable_keywords, *dynamic._needed_p_mask_changes, *dynamic._needed_license_changes}
    flags = {package: dict(change[1]) for package, change in dynamic._needed_use_config_changes.items()}
    packages = {package for package in (*unmasked, *flags) if package in dynamic.digraph}
    return {package: flags.get(package, {}) for package in sorted(packages, key=str)}


def entry_of(depgraph, package, flags, chains):
    candidate = Candidate(depgraph, package, package.slot_atom)
    candidate.use = package.use.enabled
    candidate.flags = flags
    candidate.required_use = None
    return {
        "kind": candidate.kind(),
        "atom": str(package.slot_atom),
        "package": str(package.cpv),
        "chains": [chains.to(package)],
        "candidates": [candidate.as_data()],
        "more": 0,
        "changes": candidate.changes(),
    }
