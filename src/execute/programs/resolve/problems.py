"""Why there is no solution, as data: one entry for each thing that stands in the way, and Portage's own words."""

import sys
import traceback

from _emerge.SetArg import SetArg
from advice import advice
from chains import Chains
from circles import circles
from conflicts import blockers, slot_conflicts
from unsatisfied import required_use, unsatisfied
from words import words_of


def problems(question, depgraph):
    """For a depgraph without a solution. Never empty: what is in none of Portage's structures is in its words.

    Those structures are Portage's own business and may change: a collector that fails costs its entries, not the answer.
    """
    text = words_of(depgraph.display_problems)
    print("\n".join(text), file=sys.stderr)
    found = []
    for collect in (of_arguments_and_needs, of_conflicts):
        found.extend(attempt(collect, question, depgraph))
    found = attempt(advised, question, found, otherwise=found) if found else found
    return [*distinct(found), *([] if found else [{"kind": "other", "chains": []}])], text


def of_arguments_and_needs(question, first):
    walk, lacking = question.ask_on(first)
    chains = Chains(walk)
    root_config = walk._frozen_config.roots[question.target]
    for argument, atom in lacking:
        yield unsatisfied(walk, question.target, atom, chains, SetArg(arg=argument, pset=None, root_config=root_config))
    for dep in sorted(walk._dynamic_config._unsatisfied_deps, key=lambda dep: str(dep.atom)):
        yield unsatisfied(walk, dep.root, dep.atom, chains, dep.parent)
    yield from displayed(walk, chains)
    yield from displayed(first, Chains(first))


def displayed(depgraph, chains):
    """What Portage itself would show of packages that it did not take."""
    for (root, atom), details in depgraph._dynamic_config._unsatisfied_deps_for_display:
        if details.get("show_req_use") is not None:
            yield required_use(depgraph, details["show_req_use"], chains)
        elif details.get("myparent") is not None:
            yield unsatisfied(depgraph, root, atom, chains, details["myparent"])


def of_conflicts(_, depgraph):
    chains = Chains(depgraph)
    for collect in (slot_conflicts, blockers, circles):
        yield from collect(depgraph, chains)


def advised(question, found):
    return advice(question.ask_with_changes(), found)


def attempt(collect, *arguments, otherwise=()):
    try:
        return list(collect(*arguments))
    except Exception:  # of a Portage that is built in another way
        traceback.print_exc()
        return list(otherwise)


def distinct(found):
    """One thing that stands in the way is one entry, for both roots and whoever asked."""
    kept = {}
    for problem in found:
        about = tuple(str(problem.get(name)) for name in ("kind", "package", "packages", "atom"))
        kept.setdefault(about, problem)
    return list(kept.values())
