"""Asks Portage what an empty ROOT needs, and writes the answer as JSON.

Runs in a container of the builder, with the machine's /etc/portage, ROOT set to an empty folder:

    resolve.py OUT ATOM...

OUT/resolved.json gets {"packages": [...]}: every package that Portage would build, for the empty root and, where the
builder lacks something that building needs, for "/", in merge order. What Portage prints about a failure goes to
stdout and stderr as emerge would show it; exit 1 then.

Facts used: _emerge.depgraph (Portage 3.0.83), the digraph keeps {node: ({child: [priorities]}, {parent: ...}, node)}.
"""

import glob
import hashlib
import json
import os
import subprocess
import sys

import portage
from _emerge.actions import load_emerge_config
from _emerge.create_depgraph_params import create_depgraph_params
from _emerge.depgraph import backtrack_depgraph
from _emerge.main import parse_opts
from _emerge.Package import Package
from _emerge.stdout_spinner import stdout_spinner

# Set by the host, by the run or by Portage for its own use: they change between hosts without changing what is built.
# The job counts are among them on purpose. What decides what a package becomes (flags, USE, FEATURES) stays, and so does
# every name that is not listed here: one too many costs a compilation, one too few gives a wrong package.
NOISE = frozenset(
    "A AA BUILD_ID BUILD_PREFIX CATEGORY COLUMNS D DISTDIR EBUILD EBUILD_MASTER_PID ECLASS_DEPTH ECLASSDIR ED "
    "EMERGE_FROM EMERGE_DEFAULT_OPTS EPREFIX EROOT ESYSROOT EBUILD_PHASE EBUILD_PHASE_FUNC FILESDIR HOME IUSE "
    "IUSE_EFFECTIVE KV LESS LOGNAME MAKEFLAGS MAKEOPTS MERGE_TYPE NINJAOPTS NO_COLOR NOCOLOR OLDPWD P PAGER PATH PF "
    "PKGDIR PKGUSE PKG_LOGDIR PN PORTDIR PR PREROOTPATH PV PVR PWD PYTHONDONTWRITEBYTECODE REPLACING_VERSIONS ROOT "
    "ROOTPATH SHELL SHLVL SOURCE_DATE_EPOCH SYSROOT T TERM TMP TMPDIR TEMP TZ USER WORKDIR XARGS "
    "USE GENTOO_MIRRORS ACCEPT_LICENSE EDITOR INHERITED KEYWORDS LICENSE RESTRICT PROPERTIES SLOT "
    "DEFINED_PHASES DESCRIPTION HOMEPAGE REQUIRED_USE SRC_URI DEPEND BDEPEND RDEPEND PDEPEND IDEPEND EAPI "
    # Portage's own: where things are, who it is, what it says, what follows from names above.
    "PORTAGE_ACTUAL_DISTDIR PORTAGE_ARCHLIST PORTAGE_BASHRC PORTAGE_BASHRC_FILES PORTAGE_BINPKG_FILE "
    "PORTAGE_BINPKG_TMPFILE PORTAGE_BIN_PATH PORTAGE_BUILDDIR PORTAGE_BUILD_GROUP PORTAGE_BUILD_USER PORTAGE_COLORMAP "
    "PORTAGE_COMPRESSION_COMMAND PORTAGE_CONFIGROOT PORTAGE_COUNTER_HASH PORTAGE_DEBUG PORTAGE_DEPCACHEDIR "
    "PORTAGE_EBUILD_EXIT_FD PORTAGE_EBUILD_EXIT_FILE PORTAGE_ECLASS_LOCATIONS PORTAGE_FEATURES PORTAGE_GID "
    "PORTAGE_GRPNAME PORTAGE_INST_GID PORTAGE_INST_UID PORTAGE_INTERNAL_CALLER PORTAGE_IPC_ALIVE_FD "
    "PORTAGE_IPC_DAEMON PORTAGE_IUSE PORTAGE_LOG_FILE PORTAGE_NICENESS PORTAGE_OVERRIDE_EPREFIX PORTAGE_PIPE_FD "
    "PORTAGE_PROPERTIES PORTAGE_PYM_PATH PORTAGE_PYTHON PORTAGE_PYTHONPATH PORTAGE_QUIET PORTAGE_REPO_NAME "
    "PORTAGE_REPO_REVISIONS PORTAGE_REPOSITORIES PORTAGE_RESTRICT PORTAGE_SCHEDULING_POLICY "
    "PORTAGE_SCHEDULING_PRIORITY PORTAGE_SOCKS5_PROXY PORTAGE_TMPDIR PORTAGE_UPDATE_ENV PORTAGE_USERNAME "
    "PORTAGE_VERBOSE PORTDIR_OVERLAY RPMDIR PKG_TMPDIR PM_EBUILD_HOOK_DIR BASH_ENV LD_PRELOAD SANDBOX_LOG COLORTERM "
    "DISPLAY LESSOPEN LS_COLORS TERMCAP ftp_proxy http_proxy https_proxy no_proxy".split()
)
NOISY_PREFIXES = ("__PORTAGE", "BASH_FUNC_", "BINPKG_GPG_", "GPG_VERIFY_", "FETCHCOMMAND", "RESUMECOMMAND")

