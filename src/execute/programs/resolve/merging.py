"""What decides what merging a binary package does in a root, besides the package itself and the bashrcs.

Read in Portage 3.0.83: lib/portage/dbapi/vartree.py (dblink), dbapi/_MergeProcess.py, package/ebuild/doebuild.py and
prepare_build_dirs.py, util/install_mask.py, util/env_update.py, util/_dyn_libs, gpkg.py, _emerge/Binpkg.py,
EbuildMerge.py and EbuildPhase.py, bin/ebuild.sh, phase-functions.sh and misc-functions.sh.
"""

import json

from digests import sha256_of
from environment import NOISE, NOISY_PREFIXES, sorted_words

# What Portage itself reads while it merges and does not hand to phases (special_env_vars.environ_filter).
READ_BY_PORTAGE = (
    "CONFIG_PROTECT",  # dblink.isprotected: which files get ._cfg names
    "CONFIG_PROTECT_MASK",
    "NOCONFMEM",  # dblink.mergeme: what was once refused is offered again
    "COLLISION_IGNORE",  # dblink._collision_protect
    "UNINSTALL_IGNORE",  # dblink._unmerge_pkgfiles, for a package that another one takes the place of
    "PORTAGE_PACKAGE_EMPTY_ABORT",  # dblink.treewalk
    "PORTAGE_CHECKSUM_FILTER",  # which digests are held against each other
    "INFODIR",  # dblink._unmerge_pkgfiles, emerge's info directories
    "INFOPATH",
)

# What Portage or its bash reads while merging and phases see too; a saved environment has the first five only as they
# were when the package was made, and Portage reads its own.
READ_BY_BOTH = (
    "INSTALL_MASK",  # misc-functions.sh preinst_mask, dblink.treewalk
    "FEATURES",  # collision-protect, protect-owned, preserve-libs, config-protect-if-modified, xattr, no{doc,man,info} …
    "CHOST",  # env_update: which ldconfig
    "CBUILD",
    "LD_LIBRARY_PATH",  # getlibpaths, for libraries to be preserved
    "PORTAGE_XATTR_EXCLUDE",  # dblink._needs_move, gpkg's extraction
    "PORTAGE_WORKDIR_MODE",  # prepare_build_dirs
    "PORTAGE_INST_UID",  # doebuild._post_src_install_uid_fix
    "PORTAGE_INST_GID",
    "PORTAGE_USERNAME",
    "PORTAGE_GRPNAME",
)


def merging(settings):
    """Digest of the settings of one package (after setcpv, so with its package.env), which mean the same on every host.

    Of what a phase sees, the package's saved environment decides, except for the names that config.environ() passes on
    though there is one (special_env_vars.environ_whitelist): of these, ebuild.sh takes readonly ones, FEATURES and the
    locale from the settings.
    """
    names = {*READ_BY_PORTAGE, *READ_BY_BOTH}
    for name in settings:
        if name in NOISE or name.startswith(NOISY_PREFIXES):
            continue
        if name in settings._environ_whitelist or settings._environ_whitelist_re.match(name):
            names.add(name)
    values = {name: settings.get(name, "") for name in sorted(names)}
    return sha256_of(json.dumps({name: sorted_words(name, value) for name, value in values.items() if value}))
