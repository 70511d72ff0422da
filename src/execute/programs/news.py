"""Says which news items (GLEP 42) and security advisories (GLSA) of the repositories concern which machines.

    news.py MACHINES

MACHINES/question.json holds {"machines": [{"name", "folder", "packages": [{"cpv", "slot"?, "subslot"?, "use"?}]}]}; a
machine's composed directory stands in MACHINES/FOLDER/etc/portage. The answer is one JSON value on standard output:

    {"items": [{"id", "repository", "title", "authors", "posted", "revision", "body", "machines": [NAME]}],
     "advisories": [{"id", "title", "synopsis", "impact", "access", "announced", "text",
                     "packages": [{"name", "arch", "vulnerable": [RANGE], "unaffected": [RANGE]}],
                     "hits": {NAME: [{"cpv", "upgrade": CPV or null}]}}],
     "problems": [{"about", "message"}]}

What Portage prints goes to standard error. Nothing is changed. Both lists are sorted by id, newest first.

Facts used (Portage 3.0.83): news.NewsItem decides by the installed packages, the configuration's ARCH and the profile's path
below the main repository's profiles (empty text where there is none); glsa.Glsa decides by ARCH and the installed packages,
and knows advisories of the main repository only. Both only call `match` on what is installed, so a fakedbapi will do.
"""

import io
import json
import os
import re
import sys

import portage
from portage.dbapi.porttree import portdbapi
from portage.dbapi.virtual import fakedbapi
from portage.exception import PortageException
from portage.glsa import Glsa, get_glsa_list, getMinUpgrade, getText
from portage.news import NewsItem
from portage.versions import cpv_getkey

LANGUAGE = "en"
# What a package's name can be, wherever it stands in a file.
NAME = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9+_.-]*/[A-Za-z0-9_][A-Za-z0-9+_-]*")


class Machine:
    """What Portage makes of a machine: its configuration, its repositories, and the packages it has as if installed."""

    def __init__(self, name, folder, packages):
        self.name = name
        self.settings = portage.config(config_root=folder, target_root="/")
        self.settings.lock()
        self.portdb = portdbapi(mysettings=self.settings)
        self.installed = fakedbapi(settings=self.settings, exclusive_slots=False)
        for package in packages:
            self.installed.cpv_inject(package["cpv"], metadata=self.metadata(package))

    def metadata(self, package):
        """Slots that nobody noted are those of the ebuild, if it is still there."""
        slot, use = package.get("slot"), " ".join(package.get("use", ()))
        if slot is None:
            try:
                slot = self.portdb.aux_get(package["cpv"], ["SLOT"])[0] or "0"
            except (KeyError, PortageException):
                slot = "0"
        elif package.get("subslot"):
            slot = f"{slot}/{package['subslot']}"
        # The oldest EAPI with sub-slots: every Portage knows it.
        return {"EAPI": "5", "SLOT": slot, "USE": use, "IUSE": use, "KEYWORDS": "", "repository": package.get("repository", "")}

    def profile(self):
        """As portage.news.NewsManager names it."""
        path, main = self.settings.profile_path, self.portdb.repositories.mainRepoLocation()
        if not path or not main:
            return ""
        return os.path.realpath(path).removeprefix(os.path.join(main, "profiles") + os.sep)


class Problems:
    """What cannot be read, each said once: it is left out, the rest is told."""

    def __init__(self):
        self.said = {}

    def add(self, about, error):
        self.said.setdefault(about, str(error) or type(error).__name__)

    def rows(self):
        return [{"about": about, "message": message} for about, message in self.said.items()]


def header(text):
    """Fields of a news item by name, in their order, and what stands below them."""
    top, _, body = text.replace("\r\n", "\n").partition("\n\n")
    fields = {}
    for line in top.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name, []).append(value.strip())
    return fields, body.strip("\n")


def news_paths(portdb):
    """(repository, id) → path of every news item."""
    paths = {}
    for repository in portdb.getRepositories():
        folder = os.path.join(portdb.getRepositoryPath(repository), "metadata", "news")
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name, f"{name}.{LANGUAGE}.txt")
            if os.path.isfile(path):
                paths[repository, name] = path
    return paths


class News:
    def __init__(self, problems):
        self.problems = problems
        self.parsed = {}
        self.found = {}

    def look(self, machine):
        profile = machine.profile()
        for key, path in news_paths(machine.portdb).items():
            # One path may be another file for another machine, but never within one container.
            item = self.parsed.get(path)
            if item is None:
                item = self.parsed[path] = NewsItem(path, key[1])
            if not item.isValid():
                self.problems.add(f"news item {key[1]}", "its header is not as GLEP 42 wants it")
            elif item.isRelevant(vardb=machine.installed, config=machine.settings, profile=profile):
                self.found.setdefault(key, (path, []))[1].append(machine.name)

    def rows(self):
        return [describe_item(*key, *found) for key, found in sorted(self.found.items(), key=lambda row: row[0][1], reverse=True)]