# What Portage reads below /etc/portage; every other file there is there for a bashrc.
PORTAGE_READS = frozenset(
    "make.conf make.profile profile repos.conf binrepos.conf sets env patches savedconfig categories mirrors modules "
    "color.map license_groups bashrc hooks suidctl.conf gnupg".split()
)


def sha256_of(*chunks):
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk if isinstance(chunk, bytes) else chunk.encode("utf-8", "surrogateescape"))
        digest.update(b"\0")
    return digest.hexdigest()


def file_digest(path):
    with open(path, "rb") as opened:
        return sha256_of(opened.read())


def tree_digest(folder):
    """One digest for names and contents below a folder; empty text where there is none."""
    if not os.path.isdir(folder):
        return ""
    parts = []
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(base, name)
            parts.append(os.path.relpath(path, folder))
            parts.append(os.readlink(path) if os.path.islink(path) else file_digest(path))
    return sha256_of(*parts)


def flags_of(package):
    return sorted(package.use.enabled)


def node_id(package, target):
    where = "target" if package.root == target else "builder"
    return f"{where}:{package.cpv}"


def etc_portage(settings, *below):
    return os.path.join(settings["PORTAGE_CONFIGROOT"], "etc/portage", *below)


def names_of(package):
    """PN, P and the revision, r0 without one, as an ebuild has them."""
    _, name, version, revision = portage.catpkgsplit(package.cpv)
    return name, f"{name}-{version}", revision


def user_patches(settings, package):
    """What eapply_user looks at: CATEGORY/{PN,P,P-PR}{,:SLOT} below /etc/portage/patches."""
    pn, p, revision = names_of(package)
    found = {}
    for name in (pn, p, f"{p}-{revision}"):
        for suffix in ("", ":" + package.slot):
            digest = tree_digest(etc_portage(settings, "patches", package.category, name + suffix))
            if digest:
                found[name + suffix] = digest
    return found


def saved_configuration(settings, package):
    """What savedconfig.eclass may take: {,CHOST/,CTARGET/}CATEGORY/{PF,P,PN}, a file or a folder; all begin with PN."""
    base = etc_portage(settings, "savedconfig")
    found = {}
    for above in {"", settings.get("CHOST", ""), settings.get("CTARGET", "")}:
        wanted = os.path.join(base, above, package.category, names_of(package)[0])
        for path in glob.glob(glob.escape(wanted) + "*"):
            found[os.path.relpath(path, base)] = tree_digest(path) or file_digest(path)
    return found


