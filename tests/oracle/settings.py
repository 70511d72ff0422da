"""Holds a composed /etc/portage against the pieces it was made of, as Portage itself understands both.

Runs in a container that has Portage and a repository, and lives as long as its standard input: one JSON request a line,
one JSON answer a line.

    {"composed": [FILE...], "pieces": [[FILE...]...], "lists": [NAME...], "packages": [PACKAGE...], "profile": PATH}
    -> {"comparisons": N, "differences": [{"what": ..., "composed": ..., "pieces": ...}]}

FILE is {"path", "bytes" (latin1), "executable"}; PACKAGE is {"cpv", "slot", "repository", "iuse", "keywords", "license", ...}.

The second reading owes nothing to the composer. The pieces' make.conf files become the make.defaults of a chain of parent
profiles, which is where Portage stacks USE, USE_EXPAND groups and its other incrementals by position; what Portage does not
stack in profiles but between profile and make.conf (ACCEPT_LICENSE, ACCEPT_PROPERTIES, ACCEPT_RESTRICT) becomes one
make.conf with all words in order; and of every other file, the pieces' texts follow each other in one file.

Facts (Portage 3.0.83): config.__init__ reads parents' make.defaults in order with one map for ${NAME}, from which USE is
taken away before each; config.regenerate turns groups in them into USE flags that stand before the profile's own USE.
"""

import json
import os
import shutil
import sys
import traceback

import portage
from portage.const import GLOBAL_CONFIG_PATH, INCREMENTALS
from portage.util import getconfig
from portage.versions import _pkg_str

# Kept by Portage as words of every layer, but not among the incrementals of profiles (config.regenerate).
ACCEPTED = ("ACCEPT_LICENSE", "ACCEPT_PROPERTIES", "ACCEPT_RESTRICT")
# Where things are differs between the two readings, and so does what Portage works out from that.
PLACES = frozenset("PORTAGE_CONFIGROOT PORTAGE_BASHRC_FILES PORTAGE_REPOSITORIES PORTAGE_BASHRC".split())
# make.conf as a whole or in a folder, and profile/make.defaults: assignments.
ASSIGNMENTS = ("make.conf", "profile/make.defaults")
# Not folders to Portage.
PLAIN = ("categories", "license_groups", "bashrc", "profile/packages", "profile/eapi")


def below(path, base):
    return path == base or path.startswith(base + "/")


def put(path, data, mode="wb"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, mode) as out:
        out.write(data)


def as_bytes(file):
    data = file["bytes"].encode("latin1")
    return data if data.endswith(b"\n") or not data else data + b"\n"


def portage_order(files):
    """Files of a folder as Portage walks them: by name, what is in a folder where the folder stands."""
    return sorted(files, key=lambda file: file["path"].split("/"))


def write_composed(root, request):
    os.makedirs(os.path.join(root, "etc/portage"))
    for file in request["composed"]:
        put(os.path.join(root, "etc/portage", file["path"]), file["bytes"].encode("latin1"))
    os.symlink(request["profile"], os.path.join(root, "etc/portage/make.profile"))


def base_of(path):
    """The name under which Portage looks for what a file says: package.use/a/b -> package.use."""
    parts = path.split("/")
    if parts[0] == "profile" and len(parts) > 1:
        return "/".join(parts[:2])
    if parts[0] in ("env", "sets", "patches", "savedconfig"):
        return path
    return parts[0]


def profile_chain(profile):
    """Folders of a profile and its parents, parents first."""
    above = []
    if os.path.exists(os.path.join(profile, "parent")):
        with open(os.path.join(profile, "parent")) as lines:
            for line in lines.read().split():
                above.extend(profile_chain(os.path.normpath(os.path.join(profile, line))))
    return [*above, profile]


def write_pieces(root, request):
    etc = os.path.join(root, "etc/portage")
    parents = [request["profile"]]
    known = {}
    accepted = {name: [] for name in ACCEPTED}
    defaults = [os.path.join(folder, "make.defaults") for folder in profile_chain(request["profile"])]
    for path in (os.path.join(GLOBAL_CONFIG_PATH, "make.globals"), *defaults):
        values = getconfig(path, tolerant=True, expand=known) or {}
        for name in ACCEPTED:
            if path in defaults and name in values:
                # Of several profiles Portage takes the last one's, and adds it to that of make.globals.
                accepted[name] = [*accepted[name][:1], values[name].split()]
            elif name in values:
                accepted[name] = [values[name].split()]

    # Profiles of one make.defaults each: what pieces say in profile/, then the rest of profile/, then their make.conf.
    for target in reversed(ASSIGNMENTS):
        if target == "make.conf":
            parents.append(os.path.join(root, "chain", "profile"))
        for index, piece in enumerate(request["pieces"]):
            files = portage_order(file for file in piece if below(file["path"], target))
            if not files:
                continue
            folder = os.path.join(root, "chain", target.replace("/", "-"), str(index))
            put(os.path.join(folder, "eapi"), b"8\n")
            text = b"".join(as_bytes(file) for file in files)
            put(os.path.join(folder, "make.defaults"), text)
            parents.append(folder)
            values = getconfig(os.path.join(folder, "make.defaults"), tolerant=True, expand=known) or {}
            for name in ACCEPTED:
                accepted[name].append(values.get(name, "").split())

    others, profile = {}, os.path.join(root, "chain", "profile")
    for piece in request["pieces"]:
        later = {}
        for file in portage_order(file for file in piece if not any(below(file["path"], one) for one in ASSIGNMENTS)):
            base = base_of(file["path"])
            later.setdefault(base, []).append(file)
        for base, files in later.items():
            text = b"".join(as_bytes(file) for file in files)
            replaced = base.split("/")[0] in ("env", "sets", "patches", "savedconfig")
            others[base] = text if replaced else others.get(base, b"") + text
    put(os.path.join(profile, "eapi"), b"8\n")
    for base, text in others.items():
        # package.provided is one of those that profiles of this EAPI have no more, and the user's own has.
        inside = below(base, "profile") and base != "profile/package.provided"
        put(os.path.join(profile, base.removeprefix("profile/")) if inside else os.path.join(etc, base), text)

    last = os.path.join(root, "chain", "last")
    put(os.path.join(last, "parent"), "".join(f"{one}\n" for one in parents).encode())
    put(os.path.join(last, "eapi"), b"8\n")
    os.makedirs(etc, exist_ok=True)
    os.symlink(last, os.path.join(etc, "make.profile"))
    # The parents' make.defaults have these words too, so the count begins anew.
    lines = [f'{name}="-* {" ".join(sum(words, []))}"\n' for name, words in accepted.items()]
    put(os.path.join(etc, "make.conf"), "".join(lines).encode())


