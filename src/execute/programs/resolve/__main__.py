"""Asks Portage what an empty ROOT needs, and writes the answer as JSON.

Runs in a container of the builder, with the machine's /etc/portage, ROOT set to an empty folder:

    python3 resolve OUT ARGUMENT...

OUT/resolved.json gets every package that Portage would build, for the empty root and, where the builder lacks something
that building needs, for "/", in merge order. Where there is no solution, or none that we take, OUT/problems.json says why,
and what Portage prints goes to stderr; exit 1 then.
"""

import json
import os
import sys

from answer import Answer
from asking import Question
from chains import Chains
from problems import problems
from refused import live, provided


def main():
    out, arguments = sys.argv[1], sys.argv[2:]
    question = Question(arguments)
    success, depgraph = question.ask()
    if not success:
        found, text = problems(question, depgraph)
        write(out, "problems.json", {"problems": found, "text": text})
        return 1
    answer = Answer(depgraph, question.config)
    refused = [*live(answer.in_order(), Chains(depgraph)), *provided(depgraph, Chains(depgraph))]
    if refused:
        write(out, "problems.json", {"problems": refused, "text": []})
        return 1
    write(out, "resolved.json", answer.as_data(arguments))
    return 0


def write(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as opened:
        json.dump(value, opened)


if __name__ == "__main__":
    sys.exit(main())