def bashrcs(settings, package):
    """Path → digest of what is sourced in every phase, and whether the machine's own files are among it.

    Portage names them for the phases only in doebuild_environment; these are the values it puts there. What a bashrc of
    the user sources in turn cannot be known: every file that Portage has no use for counts then.
    """
    pn, p, _ = names_of(package)
    hooks = [
        etc_portage(settings, "env", package.category, name) for name in (pn, f"{pn}:{package.slot}", p, package.pf)
    ]
    paths = [*settings._pbashrc, etc_portage(settings, "bashrc"), *hooks]
    # misc-functions.sh: run after every src_install.
    install_hooks = etc_portage(settings, "hooks")
    found = {path: file_digest(path) for path in sorted(set(paths)) if os.path.isfile(path)}
    if os.path.isdir(install_hooks):
        found[install_hooks] = tree_digest(install_hooks)
    own = any(path.startswith(etc_portage(settings, "")) for path in found)
    if own:
        for name in sorted(os.listdir(etc_portage(settings))):
            path = etc_portage(settings, name)
            if name in PORTAGE_READS or name.startswith("package."):
                continue
            found[path] = tree_digest(path) if os.path.isdir(path) else file_digest(path)
    suid = etc_portage(settings, "suidctl.conf")
    if os.path.isfile(suid):
        found[suid] = file_digest(suid)
    return found, own


def environment(settings):
    values = {}
    for name, value in settings.environ().items():
        if name in NOISE or name.startswith(NOISY_PREFIXES):
            continue
        values[name] = " ".join(sorted(value.split())) if name == "FEATURES" else value
    return values


def made_from(trees, target, package):
    """Everything that decides what this ebuild becomes, except its build dependencies; and whether any of it is meant,
    or may be meant, for this package alone.

    The settings are those of the target for packages of "/" too: they are compiled in one container with one
    configuration, while here the environment (FEATURES …) reaches only the target's settings.
    """
    portdb = trees[target]["porttree"].dbapi
    ebuild = portdb.findname(package.cpv, myrepo=package.repo)
    repository = portdb.repositories[package.repo]
    settings = portage.config(clone=trees[target]["vartree"].settings)
    settings.setcpv(package)
    patches = user_patches(settings, package)
    sourced, own = bashrcs(settings, package)
    saved = saved_configuration(settings, package) if "savedconfig" in (package.inherited or ()) else {}
    eclasses = {}
    for name in sorted((package.inherited or ())):
        eclass = repository.eclass_db.eclasses.get(name)
        if eclass is not None:
            eclasses[name] = file_digest(eclass.location)
    made = {
        "ebuild": file_digest(ebuild),
        "eclasses": eclasses,
        "filesdir": tree_digest(os.path.join(os.path.dirname(ebuild), "files")),
        "manifest": {name: digests.get("SHA512") or digests.get("BLAKE2B") for name, digests in distfiles(portdb, package).items()},
        "environment": environment(settings),
        "patches": patches,
        "bashrcs": sourced,
        "savedconfig": saved,
    }
    return made, bool(patches or own or saved or settings._penv)


def distfiles(portdb, package):
    """name → digests of what SRC_URI wants with these USE flags."""
    wanted = portdb.getFetchMap(package.cpv, useflags=flags_of(package), mytree=portdb.getRepositoryPath(package.repo))
    ebuild = portdb.findname(package.cpv, myrepo=package.repo)
    manifest = portdb.repositories[package.repo].load_manifest(os.path.dirname(ebuild), portdb.settings["DISTDIR"])
    digests = manifest.getTypeDigests("DIST")
    return {name: digests.get(name, {}) for name in sorted(wanted)}


def installed_digest(vardb, cpv):
    """Identity of what is installed in the builder: names and contents of its files, USE; no times."""
    contents = vardb._dblink(cpv).getcontents()
    rows = []
    for path in sorted(contents):
        kind, *rest = contents[path]
        rows.append(f"{kind} {path} {rest[1] if kind == 'obj' else rest[1] if kind == 'sym' else ''}")
    return sha256_of(*rows, *sorted(vardb.aux_get(cpv, ["USE"])[0].split()))


def kind_of(priority):
    kinds = []
    if priority.buildtime or priority.buildtime_slot_op:
        kinds.append("build")
    if priority.runtime or priority.runtime_slot_op:
        kinds.append("run")
    if priority.runtime_post:
        kinds.append("post")
    if priority.installtime:
        kinds.append("install")
    return kinds


