"""Phases of a binary package's merge: as Portage runs them where somebody defined one, without a bash where nobody did.

A phase of Portage costs several processes: bash reads its libraries and the saved environment, python filters variables
before and after. Most packages define none of pkg_setup, pkg_preinst and pkg_postinst. What Portage itself does in their
place (masking, modes of set-uid files, the index of libraries) is done here directly, by the same rules.
"""

import bz2
import glob
import inspect
import os
import re
import shutil
import stat

import portage
import portage.dbapi.vartree as vartree
import portage.package.ebuild.doebuild as doebuild
import portage.util.env_update as env_update_module
from _emerge.EbuildPhase import EbuildPhase
from _emerge.MiscFunctionsProcess import MiscFunctionsProcess
from portage.util._async.SchedulerInterface import SchedulerInterface
from portage.util.futures import asyncio

# Programs that Portage's own check after a merge may call, and where they work.
DESKTOP = ("update-desktop-database", "gtk-update-icon-cache", "update-mime-database")
DESKTOP_FOLDERS = ("usr/share/applications", "usr/share/icons", "usr/share/mime")
OWN_CHECK = "50xdg-utils"


def unknown_portage():
    """Why this Portage cannot be driven by this program; nothing where it can."""
    wanted = (
        (vartree.dblink.treewalk, ("srcroot", "inforoot", "myebuild", "mydbapi", "prev_mtimes")),
        (vartree.dblink.__init__, ("cat", "pkg", "settings", "treetype", "vartree", "scheduler")),
        (env_update_module.env_update, ("makelinks", "target_root", "prev_mtimes", "contents", "env", "vardbapi")),
    )
    for function, parameters in wanted:
        for name in parameters:
            if name not in inspect.signature(function).parameters:
                return f"{function.__qualname__} of Portage {portage.VERSION} takes no {name}"
    known = words_of(vartree.dblink.treewalk.__code__)
    for word in ("EbuildPhase", "MiscFunctionsProcess", "portage.util.env_update", "env_update", "preinst_mask"):
        if word not in known:
            return f"dblink.treewalk of Portage {portage.VERSION} has no {word}"
    if not hasattr(vartree.vardbapi, "_clear_cache"):
        return f"vardbapi of Portage {portage.VERSION} has no _clear_cache"
    if not isinstance(getattr(doebuild, "_post_phase_cmds", None), dict):
        return f"Portage {portage.VERSION} has no _post_phase_cmds"
    return None


def words_of(code):
    """Names and texts in a function and in those that it defines; a module that it imports is a name too."""
    inner = [words_of(const) for const in code.co_consts if isinstance(const, type(code))]
    return set(code.co_names).union((const for const in code.co_consts if isinstance(const, str)), *inner)


