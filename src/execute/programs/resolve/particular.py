"""What the machine has for single packages: patches, saved configurations, bashrcs and hooks."""

import glob
import os

import portage
from digests import file_digest, tree_digest

# What Portage reads below /etc/portage; every other file there is there for a bashrc.
PORTAGE_READS = frozenset(
    "make.conf make.profile profile repos.conf binrepos.conf sets env patches savedconfig categories mirrors modules "
    "color.map license_groups bashrc hooks suidctl.conf gnupg".split()
)


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
