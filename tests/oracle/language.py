"""What Portage itself reads in a text of its configuration language: one JSON question a line in, one JSON answer a line
out, until the input ends. A question has `ask` and `text`, and for some more:

assignments: {sourcing}  -> {values: {name: value}, sources: [path]} or {error}; values are not expanded
expand:      {variables} -> {text, complained}
lines:                   -> {file: [line], dict: [[key, [word]]]}, as grabfile and grabdict have them
use:                     -> {flags: {atom: [flag]}}, as in /etc/portage/package.use
profile-use:             -> {flags: {atom: [flag]}, complained}, as in a profile's package.use.mask
flags:                   -> {flags: [flag], complained}, as in a profile's use.mask
packages:    {name}      -> {entries: [text]}, as in a file of that name (packages, package.mask)
set:                     -> {entries: [text]}
ini:                     -> {sections: {name: {key: value}}, defaults, read: {name: {key: value or null}}} or {error}; `read`
                            has the values with their references replaced, null where one cannot be
files:       {paths}     -> {paths}: those that Portage reads in a folder that holds them, in its order
"""

import io
import json
import os
import shutil
import sys
import tempfile

import portage.util
from portage._sets.files import StaticFileSet
from portage.exception import PortageException
from portage.package.ebuild._config import UseManager as use_manager
from portage.package.ebuild._config.UseManager import UseManager
from portage.util.configparser import ConfigParserError, SafeConfigParser, read_configs

said = []
sourced = []


def listen():
    """Portage's complaints are noted, not printed: the output belongs to the answers."""

    def note(message, *_, **__):
        said.append(message)

    portage.util.writemsg = note
    use_manager.writemsg = note


class RecordingLexer(portage.util._getconfig_shlex):
    """Notes what is sourced and reads an empty file in its place."""

    def sourcehook(self, newfile):
        path = portage.util.varexpand(newfile, self.var_expand_map)
        if path[0] == '"':
            path = path[1:-1]
        sourced.append(newfile)
        return path, io.StringIO()


def assignments(path, question):
    try:
        values = portage.util.getconfig(
            path, allow_sourcing=question["sourcing"], expand=False
        )
    except (PortageException, ValueError, TypeError, IndexError) as error:
        return {"error": str(error)}
    return {"values": values, "sources": sourced}


def expand(_, question):
    text = portage.util.varexpand(question["text"], question["variables"])
    return {"text": text, "complained": bool(said)}


def lines(path, _):
    words = portage.util.grabdict(path, empty=True, newlines=True)
    return {"file": portage.util.grabfile(path), "dict": list(words.items())}


def by_atom(flags):
    return {str(atom): found for atoms in flags.values() for atom, found in atoms.items()}


def use(path, _):
    folder, name = os.path.split(path)
    flags = UseManager._parse_user_files_to_extatomdict(None, name, folder, True)
    return {"flags": by_atom(flags)}


def profile_use(path, _):
    flags = UseManager._parse_file_to_dict(
        None, path, user_config=True, eapi_default=None
    )
    return {"flags": by_atom(flags), "complained": bool(said)}


def flags(path, _):
    found = UseManager._parse_file_to_tuple(None, path, eapi_default=None)
    return {"flags": found, "complained": bool(said)}


def packages(path, question):
    named = os.path.join(os.path.dirname(path), question["name"])
    os.replace(path, named)
    found = portage.util.grabfile_package(
        named, allow_wildcard=True, allow_repo=True, allow_build_id=True
    )
    os.unlink(named)
    return {"entries": [str(entry) for entry in found]}


def package_set(path, _):
    entries, _errors = StaticFileSet(path).loader.load()
    return {"entries": list(entries)}


def ini(path, _):
    parser = SafeConfigParser()
    try:
        read_configs(parser, [path])
    except ConfigParserError as error:
        return {"error": type(error).__name__}
    sections = {name: dict(keys) for name, keys in parser._sections.items()}
    replaced = {
        name: {key: value_of(parser, name, key) for key in parser.options(name)}
        for name in parser.sections()
    }
    return {"sections": sections, "defaults": dict(parser.defaults()), "read": replaced}


def value_of(parser, section, key):
    try:
        return parser.get(section, key)
    except ConfigParserError:
        return None


def files(path, question):
    os.unlink(path)
    root = path + ".d"
    for name in question["paths"]:
        file = os.path.join(root, name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        open(file, "w").close()
    found = [os.path.relpath(file, root) for file in portage.util._recursive_file_list(root)]
    shutil.rmtree(root, ignore_errors=True)
    return {"paths": found}


ANSWERS = {
    "assignments": assignments,
    "expand": expand,
    "lines": lines,
    "use": use,
    "profile-use": profile_use,
    "flags": flags,
    "packages": packages,
    "set": package_set,
    "ini": ini,
    "files": files,
}


def answer(folder, question):
    said.clear()
    sourced.clear()
    path = os.path.join(folder, "text")
    with open(path, "wb") as file:
        file.write(question.get("text", "").encode())
    return ANSWERS[question["ask"]](path, question)


def main():
    listen()
    portage.util._getconfig_shlex = RecordingLexer
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            print(json.dumps(answer(folder, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
