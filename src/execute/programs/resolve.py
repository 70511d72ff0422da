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
# The job counts are among them on purpose. What decides what a package becomes (flags, USE, FEATURES) stays.
NOISE = frozenset(
    "A AA BUILD_ID BUILD_PREFIX CATEGORY COLUMNS D DISTDIR EBUILD EBUILD_MASTER_PID ECLASS_DEPTH ECLASSDIR ED "
    "EMERGE_FROM EMERGE_DEFAULT_OPTS EPREFIX EROOT ESYSROOT EBUILD_PHASE EBUILD_PHASE_FUNC FILESDIR HOME IUSE "
    "IUSE_EFFECTIVE KV LESS LOGNAME MAKEFLAGS MAKEOPTS MERGE_TYPE NINJAOPTS NO_COLOR NOCOLOR OLDPWD P PAGER PATH PF "
    "PKGDIR PKGUSE PKG_LOGDIR PN PORTDIR PR PREROOTPATH PV PVR PWD PYTHONDONTWRITEBYTECODE REPLACING_VERSIONS ROOT "
    "ROOTPATH SHELL SHLVL SOURCE_DATE_EPOCH SYSROOT T TERM TMP TMPDIR TEMP TZ USER WORKDIR XARGS "
    "USE GENTOO_MIRRORS ACCEPT_LICENSE EDITOR INHERITED KEYWORDS LICENSE RESTRICT PROPERTIES SLOT "
    "DEFINED_PHASES DESCRIPTION HOMEPAGE REQUIRED_USE SRC_URI DEPEND BDEPEND RDEPEND PDEPEND IDEPEND EAPI".split()
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


def user_patches(settings, package):
    """What eapply_user would apply: CATEGORY/{PF,P-without-revision,PN}[:SLOT] below /etc/portage/patches."""
    base = os.path.join(settings["PORTAGE_CONFIGROOT"], "etc/portage/patches", package.category)
    pf, p, pn = package.pf, portage.catpkgsplit(package.cpv)[1] + "-" + portage.catpkgsplit(package.cpv)[2], package.cp.split("/")[1]
    found = {}
    for name in (pf, p, pn):
        for suffix in ("", ":" + package.slot, ":" + package.slot + "/" + (package.sub_slot or "")):
            folder = os.path.join(base, name + suffix)
            if os.path.isdir(folder):
                found[name + suffix] = tree_digest(folder)
    return found


def bashrcs(settings):
    paths = settings.get("PORTAGE_BASHRC_FILES", "").splitlines() + [settings.get("PORTAGE_BASHRC", "")]
    paths += glob.glob(os.path.join(settings["PORTAGE_CONFIGROOT"], "etc/portage/env", settings.mycpv.cp + "*"))
    return {path: file_digest(path) for path in sorted(set(paths)) if path and os.path.isfile(path)}


def environment(settings, package):
    settings.setcpv(package)
    values = {}
    for name, value in settings.environ().items():
        if name in NOISE or name.startswith(("PORTAGE_", "__PORTAGE", "BASH_FUNC_", "FETCHCOMMAND", "RESUMECOMMAND")):
            continue
        values[name] = " ".join(sorted(value.split())) if name == "FEATURES" else value
    return values


def made_from(trees, target, package):
    """Everything that decides what this ebuild becomes, except its build dependencies.

    The settings are those of the target for packages of "/" too: they are compiled in one container with one
    configuration, while here the environment (FEATURES …) reaches only the target's settings.
    """
    portdb = trees[target]["porttree"].dbapi
    ebuild = portdb.findname(package.cpv, myrepo=package.repo)
    repository = portdb.repositories[package.repo]
    settings = portage.config(clone=trees[target]["vartree"].settings)
    eclasses = {}
    for name in sorted((package.inherited or ())):
        eclass = repository.eclass_db.eclasses.get(name)
        if eclass is not None:
            eclasses[name] = file_digest(eclass.location)
    return {
        "ebuild": file_digest(ebuild),
        "eclasses": eclasses,
        "filesdir": tree_digest(os.path.join(os.path.dirname(ebuild), "files")),
        "manifest": {name: digests.get("SHA512") or digests.get("BLAKE2B") for name, digests in distfiles(portdb, package).items()},
        "environment": environment(settings, package),
        "patches": user_patches(settings, package),
        "bashrcs": bashrcs(settings),
    }


def distfiles(portdb, package):
    """name → digests of what SRC_URI wants with these USE flags."""
    wanted = portdb.getFetchMap(package.cpv, useflags=flags_of(package), mytree=portdb.getRepositoryPath(package.repo))
    ebuild = portdb.findname(package.cpv, myrepo=package.repo)
    manifest = portdb.repositories[package.repo].load_manifest(os.path.dirname(ebuild), portdb.settings["DISTDIR"])
    digests = manifest.getTypeDigests("DIST")
    return {name: digests.get(name, {}) for name in sorted(wanted)}


def installed_digest(trees, package):
    """Identity of what is installed in the builder: names and contents of its files, USE; no times."""
    vartree = trees[package.root]["vartree"].dbapi
    contents = vartree._dblink(package.cpv).getcontents()
    rows = []
    for path in sorted(contents):
        kind, *rest = contents[path]
        rows.append(f"{kind} {path} {rest[1] if kind == 'obj' else rest[1] if kind == 'sym' else ''}")
    return sha256_of(*rows, *flags_of(package))


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
        entry["installed"] = installed_digest(trees, package)
    else:
        entry["madeFrom"] = made_from(trees, target, package)
        portdb = trees[target]["porttree"].dbapi
        entry["distfiles"] = sorted(distfiles(portdb, package))
        entry["restrict"] = sorted(package.restrict) if hasattr(package, "restrict") else []
    return entry


def installed_packages(vardb):
    rows = []
    for cpv in vardb.cpv_all():
        slot, use = vardb.aux_get(cpv, ["SLOT", "USE"])
        rows.append({"cpv": str(cpv), "name": str(cpv.cp), "slot": slot.split("/")[0], "use": sorted(use.split())})
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
        "installed": installed_packages(trees[config.running_config.root]["vartree"].dbapi),
        "toolchain": toolchain(settings, trees[config.running_config.root]["vartree"].dbapi),
    }
    with open(os.path.join(out, "resolved.json"), "w", encoding="utf-8") as opened:
        json.dump(answer, opened)
    return 0


if __name__ == "__main__":
    sys.exit(main())