class Phases:
    """Stands between dblink and the processes it would start, for the package at hand."""

    def __init__(self, clock):
        self.clock = clock
        self.scheduler = SchedulerInterface(asyncio._safe_loop())
        self.pending = {}
        self.mtimes = {}
        self.update = env_update_module.env_update
        self.checks = dict(doebuild._post_phase_cmds)
        vartree.EbuildPhase = self._phase
        vartree.MiscFunctionsProcess = self._misc
        env_update_module.env_update = self._put_off

    def begin(self, package, settings, ebuild, bindb):
        self.package, self.settings, self.ebuild, self.bindb = package, settings, ebuild, bindb
        with open(os.path.join(os.path.dirname(ebuild), "environment.bz2"), "rb") as opened:
            self.saved = bz2.decompress(opened.read())
        self.extracted = False
        self.all = bool(own_bashrcs(settings, package, self.clock))
        for phase in ("preinst", "postinst"):
            if self.all or self._check_needed(phase):
                doebuild._post_phase_cmds[phase] = self.checks[phase]
            else:
                doebuild._post_phase_cmds.pop(phase, None)

    def end(self):
        self.saved = b""

    def pretend(self):
        if self.package.eapi in ("0", "1", "2", "3") or "pretend" not in self.package.defined_phases:
            return 0
        portage.doebuild_environment(self.ebuild, "pretend", settings=self.settings, db=self.bindb)
        failed = self._run(EbuildPhase, phase="pretend")
        portage.doebuild_environment(self.ebuild, "setup", settings=self.settings, db=self.bindb)
        # What it left must not be what pkg_setup begins with.
        shutil.rmtree(self.settings["T"])
        portage.prepare_build_dirs(self.settings["ROOT"], self.settings, 1)
        self.extracted = False
        return failed

    def setup(self):
        if not self._defines("setup"):
            return 0
        return self._real(EbuildPhase, phase="setup")

    def _phase(self, phase, settings, **kwargs):
        """In place of EbuildPhase where dblink makes one."""
        if settings is not self.settings:
            return EbuildPhase(phase=phase, settings=settings, **kwargs)
        if phase == "instprep" and not self._prepares():
            return Done(0)
        if phase == "clean" and not self.all:
            return Done(0, lambda: shutil.rmtree(settings["PORTAGE_BUILDDIR"]))
        if phase == "preinst":
            if not self._defines(phase) and not doebuild._post_phase_cmds.get(phase):
                return Done(0, self._set_modes)
            return Done(0, lambda: self._real(EbuildPhase, phase=phase) or self._set_modes())
        if phase == "postinst" and not self._defines(phase) and not doebuild._post_phase_cmds.get(phase):
            return Done(0)
        return Done(0, lambda: self._real(EbuildPhase, phase=phase))

    def _misc(self, commands, settings, **kwargs):
        """In place of MiscFunctionsProcess where dblink makes one."""
        if settings is self.settings and not self.all:
            if commands == ["preinst_mask"]:
                return Done(0, self._mask)
            if commands == ["success_hooks"] and b"EBUILD_SUCCESS_HOOKS" not in self._environment():
                return Done(0)
        if settings is self.settings:
            self._extract()
        return MiscFunctionsProcess(commands=commands, settings=settings, **kwargs)

    def _real(self, kind, **kwargs):
        self.update_environment(self.settings, None)
        self._extract()
        return self._run(kind, **kwargs)

    def _run(self, kind, **kwargs):
        process = kind(background=False, scheduler=self.scheduler, settings=self.settings, **kwargs)
        process.start()
        return process.wait()

    def _defines(self, phase):
        """The package, or a bashrc whose functions were saved with it, or a bashrc that is sourced now."""
        if self.all or phase in self.package.defined_phases:
            return True
        return re.search(rb"^(?:pre_|post_)?pkg_" + phase.encode() + rb" *\(\)", self.saved, re.MULTILINE) is not None

    def _prepares(self):
        features = self.settings.features
        compresses = self.settings.get("PORTAGE_COMPRESS", "bzip2") and "binpkg-docompress" not in features
        return self.all or "chflags" in features or compresses or "binpkg-dostrip" not in features

    def _check_needed(self, phase):
        """Checks after preinst and postinst: Portage's own looks after caches of desktops; others may be anywhere."""
        features = self.settings.features
        if phase == "preinst" and ("suidctl" in features or "selinux" in features):
            return True
        places = [f"/usr/local/lib/{phase}-qa-check.d", f"/usr/lib/{phase}-qa-check.d", f"/usr/lib/portage/{phase}-qa-check.d"]
        places += [os.path.join(repo.location, "metadata", f"{phase}-qa-check.d") for repo in self.settings.repositories]
        places.append(os.path.join(self.settings["PORTAGE_BIN_PATH"], f"{phase}-qa-check.d"))
        if any(os.path.basename(path) != OWN_CHECK for place in places for path in glob.glob(place + "/*")):
            return True
        there = any(os.path.isdir(os.path.join(self.settings["ED"], folder)) for folder in DESKTOP_FOLDERS)
        return there and any(portage.process.find_binary(program) for program in DESKTOP)

    def _environment(self):
        if not self.extracted:
            return self.saved
        with open(os.path.join(self.settings["T"], "environment"), "rb") as opened:
            return opened.read()

    def _extract(self):
        """The saved environment where ebuild.sh looks for it, marked as one that it has to filter."""
        if self.extracted:
            return
        path = os.path.join(self.settings["T"], "environment")
        with open(path, "wb") as opened:
            opened.write(self.saved)
        with open(path + ".raw", "wb"):
            pass
        self.extracted = True

    def _mask(self):
        mask = self.settings.get("INSTALL_MASK", "").split()
        mask += [f"/usr/share/{name}" for name in ("man", "info", "doc") if "no" + name in self.settings.features]
        if mask:
            with open(os.path.join(os.path.dirname(self.ebuild), "INSTALL_MASK"), "w", encoding="utf-8") as opened:
                opened.write(" ".join(mask) + "\n")

    def _set_modes(self):
        """FEATURES=sfperms: nobody reads a set-uid file that he only may run."""
        if "sfperms" not in self.settings.features:
            return 0
        for base, _, names in os.walk(self.settings["ED"]):
            for name in names:
                path = os.path.join(base, name)
                mode = os.lstat(path).st_mode
                if not stat.S_ISREG(mode) or not mode & (stat.S_ISUID | stat.S_ISGID):
                    continue
                both = mode & stat.S_ISUID and mode & stat.S_ISGID
                taken = stat.S_IROTH if both or not mode & stat.S_ISUID else stat.S_IRGRP | stat.S_IROTH
                os.chmod(path, stat.S_IMODE(mode) & ~taken)
        return 0

    def _put_off(self, makelinks=1, target_root=None, prev_mtimes=None, contents=None, env=None, writemsg_level=None, vardbapi=None):
        """In place of env_update: remembers what there is to do. What /etc/env.d says is needed at once: CONFIG_PROTECT."""
        self.pending.setdefault(target_root, ({}, vardbapi))[0].update(contents or {})
        variables = os.path.join(target_root, "etc/env.d") + "/"
        if any(path.startswith(variables) for path in contents or ()):
            self.update(makelinks=0, target_root=target_root, prev_mtimes={}, contents=contents, env=env, vardbapi=vardbapi)

    def update_environment(self, settings, vardb, last=False):
        root = settings["ROOT"]
        contents, known = self.pending.pop(root, ({}, vardb))
        if contents or (last and root in self.mtimes):
            self.update(
                target_root=root,
                prev_mtimes=self.mtimes.setdefault(root, {}),
                contents=None if last else contents,
                env=settings,
                vardbapi=known,
            )

    def forget(self, settings):
        """What is known of ROOT's library folders: whoever goes on with it elsewhere would not know it either."""
        self.mtimes.pop(settings["ROOT"], None)


class Done:
    """A phase without a process."""

    def __init__(self, status, work=None):
        self.status, self.work = status, work

    def start(self):
        if self.work is not None:
            self.status = self.work() or 0

    def wait(self):
        return self.status


def own_bashrcs(settings, package, clock):
    """What is sourced in every phase besides our own lines: then nobody can know which phases it stands for."""
    folder = os.path.join(settings["PORTAGE_CONFIGROOT"], "etc/portage")
    names = (package.cpv.cp.split("/")[1], f"{package.cpv.cp.split('/')[1]}:{package.slot}", settings["P"], package.pf)
    found = [*settings._pbashrc]
    found += [path for name in names if os.path.isfile(path := os.path.join(folder, "env", package.category, name))]
    bashrc = os.path.join(folder, "bashrc")
    if os.path.isfile(bashrc):
        with open(bashrc, "rb") as opened:
            if opened.read() != clock.encode():
                found.append(bashrc)
    return found