def describe(package, graph, trees, target):
    needs = []
    for child, priorities in graph.nodes.get(package, ({},))[0].items():
        if not isinstance(child, Package):
            continue
        kinds = sorted({kind for priority in priorities for kind in kind_of(priority)})
        needs.append({"id": node_id(child, target), "kinds": kinds})
    entry = {
        "id": node_id(package, target),
        "cpv": str(package.cpv),
        "name": str(package.cp),
        "version": str(package.cpv)[len(package.cp) + 1 :],
        "slot": package.slot,
        "subslot": package.sub_slot or package.slot,
        "repository": package.repo,
        "use": flags_of(package),
        "needs": sorted(needs, key=lambda need: need["id"]),
    }
    if package.installed:
        entry["installed"] = installed_digest(trees[package.root]["vartree"].dbapi, package.cpv)
    else:
        entry["madeFrom"], entry["particular"] = made_from(trees, target, package)
        portdb = trees[target]["porttree"].dbapi
        entry["distfiles"] = sorted(distfiles(portdb, package))
        entry["restrict"] = sorted(package.restrict) if hasattr(package, "restrict") else []
    return entry


def installed_packages(vardb, asked):
    """What the builder has; with its identity where a package of that name is in the answer."""
    rows = []
    for cpv in vardb.cpv_all():
        slot, use = vardb.aux_get(cpv, ["SLOT", "USE"])
        row = {"cpv": str(cpv), "name": str(cpv.cp), "slot": slot.split("/")[0], "use": sorted(use.split())}
        if cpv.cp in asked:
            row["digest"] = installed_digest(vardb, cpv)
        rows.append(row)
    return sorted(rows, key=lambda row: row["cpv"])


def toolchain(settings, vardb):
    """What compiles, named by nobody's DEPEND: the programs' own words, and the packages that bring them."""
    chost = settings.get("CHOST", "")
    answers = {}
    for name in ("gcc", "g++", "ld", "clang", "rustc", "go"):
        for program in (f"{chost}-{name}", name):
            try:
                done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
            except FileNotFoundError:
                continue
            answers[name] = done.stdout.split("\n")[0]
            break
    for name in ("sys-devel/gcc", "sys-devel/binutils", "sys-libs/glibc", "sys-libs/musl", "llvm-core/clang", "dev-lang/rust"):
        for cpv in vardb.match(name):
            answers[f"{name} {cpv}"] = " ".join(vardb.aux_get(cpv, ["SLOT", "USE"]))
    return answers


def main():
    out, atoms = sys.argv[1], sys.argv[2:]
    _, options, atoms = parse_opts(["--ignore-default-opts", "--oneshot", "--backtrack=50", "--with-bdeps=y", *atoms])
    config = load_emerge_config(action=None, args=atoms, opts=options)
    target = config.target_config.root
    settings, trees = config.target_config.settings, config.trees
    success, depgraph, _ = backtrack_depgraph(
        settings, trees, options, create_depgraph_params(options, None), None, atoms, stdout_spinner()
    )
    if not success:
        depgraph.display_problems()
        return 1
    merges = [node for node in depgraph.altlist() if isinstance(node, Package) and node.operation == "merge"]
    blockers = [node for node in depgraph.altlist() if not isinstance(node, Package) and not getattr(node, "satisfied", True)]
    if blockers:
        depgraph.display(depgraph.altlist(), favorites=[])
        depgraph.display_problems()
        return 1
    graph = depgraph._dynamic_config.digraph
    ordered = {package: None for package in merges}
    for package in graph:
        if isinstance(package, Package) and package.installed:
            ordered.setdefault(package)
    answer = {
        "packages": [describe(package, graph, trees, target) for package in ordered],
        "installed": installed_packages(
            trees[config.running_config.root]["vartree"].dbapi, {package.cp for package in ordered}
        ),
        "toolchain": toolchain(settings, trees[config.running_config.root]["vartree"].dbapi),
    }
    with open(os.path.join(out, "resolved.json"), "w", encoding="utf-8") as opened:
        json.dump(answer, opened)
    return 0


if __name__ == "__main__":
    sys.exit(main())
