"""What an ebuild is made from, build dependencies aside, and what merging its package takes besides."""

import os

import portage
from byhand import by_hand
from digests import file_digest, tree_digest
from environment import environment
from merging import merging
from particular import bashrcs, saved_configuration, user_patches


class Making:
    """Asks with the settings of the target for packages of "/" too: they are compiled in one container with one
    configuration, while here the environment (FEATURES …) reaches only the target's settings.
    """

    def __init__(self, trees):
        self.portdb = trees["porttree"].dbapi
        # One for all packages: setcpv begins anew with each.
        self.settings = portage.config(clone=trees["vartree"].settings)

    def of(self, package):
        settings = self.settings
        settings.setcpv(package)
        ebuild = self.ebuild(package)
        wanted = self.addresses(package)
        files = self.distfiles(ebuild, package, wanted)
        patches = user_patches(settings, package)
        sourced, own = bashrcs(settings, package)
        saved = saved_configuration(settings, package) if "savedconfig" in (package.inherited or ()) else {}
        return {
            "madeFrom": {
                "ebuild": file_digest(ebuild),
                "eclasses": self.eclasses(package),
                "filesdir": tree_digest(os.path.join(os.path.dirname(ebuild), "files")),
                "manifest": {name: digests.get("SHA512") or digests.get("BLAKE2B") for name, digests in files.items()},
                "environment": environment(settings),
                "patches": patches,
                "bashrcs": sourced,
                "savedconfig": saved,
            },
            "merging": merging(settings),
            # Meant, or perhaps meant, for this package alone.
            "particular": bool(patches or own or saved or settings._penv),
            "distfiles": sorted(files),
            "restrict": sorted(package.restrict),
            **by_hand(self.portdb, ebuild, settings, package, wanted),
        }

    def ebuild(self, package):
        return self.portdb.findname(package.cpv, myrepo=package.repo)

    def eclasses(self, package):
        known = self.portdb.repositories[package.repo].eclass_db.eclasses
        return {name: file_digest(known[name].location) for name in sorted(package.inherited or ()) if name in known}

    def addresses(self, package):
        """file → addresses, of what SRC_URI wants with these USE flags."""
        tree = self.portdb.getRepositoryPath(package.repo)
        return self.portdb.getFetchMap(package.cpv, useflags=sorted(package.use.enabled), mytree=tree)

    def distfiles(self, ebuild, package, wanted):
        """file → digests in the Manifest."""
        repository = self.portdb.repositories[package.repo]
        manifest = repository.load_manifest(os.path.dirname(ebuild), self.portdb.settings["DISTDIR"])
        digests = manifest.getTypeDigests("DIST")
        return {name: digests.get(name, {}) for name in sorted(wanted)}
