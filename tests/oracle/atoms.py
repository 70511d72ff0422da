"""What Portage itself says of atoms: one JSON question a line in, one JSON answer a line out, until the input ends.

parse:   {text, wildcards, repository}  -> {atom} with Portage's view of it, or {atom: null}
compare: {a, b}                         -> {order}: -1, 0, 1, or null where one is not a version
match:   {text, packages}               -> {matches}: one truth value a package
order:   {texts, package}               -> {texts}: those that match, in the order of application
"""

import json
import sys

from portage.dep import Atom, ExtendedAtomDict, match_from_list
from portage.exception import InvalidAtom
from portage.package.ebuild._config.helper import ordered_by_atom_specificity
from portage.versions import _pkg_str, vercmp


def atom_of(text):
    return Atom(text, allow_wildcard=True, allow_repo=True)


def package_of(package):
    metadata = {"EAPI": "8"}
    if "slot" in package:
        sub_slot = "/" + package["subSlot"] if "subSlot" in package else ""
        metadata["SLOT"] = package["slot"] + sub_slot
    if "repository" in package:
        metadata["repository"] = package["repository"]
    if "buildId" in package:
        metadata["BUILD_ID"] = str(package["buildId"])
    cpv = f"{package['category']}/{package['package']}-{package['version']}"
    return _pkg_str(cpv, metadata=metadata)


def parse(question):
    try:
        atom = Atom(
            question["text"],
            allow_wildcard=question["wildcards"],
            allow_repo=question["repository"],
        )
    except InvalidAtom:
        return {"atom": None}
    blocker = atom.blocker
    view = {
        "blocker": "" if not blocker else "!!" if blocker.overlap.forbid else "!",
        "operator": atom.operator or "",
        "cp": atom.cp,
        "version": atom.version,
        "buildId": atom.build_id,
        "slot": atom.slot,
        "subSlot": atom.sub_slot,
        "slotOperator": atom.slot_operator,
        "repository": atom.repo,
        "use": list(atom.use.tokens) if atom.use else [],
        "extended": atom.extended_syntax,
    }
    return {"atom": view}


def compare(question):
    order = vercmp(question["a"], question["b"])
    return {"order": None if order is None else (order > 0) - (order < 0)}


def match(question):
    atom = atom_of(question["text"])
    packages = [package_of(package) for package in question["packages"]]
    # Portage looks for an atom's packages under its name, never among all that there are.
    return {
        "matches": [
            (atom.extended_syntax or package.cp == atom.cp)
            and bool(match_from_list(atom, [package]))
            for package in packages
        ]
    }


def order(question):
    kept = ExtendedAtomDict(dict)
    for text in question["texts"]:
        atom = atom_of(text)
        kept.setdefault(atom.cp, {})[atom] = text
    package = package_of(question["package"])
    found = kept.get(package.cp)
    return {"texts": ordered_by_atom_specificity(found, package) if found else []}


ANSWERS = {"parse": parse, "compare": compare, "match": match, "order": order}

for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(ANSWERS[asked["ask"]](asked)), flush=True)
