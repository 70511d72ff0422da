"""Merges binary packages into ROOT in a given order, with Portage's own code for each, in one process.

Runs in a container of the builder, with the machine's /etc/portage, ROOT set:

    python3 assemble PLAN

PLAN is JSON: {"helpers": ["cat/pkg-1"], "segments": [[{"cpv": "cat/pkg-1", "root": "target" or "builder"}]], "before": N,
"total": N, "isWhole": BOOL, "clock": TEXT, "epoch": SECONDS, "workers": N, "settle": as in settle.py, or missing}. `before` of
`total` packages were merged when ROOT was begun elsewhere, and `helpers` are those of them that are wanted in `/` again;
`isWhole`: nothing comes after these segments; `clock` is what we put into bashrc ourselves, for the time `epoch`; with
`settle` ROOT is made a machine's own in the end.

After each segment ROOT is as if it had been begun elsewhere: env-update and ldconfig have run, what differs from run to run
is out of it (normalise.py), and nothing of it is remembered but what is in it. So a root is the same, wherever between two
segments another container went on with it.

What `emerge --usepkgonly` does besides: nothing is resolved again (the order is Portage's answer already; in the end
every dependency and blocker of what was merged is checked), packages are unpacked ahead by processes of their own, phases
that nobody defined start no bash (see phases.py), and env-update and ldconfig run before the next phase that
could see them and after each segment. dblink.merge does the rest, as for emerge: collisions, CONFIG_PROTECT, INSTALL_MASK,
/var/db/pkg. Where build logs are left, that is said in the end.

Exit: 0 · 1 a package failed, with emerge's words, or ROOT is not what it has to be · 3 this Portage is another one than this
program knows: nothing was touched, and the caller lets emerge do the work.

Facts used: Portage 3.0.83, portage.dbapi.vartree.dblink.treewalk and _emerge.Binpkg.
"""

import glob
import itertools
import json
import os
import shutil
import sys

# normalise.py and settle.py stand beside this folder.
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from unpack import Unpackers

UNKNOWN_PORTAGE = 3

LOGS_LEFT = ">>> Build logs are left"


def build_folder(cpv):
    return os.path.join(os.environ["PORTAGE_TMPDIR"], "portage", cpv)


def package_file(cpv):
    return os.path.join(os.environ["PKGDIR"], cpv + ".gpkg.tar")


class Assembly:
    def __init__(self, config, clock):
        from phases import Phases

        self.roots = {"target": config.target_config, "builder": config.running_config}
        self.phases = Phases(clock)

    def settings_of(self, where):
        """Fresh for each package: dblink leaves in it what emerge's forked process would take with it."""
        import portage

        settings = portage.config(clone=self.roots[where].settings)
        settings.reload()
        settings.reset()
        return settings

    def merge(self, cpv, where):
        """@return: 0, or what dblink.merge says of a failure"""
        import portage
        from portage.package.ebuild.prepare_build_dirs import prepare_build_dirs

        root_config = self.roots[where]
        info = os.path.join(build_folder(cpv), "build-info")
        package = read_package(cpv, info, root_config)
        settings = self.settings_of(where)
        # Of "/" the settings have their own, and setcpv forgets what is not among the values to begin anew with.
        settings["PORTAGE_TMPDIR"] = os.environ["PORTAGE_TMPDIR"]
        settings.backup_changes("PORTAGE_TMPDIR")
        settings.setcpv(package)
        ebuild = os.path.join(info, package.pf + ".ebuild")
        bindb = root_config.trees["bintree"].dbapi
        portage.doebuild_environment(ebuild, "setup", settings=settings, db=bindb)
        if settings["PORTAGE_BUILDDIR"] != build_folder(cpv):
            raise AssertionError(f"{settings['PORTAGE_BUILDDIR']} is not {build_folder(cpv)}")
        settings["PORTAGE_BUILDDIR_LOCKED"] = "1"
        settings.configdict["pkg"]["EMERGE_FROM"] = "binary"
        settings.configdict["pkg"]["MERGE_TYPE"] = "binary"
        settings["REPLACING_VERSIONS"] = ""
        settings["PORTAGE_BINPKG_FILE"] = package_file(cpv)
        prepare_build_dirs(settings["ROOT"], settings, 1)
        self.phases.begin(package, settings, ebuild, bindb)
        failed = self.phases.pretend() or self.phases.setup()
        if not failed:
            link = portage.dblink(
                package.category,
                package.pf,
                settings=settings,
                treetype="bintree",
                vartree=root_config.trees["vartree"],
                scheduler=self.phases.scheduler,
            )
            failed = link.merge(
                settings["D"], info, myebuild=ebuild, mydbapi=bindb, prev_mtimes={}
            )
        log = settings.get("PORTAGE_LOG_FILE")
        if not failed and log and "binpkg-logs" not in settings.features:
            try:
                os.unlink(log)
            except FileNotFoundError:
                pass
        self.phases.end()
        return failed

    def close_segment(self, epoch, settled):
        """@param settled: whether what is done with ROOT after it does the last of this too"""
        from normalise import normalise

        target = self.roots["target"]
        self.phases.update_environment(target.settings, target.trees["vartree"].dbapi, last=True)
        self.phases.forget(target.settings)
        if not settled:
            normalise(target.root, epoch, leave=(os.path.basename(os.environ["PORTAGE_TMPDIR"]),))
        # Portage knows an unchanged folder by its time.
        target.trees["vartree"].dbapi._clear_cache()

    def finish(self):
        """What emerge does once after everything; and what it asked of the dependencies before."""
        from check import unsatisfied

        target = self.roots["target"]
        update_info_files(target)
        vardb = target.trees["vartree"].dbapi
        return unsatisfied(vardb, vardb.cpv_all())


