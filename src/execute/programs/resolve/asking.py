"""Asks Portage's own depgraph what a ROOT needs.

Facts used: _emerge.depgraph (Portage 3.0.83), the digraph keeps {node: ({child: [priorities]}, {parent: ...}, node)}.
"""

from _emerge.actions import load_emerge_config
from _emerge.create_depgraph_params import create_depgraph_params
from _emerge.depgraph import backtrack_depgraph
from _emerge.main import parse_opts
from _emerge.stdout_spinner import stdout_spinner

OPTIONS = ("--ignore-default-opts", "--oneshot", "--backtrack=50", "--with-bdeps=y")


def ask(arguments):
    """Whether there is a solution, the depgraph, and the configuration it was asked with."""
    _, options, arguments = parse_opts([*OPTIONS, *arguments])
    config = load_emerge_config(action=None, args=arguments, opts=options)
    success, depgraph, _ = backtrack_depgraph(
        config.target_config.settings,
        config.trees,
        options,
        create_depgraph_params(options, None),
        None,
        arguments,
        stdout_spinner(),
    )
    return success, depgraph, config
