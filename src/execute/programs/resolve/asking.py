"""Asks Portage's own depgraph what a ROOT needs.

Facts used: _emerge.depgraph (Portage 3.0.83), the digraph keeps {node: ({child: [priorities]}, {parent: ...}, node)}.
"""

from _emerge.actions import load_emerge_config
from _emerge.create_depgraph_params import create_depgraph_params
from _emerge.depgraph import backtrack_depgraph, depgraph
from _emerge.main import parse_opts
from _emerge.stdout_spinner import stdout_spinner
from portage import output
from portage._sets.base import InternalPackageSet
from sets import with_nested

OPTIONS = ("--ignore-default-opts", "--oneshot", "--backtrack=50", "--with-bdeps=y")

# No other configuration than the machine's. What a change of it would do is asked only when there is no solution.
AS_IT_IS = ("--autounmask=n",)
WITH_CHANGES = (
    "--autounmask=y --autounmask-use=y --autounmask-license=y --autounmask-keep-keywords=n --autounmask-keep-masks=n"
).split()


class Question:
    def __init__(self, arguments):
        output.nocolor()
        _, self.options, self.arguments = parse_opts([*OPTIONS, *AS_IT_IS, *arguments])
        self.config = load_emerge_config(action=None, args=self.arguments, opts=self.options)
        self.settings = self.config.target_config.settings
        self.trees = self.config.trees
        self.target = self.config.target_config.root

    def ask(self):
        """Whether there is a solution, and the depgraph."""
        return self.asked(self.options)

    def ask_with_changes(self):
        """The same, with leave to change USE, keywords, licenses and masks; Portage then calls no graph a solution."""
        _, options, _ = parse_opts([*OPTIONS, *WITH_CHANGES, *self.arguments])
        return self.asked(options)[1]

    def asked(self, options):
        params = create_depgraph_params(options, None)
        arguments = [self.settings, self.trees, options, params, None, self.arguments, stdout_spinner()]
        success, graph, _ = backtrack_depgraph(*arguments)
        return success, graph

    def ask_on(self, first):
        """The depgraph of a walk that goes on where something cannot be had, to know all of it; and what the arguments
        themselves name and cannot have, as (argument, atom).

        @param first the depgraph that stopped; what it knows of packages is used again
        """
        sets = first._frozen_config.roots[self.target].sets
        kept, lacking = dict(sets), []
        try:
            for name in sorted(self.sets_in_use(sets)):
                wrong = [atom for atom in sorted(kept[name].getAtoms(), key=str) if not can_be_had(first, atom)]
                lacking.extend((f"@{name}", atom) for atom in wrong)
                sets[name] = without(kept[name], wrong)
            walk = GoingOn(
                self.settings,
                self.trees,
                self.options,
                create_depgraph_params(self.options, None),
                stdout_spinner(),
                frozen_config=first._frozen_config,
                allow_backtracking=False,
            )
            walk.select_files(self.arguments)
            return walk, lacking
        finally:
            sets.update(kept)

    def sets_in_use(self, sets):
        arguments = set().union(*(with_nested(argument, sets) for argument in self.arguments))
        return [name[1:] for name in arguments if name[1:] in sets]


class GoingOn(depgraph):
    def _create_graph(self, allow_unsatisfied=False):
        return super()._create_graph(allow_unsatisfied=True)

    def _add_pkg(self, pkg, dep):
        """A package whose REQUIRED_USE does not hold is noted (in what is to be displayed) and passed over."""
        before = len(self._dynamic_config._unsatisfied_deps_for_display)
        return super()._add_pkg(pkg, dep) or len(self._dynamic_config._unsatisfied_deps_for_display) > before


def without(pset, atoms):
    kept = [atom for atom in pset.getAtoms() if atom not in atoms]
    return InternalPackageSet(initial_atoms=[*kept, *pset.getNonAtoms()], allow_repo=True)


def can_be_had(graph, atom):
    root = graph._frozen_config.target_root
    if graph._frozen_config.pkgsettings[root].pprovideddict.get(atom.cp):
        return True
    return graph._select_package(root, atom)[0] is not None
