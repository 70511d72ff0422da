"""Asks Portage what an empty ROOT needs, and writes the answer as one JSON value to stdout.

Runs in a container of the builder, with the machine's /etc/portage, ROOT set to an empty folder:

    python3 resolve ARGUMENT...

`resolved` has every package that Portage would build, for the empty root and, where the builder lacks something that
building needs, for "/", in merge order. Where there is no solution, or none that we take, `problems` says why, and the exit
status is 1. What Portage prints goes to stderr.
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
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        # Portage prints where it likes, and what it starts does.
        os.dup2(2, 1)
        told = answer_to(sys.argv[1:])
        # In one piece: in several it is written by Python itself, and not by its extension in C.
        out.write(json.dumps(told))
    return 0 if "resolved" in told else 1


def answer_to(arguments):
    question = Question(arguments)
    success, depgraph = question.ask()
    if not success:
        found, text = problems(question, depgraph)
        return {"problems": {"problems": found, "text": text}}
    answer = Answer(depgraph, question.config)
    refused = [*live(answer.in_order(), Chains(depgraph)), *provided(depgraph, Chains(depgraph))]
    if refused:
        return {"problems": {"problems": refused, "text": []}}
    return {"resolved": answer.as_data(arguments)}


if __name__ == "__main__":
    sys.exit(main())
