"""Asks Portage what an empty ROOT needs, and writes the answer as JSON.

Runs in a container of the builder, with the machine's /etc/portage, ROOT set to an empty folder:

    python3 resolve OUT ARGUMENT...

OUT/resolved.json gets every package that Portage would build, for the empty root and, where the builder lacks something
that building needs, for "/", in merge order. What Portage prints about a failure goes to stdout and stderr as emerge
would show it; exit 1 then.
"""

import json
import os
import sys

from _emerge.Package import Package
from answer import Answer
from asking import ask


def main():
    out, arguments = sys.argv[1], sys.argv[2:]
    success, depgraph, config = ask(arguments)
    if not success:
        depgraph.display_problems()
        return 1
    if any(is_blocker(node) for node in depgraph.altlist()):
        depgraph.display(depgraph.altlist(), favorites=[])
        depgraph.display_problems()
        return 1
    with open(os.path.join(out, "resolved.json"), "w", encoding="utf-8") as opened:
        json.dump(Answer(depgraph, config).as_data(arguments), opened)
    return 0


def is_blocker(node):
    return not isinstance(node, Package) and not getattr(node, "satisfied", True)


if __name__ == "__main__":
    sys.exit(main())