def settings_of(root):
    return portage.config(config_root=root, target_root="/", env={"PATH": os.environ["PATH"]}, local_config=True)


def words(value):
    return sorted(set(value.split()))


def globals_of(settings, lists):
    """Every variable; lists as what is in them, since Portage sorts some of them and not others."""
    found = {}
    for name in set(settings.keys()) - PLACES:
        value = settings.get(name, "")
        found[name] = words(value) if name in lists else value
    # A list without words is no list, whether the name is there or not.
    return {name: value for name, value in found.items() if value != []}


def metadata_of(package):
    return {
        "EAPI": "8",
        "SLOT": package["slot"],
        "repository": package["repository"],
        "IUSE": package["iuse"],
        "KEYWORDS": package["keywords"],
        "LICENSE": package["license"],
        "PROPERTIES": package.get("properties", ""),
        "RESTRICT": package.get("restrict", ""),
        "DEFINED_PHASES": "install",
        "REQUIRED_USE": "",
    }


def views_of(settings, package, lists):
    """What Portage makes of one package."""
    metadata = metadata_of(package)
    settings.setcpv(package["cpv"], mydb=metadata)
    metadata["USE"] = settings["PORTAGE_USE"]
    cpv = _pkg_str(package["cpv"], metadata=metadata, settings=settings)
    mask = settings._getRawMaskAtom(cpv, metadata)
    return {
        "use": words(settings["PORTAGE_USE"]),
        "use.mask": sorted(settings.usemask),
        "use.force": sorted(settings.useforce),
        "keywords": settings._getMissingKeywords(cpv, metadata),
        "mask": None if mask is None else str(mask),
        "masked": settings._getMaskAtom(cpv, metadata) is not None,
        "license": settings._getMissingLicenses(cpv, metadata),
        "properties": settings._getMissingProperties(cpv, metadata),
        "restrict": settings._getMissingRestrict(cpv, metadata),
        "env": [os.path.basename(path) for path in settings._penv],
        "provided": settings.pprovideddict.get(cpv.cp, []),
        "variables": {
            # Of a list what comes out counts: package.env may name a word twice.
            name: words(settings[name]) if name in lists else value
            for name, value in sorted(settings.configdict["pkg"].items())
            if name not in ("PORTAGE_INTERNAL_CALLER",) and isinstance(value, str)
        },
    }


def compare(before, after, what, differences):
    """Leaf by leaf; gives how many leaves were held against each other."""
    if isinstance(before, dict) and isinstance(after, dict):
        return sum(
            compare(before.get(key), after.get(key), f"{what}.{key}" if what else key, differences)
            for key in sorted(set(before) | set(after))
        )
    if before != after:
        differences.append({"what": what, "composed": before, "pieces": after})
    return 1


def answer(request, at):
    lists = frozenset(request["lists"])
    views = []
    for name, write in (("composed", write_composed), ("pieces", write_pieces)):
        root = os.path.join(at, name)
        write(root, request)
        settings = settings_of(root)
        view = {"global": globals_of(settings, lists)}
        for package in request["packages"]:
            view[f'{package["cpv"]}:{package["slot"]}::{package["repository"]}'] = views_of(settings, package, lists)
        views.append(view)
    differences = []
    return {"comparisons": compare(views[0], views[1], "", differences), "differences": differences}


def main():
    # Portage speaks on standard output too; answers have a way of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        if request.get("about"):
            reply = {"version": portage.VERSION, "incrementals": sorted(INCREMENTALS)}
        else:
            at = "/tmp/oracle"
            shutil.rmtree(at, ignore_errors=True)
            try:
                reply = answer(request, at)
            except Exception:  # said by the test, with the seed
                reply = {"comparisons": 0, "differences": [], "error": traceback.format_exc()}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


main()
