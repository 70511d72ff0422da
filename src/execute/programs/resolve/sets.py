"""Sets of the target, and what is nested in them."""

from portage._sets import SETPREFIX


def with_nested(argument, sets):
    """The argument, and every set below it, each as it stands in an argument of emerge."""
    names, todo = set(), [argument]
    while todo:
        name = todo.pop()
        if name in names:
            continue
        names.add(name)
        found = sets.get(name[len(SETPREFIX) :]) if name.startswith(SETPREFIX) else None
        if found is not None:
            todo.extend(token for token in found.getNonAtoms() if token.startswith(SETPREFIX))
    return names
