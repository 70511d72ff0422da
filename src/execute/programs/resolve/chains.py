"""Who wanted a package: from a set of the machine, through packages, to what is wanted."""

from collections import deque

from _emerge.DependencyArg import DependencyArg


class Chains:
    def __init__(self, depgraph):
        self.parents = depgraph._dynamic_config._parent_atoms
        self.graph = depgraph._dynamic_config.digraph

    def to(self, node, wanted=None):
        """The shortest way from an argument to the node, and to what the node wants.

        `names`: as people read them. `written`: the set that names the first package, and the words of its line.
        """
        way = self.way(node)
        names = [name_of(step) for step, _ in way]
        written = written_in(way, wanted)
        if wanted is not None:
            names.append(str(wanted))
        return {"names": names, **({} if written is None else {"written": written})}

    def way(self, node):
        """(node, the atom by which it was reached) from an argument down to the node; breadth first, so the shortest."""
        seen, todo = {node}, deque([[(node, None)]])
        longest = [(node, None)]
        while todo:
            way = todo.popleft()
            longest = max(longest, way, key=len)
            above = self.above(way[0][0])
            if not above:
                return way
            for parent, atom in above:
                if parent not in seen:
                    seen.add(parent)
                    todo.append([(parent, None), (way[0][0], atom), *way[1:]])
        return longest

    def above(self, node):
        if isinstance(node, DependencyArg):
            found = [(parent, None) for parent in self.parents_in_graph(node) if isinstance(parent, DependencyArg)]
        else:
            found = list(self.parents.get(node, ()))
        # Arguments first: they are where a chain ends.
        return sorted(found, key=lambda pair: (not isinstance(pair[0], DependencyArg), str(pair[0]), str(pair[1])))

    def parents_in_graph(self, node):
        return self.graph.parent_nodes(node) if node in self.graph else ()


def name_of(node):
    return str(getattr(node, "cpv", node))


def written_in(way, wanted):
    """The last argument of the way is the set that has the atom itself."""
    for at in range(len(way) - 1, -1, -1):
        node = way[at][0]
        if isinstance(node, DependencyArg):
            atom = way[at + 1][1] if at + 1 < len(way) else wanted
            arg = str(node.arg)
            return {"set": arg[1:], "atom": str(atom)} if arg.startswith("@") and atom is not None else None
    return None