def update_info_files(root_config):
    """The index of GNU info pages, as emerge makes it again after the last package."""
    from portage.util._info_files import chk_updated_info_files

    settings = root_config.settings
    settings.unlock()
    settings.reload()
    settings.regenerate()
    settings.lock()
    folders = (settings.get("INFOPATH", "") + ":" + settings.get("INFODIR", "")).split(":")
    if "noinfo" not in settings.features:
        chk_updated_info_files(root_config.root, folders, {})


def read_package(cpv, info, root_config):
    """The package as emerge has it, from the metadata that was unpacked."""
    from _emerge.Package import Package
    from portage.versions import _pkg_str

    metadata = {}
    for key in Package.metadata_keys:
        try:
            with open(os.path.join(info, key), encoding="utf-8", errors="replace") as opened:
                metadata[key] = " ".join(opened.read().split())
        except FileNotFoundError:
            metadata[key] = ""
    for name, value in (("CATEGORY", cpv.split("/")[0]), ("PF", cpv.split("/")[1])):
        if not os.path.exists(os.path.join(info, name)):
            with open(os.path.join(info, name), "w", encoding="utf-8") as opened:
                opened.write(value + "\n")
    bindb = root_config.trees["bintree"].dbapi
    return Package(
        built=True,
        cpv=_pkg_str(cpv, metadata=metadata, settings=root_config.settings, db=bindb),
        installed=False,
        metadata=metadata,
        root_config=root_config,
        type_name="binary",
    )


def merge_all(plan, packages, unpackers):
    """@return: the exit status"""
    from phases import unknown_portage

    problem = unknown_portage()
    if problem:
        print(f"assemble: {problem}", flush=True)
        return UNKNOWN_PORTAGE
    import portage.output
    from _emerge.actions import adjust_configs, load_emerge_config

    # How many of them are merged when a segment is.
    helpers = len(plan["helpers"])
    ends = list(itertools.accumulate(map(len, plan["segments"]), initial=helpers))[1:]
    # Phases are to see what emerge shows them.
    portage._internal_caller = True
    config = load_emerge_config(opts={})
    adjust_configs(config.opts, config.trees)
    portage.output.nocolor()
    assembly = Assembly(config, plan["clock"])
    for number, entry in enumerate(packages):
        cpv, where = entry["cpv"], entry["root"]
        done = plan["before"] + max(0, number - helpers)
        print(f">>> Installing ({done + 1} of {plan['total']}) {cpv}", flush=True)
        problem = unpackers.wait(number)
        if problem:
            print(f"!!! {problem}", flush=True)
        if problem or assembly.merge(cpv, where):
            print(f">>> Failed to install {cpv}, Log file:", flush=True)
            return 1
        if number + 1 in ends:
            assembly.close_segment(plan["epoch"], settled="settle" in plan and number + 1 == ends[-1])
    wrong = assembly.finish() if plan["isWhole"] else []
    return told(wrong)


def told(wrong):
    for line in wrong:
        print(f"!!! {line}", flush=True)
    return 1 if wrong else 0


def main():
    with open(sys.argv[1], encoding="utf-8") as opened:
        plan = json.load(opened)
    helpers = [{"cpv": cpv, "root": "builder"} for cpv in plan["helpers"]]
    packages = helpers + [entry for segment in plan["segments"] for entry in segment]
    os.makedirs(os.environ["PORTAGE_TMPDIR"], exist_ok=True)
    # Unpacking begins while Portage reads its configuration.
    unpackers = Unpackers(
        [(package_file(entry["cpv"]), build_folder(entry["cpv"])) for entry in packages], plan["workers"]
    )
    status = 1
    try:
        status = merge_all(plan, packages, unpackers)
    finally:
        unpackers.close()
        # The shell that looks at a failed package finds its folder, as after emerge.
        if status != 1:
            shutil.rmtree(os.environ["PORTAGE_TMPDIR"])
    if status == 0 and "settle" in plan:
        from settle import settle

        problem = settle(os.environ["ROOT"], plan["settle"])
        status = told([problem] if problem else [])
    if glob.glob(os.path.join(glob.escape(os.environ["PORTAGE_LOGDIR"]), "*.log")):
        print(LOGS_LEFT, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
