"""Packages of which none can be built first."""

from _emerge.Package import Package
from _emerge.resolver.circular_dependency import circular_dependency_handler
from answer import kinds_of
from candidates import use_change


def circles(depgraph, chains):
    graph = depgraph._dynamic_config._circular_deps_for_display
    if graph is None:
        return
    handler = circular_dependency_handler(depgraph, graph)
    # Each is the child of the one before it.
    cycle = [node for node in handler.shortest_cycle or () if isinstance(node, Package)]
    if not cycle:
        return
    first = min(range(len(cycle)), key=lambda at: len(chains.to(cycle[at])["names"]))
    cycle = [*cycle[first:], *cycle[:first]]
    yield {
        "kind": "circular",
        "package": str(cycle[0].cpv),
        "packages": [str(node.cpv) for node in cycle],
        "edges": [edge(graph, node, cycle[(at + 1) % len(cycle)]) for at, node in enumerate(cycle)],
        "chains": [chains.to(cycle[0])],
        "changes": changes(handler),
    }


def edge(graph, parent, child):
    priorities = graph.nodes[parent][0].get(child, ())
    return {
        "from": str(parent.cpv),
        "to": str(child.cpv),
        "kinds": sorted({kind for priority in priorities for kind in kinds_of(priority)}),
    }


def changes(handler):
    """A USE change that breaks the circle; the first one, for one is enough. Older Portages only have them as text."""
    for package, solutions in sorted(getattr(handler, "parent_solutions", {}).items(), key=lambda row: str(row[0])):
        for solution in sorted(solutions, key=str):
            return [use_change(package, dict(solution))]
    return []
