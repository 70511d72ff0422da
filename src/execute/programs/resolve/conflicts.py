"""What cannot be installed side by side: blockers, and two packages for one slot."""

from _emerge.Package import Package
from _emerge.resolver.slot_collision import slot_conflict_handler
from candidates import use_change


def blockers(depgraph, chains):
    dynamic = depgraph._dynamic_config
    for blocker in dynamic._unsatisfied_blockers_for_display or ():
        blocking = sorted(dynamic._blocker_parents.parent_nodes(blocker), key=str)
        blocked = sorted(dynamic._blocked_pkgs.child_nodes(blocker), key=str)
        yield {
            "kind": "blocker",
            "atom": str(blocker.atom),
            "packages": [str(package.cpv) for package in blocking],
            "blocked": [str(package.cpv) for package in blocked],
            "chains": [chains.to(package) for package in (*blocking, *blocked)],
        }


def slot_conflicts(depgraph, chains):
    found = list(depgraph._dynamic_config._package_tracker.slot_conflicts())
    lines = suggested(depgraph) if found else []
    for conflict in found:
        packages = sorted(conflict.pkgs, key=str)
        yield {
            "kind": "slot-conflict",
            "atom": str(conflict.atom),
            "packages": [str(package.cpv) for package in packages],
            "wanted": [wanted(depgraph, package, packages) for package in packages],
            "chains": [chains.to(package) for package in packages],
            "changes": lines,
        }


def wanted(depgraph, package, packages):
    """Who asks for this one in words that another of them does not fit: [{by, atom}]."""
    rows = set()
    for parent, atom in depgraph._dynamic_config._parent_atoms.get(package, ()):
        others = [other for other in packages if other is not package]
        if any(not atom.match(other.with_use(depgraph._pkg_use_enabled(other))) for other in others):
            rows.add((str(getattr(parent, "cpv", parent)), str(atom)))
    return [{"by": by, "atom": atom} for by, atom in sorted(rows)]


def suggested(depgraph):
    """USE changes that Portage found would end the conflict; the first set of them, for one is enough."""
    dynamic = depgraph._dynamic_config
    handler = dynamic._slot_conflict_handler or slot_conflict_handler(depgraph)
    dynamic._slot_conflict_handler = handler
    for change in handler.changes:
        return [use_change(package, flags) for package, flags in change.items() if isinstance(package, Package)]
    return []
