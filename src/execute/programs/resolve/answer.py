"""Portage's answer as data: each package with what it is made from and what it needs, and who asked for it."""

from _emerge.Package import Package
from installed import installed_digest, installed_packages, toolchain
from making import Making
from sets import with_nested


class Answer:
    def __init__(self, depgraph, config):
        self.depgraph = depgraph
        self.graph = depgraph._dynamic_config.digraph
        self.trees = config.trees
        self.target = config.target_config.root
        self.running = config.running_config
        self.bound = bound_pairs(depgraph)
        self.bound_to_build = bound_pairs(depgraph, to_build=True)
        self.making = Making(config.trees[self.target])

    def as_data(self, arguments):
        packages = self.in_order()
        vardb = self.trees[self.running.root]["vartree"].dbapi
        return {
            "packages": [self.describe(package) for package in packages],
            "asked": {argument: self.named_by(argument) for argument in arguments},
            "installed": installed_packages(vardb, {package.cp for package in packages}),
            "toolchain": toolchain(self.trees[self.target]["vartree"].settings, vardb),
        }

    def in_order(self):
        """What is to be merged in merge order, then what the builder already has."""
        ordered = {node: None for node in self.depgraph.altlist() if is_merge(node)}
        for package in self.graph:
            if isinstance(package, Package) and package.installed:
                ordered.setdefault(package)
        return list(ordered)

    def describe(self, package):
        entry = {
            "id": self.id_of(package),
            "cpv": str(package.cpv),
            "name": str(package.cp),
            "version": str(package.cpv)[len(package.cp) + 1 :],
            "slot": package.slot,
            "subslot": package.sub_slot or package.slot,
            "repository": package.repo,
            "use": sorted(package.use.enabled),
            "needs": self.needs_of(package),
        }
        if package.installed:
            entry["installed"] = installed_digest(self.trees[package.root]["vartree"].dbapi, package.cpv)
        else:
            entry.update(self.making.of(package))
        return entry

    def id_of(self, package):
        where = "target" if package.root == self.target else "builder"
        return f"{where}:{package.cpv}"

    def needs_of(self, package):
        needs = {}
        for child, priorities in self.graph.nodes.get(package, ({},))[0].items():
            if isinstance(child, Package):
                kinds = needs.setdefault(self.id_of(self.to_build_with(package, child)), set())
                kinds.update(kind for priority in priorities for kind in kinds_of(priority))
                if (package, child) in self.bound:
                    kinds.add("bound")
        return [{"id": name, "kinds": sorted(kinds)} for name, kinds in sorted(needs.items())]

    def to_build_with(self, package, child):
        """What `:=` binds a package to when it runs is what it is built with, also where "/" has another slot of it.

        Portage takes what "/" has, masked or not.
        """
        if child.installed and (package, child) in self.bound_to_build:
            for parent, other in self.bound:
                if parent is package and other.cp == child.cp and other.slot != child.slot:
                    return other
        return child

    def named_by(self, argument):
        """The packages that an argument of emerge names itself; a set names what its nested sets name."""
        names = with_nested(argument, self.trees[self.target]["root_config"].sets)
        ids = set()
        for package, parents in self.depgraph._dynamic_config._parent_atoms.items():
            if package.root == self.target and package in self.graph:
                if any(getattr(parent, "arg", None) in names for parent, _ in parents):
                    ids.add(self.id_of(package))
        return sorted(ids)


def bound_pairs(depgraph, to_build=False):
    """(package, what it needs) for each `:=` of a dependency to run, or for each of one to build that names no slot."""
    return {
        (dep.parent, dep.child)
        for deps in depgraph._dynamic_config._slot_operator_deps.values()
        for dep in deps
        if dep.atom.package and dep.atom.slot_operator == "=" and bool(dep.priority.buildtime) == to_build
        if not (to_build and dep.atom.slot)
    }


def is_merge(node):
    return isinstance(node, Package) and node.operation == "merge"


def kinds_of(priority):
    kinds = []
    if priority.buildtime or priority.buildtime_slot_op:
        kinds.append("build")
    if priority.runtime or priority.runtime_slot_op:
        kinds.append("run")
    if priority.runtime_post:
        kinds.append("post")
    if priority.installtime:
        kinds.append("install")
    return kinds