def describe_item(repository, name, path, machines):
    with open(path, encoding="utf-8", errors="replace") as opened:
        fields, body = header(opened.read())
    return {
        "id": name,
        "repository": repository,
        "title": fields.get("Title", [name])[0],
        "authors": fields.get("Author", []),
        "posted": fields.get("Posted", [""])[0],
        "revision": fields.get("Revision", [""])[0],
        "body": body,
        "machines": machines,
    }


class Advisories:
    """Parsing one takes Portage some milliseconds and there are thousands: only those that name a package of a machine."""

    def __init__(self, names, problems):
        self.names = names
        self.problems = problems
        self.parsed = {}
        self.found = {}

    def may_concern(self, path):
        with open(path, "rb") as opened:
            text = opened.read()
        # A name may also be written in numeric references: then only parsing tells.
        return b"&#" in text or not self.names.isdisjoint(NAME.findall(text))

    def parse(self, name, machine):
        folder = machine.settings.get("GLSA_DIR") or os.path.join(machine.settings["PORTDIR"], "metadata", "glsa")
        path = os.path.join(folder, f"glsa-{name}.xml")
        try:
            if not self.may_concern(path):
                return None
            advisory = Glsa(name, machine.settings, machine.installed, machine.portdb)
            advisory.announced_day = getText(advisory.DOM.getElementsByTagName("announced")[0], format="strip")
        except Exception as error:  # XML of strangers: Portage answers with whatever its parser meets.
            self.problems.add(f"advisory {name}", error)
            return None
        # The parsed document is a hundred times its text.
        advisory.DOM = advisory.affected = advisory.services = None
        return advisory

    def look(self, machine):
        if not machine.settings.get("PORTDIR"):
            return
        for name in get_glsa_list(machine.settings):
            if name not in self.parsed:
                self.parsed[name] = self.parse(name, machine)
            advisory = self.parsed[name]
            if advisory is None or self.names.isdisjoint(package.encode() for package in advisory.packages):
                continue
            try:
                hits = hits_of(advisory, machine)
            except Exception as error:  # An arch list or a range that Portage does not know.
                self.problems.add(f"advisory {name}", error)
                continue
            if hits:
                self.found.setdefault(name, {})[machine.name] = hits

    def rows(self):
        return [describe_advisory(self.parsed[name], hits) for name, hits in sorted(self.found.items(), reverse=True)]


def hits_of(advisory, machine):
    """The machine's vulnerable packages, each with the least upgrade that Portage finds; nothing where Portage says no."""
    advisory.config, advisory.vardbapi, advisory.portdbapi = machine.settings, machine.installed, machine.portdb
    if not advisory.isVulnerable():
        return []
    upgrades = {}
    for paths in advisory.packages.values():
        for path in paths:
            if path["arch"] != "*" and machine.settings["ARCH"] not in path["arch"].split():
                continue
            found = getMinUpgrade(path["vul_atoms"], path["unaff_atoms"], machine.portdb, machine.installed)
            for vulnerable, upgrade in found or ():
                upgrades[str(vulnerable)] = str(upgrade) or None
    return [{"cpv": cpv, "upgrade": upgrade} for cpv, upgrade in sorted(upgrades.items())]


def describe_advisory(advisory, hits):
    text = io.BytesIO()
    advisory.dump(outstream=text)
    packages = [
        {
            "name": str(name),
            "arch": path["arch"],
            "vulnerable": [version.strip() for version in path["vul_vers"]],
            "unaffected": [version.strip() for version in path["unaff_vers"]],
        }
        for name, paths in sorted(advisory.packages.items())
        for path in paths
    ]
    return {
        "id": advisory.nr,
        "title": advisory.title,
        "synopsis": advisory.synopsis,
        "impact": advisory.impact_type,
        "access": advisory.access,
        "announced": advisory.announced_day,
        "text": text.getvalue().decode("utf-8", "replace"),
        "packages": packages,
        "hits": hits,
    }


def main():
    folder = sys.argv[1]
    # Whatever Portage or an ebuild prints is no part of the answer.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with open(os.path.join(folder, "question.json"), encoding="utf-8") as opened:
        asked = json.load(opened)["machines"]
    problems = Problems()
    keys = (cpv_getkey(package["cpv"]) for one in asked for package in one["packages"])
    names = {key.encode() for key in keys if key}
    news, advisories = News(problems), Advisories(names, problems)
    for one in asked:
        try:
            machine = Machine(one["name"], os.path.join(folder, one["folder"]), one["packages"])
        except PortageException as error:
            problems.add(f"machine {one['name']}", error)
            continue
        news.look(machine)
        advisories.look(machine)
        machine.portdb.close_caches()
    with answer:
        json.dump({"items": news.rows(), "advisories": advisories.rows(), "problems": problems.rows()}, answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
