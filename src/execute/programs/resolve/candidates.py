"""The ebuilds that an atom could mean, why each is not taken, and which lines of configuration would let it in."""

import portage
from _emerge.depgraph import _get_masking_status
from portage.dep import check_required_use, human_readable_required_use

# What a user changes most easily stands first.
EASE = {"LICENSE": 1, "KEYWORDS": 2, "package.mask": 3, "PROPERTIES": 4, "RESTRICT": 5}


def ebuilds(depgraph, root, atom):
    """Packages of every repository that the atom names, USE flags aside, newest first."""
    root_config = depgraph._frozen_config.roots[root]
    portdb = root_config.trees["porttree"].dbapi
    for cpv in reversed(portdb.xmatch("match-all-cpv-only", atom.without_use)):
        for repo in [atom.repo] if atom.repo else portdb.getRepositories(catpkg=atom.cp):
            if portdb.cpv_exists(cpv, myrepo=repo):
                package = depgraph._pkg(cpv, "ebuild", root_config, myrepo=repo)
                if atom.without_use.match(package):
                    yield package


class Candidate:
    """An ebuild, and what keeps Portage from taking it for an atom: masks, USE flags, REQUIRED_USE."""

    def __init__(self, depgraph, package, atom):
        self.package = package
        self.depgraph = depgraph
        self.settings = depgraph._frozen_config.pkgsettings[package.root]
        self.use = depgraph._pkg_use_enabled(package)
        self.masks = _get_masking_status(package, self.settings, package.root_config, use=self.use)
        self.missing_flags = missing_flags(package, atom)
        self.flags = {} if self.missing_flags else wrong_flags(package, self.use, atom)
        self.required_use = broken_required_use(package, self.use) if not self.masks else None

    def ease(self):
        """Sorts what is nearest to being acceptable first; of equals the newest stays first."""
        hardest = max((self.ease_of(mask) for mask in self.masks), default=0)
        return (bool(self.missing_flags), self.fixed_flags(), hardest, len(self.masks), bool(self.flags))

    def ease_of(self, mask):
        return 6 if mask.category == "KEYWORDS" and not mask.unmask_hint else EASE.get(mask.category, 9)

    def fixed_flags(self):
        """Whether a flag would have to change that the profile forces or masks."""
        return any(flag in self.package.use.mask or flag in self.package.use.force for flag in self.flags)

    def kind(self):
        if self.masks:
            kinds = {{"LICENSE": "license", "KEYWORDS": "keyword"}.get(mask.category, "masked") for mask in self.masks}
            return kinds.pop() if len(kinds) == 1 else "masked"
        if self.missing_flags or self.flags:
            return "use"
        return "required-use" if self.required_use else "masked"

    def as_data(self):
        return {"cpv": str(self.package.cpv), "repository": self.package.repo, "reasons": self.reasons()}

    def reasons(self):
        said = [self.reason(mask) for mask in self.masks]
        if self.missing_flags:
            said.append(f"it has no USE flag {' '.join(self.missing_flags)}")
        for flag, on in self.flags.items():
            fixed = ", and the profile does not let it change" if self.fixed_flags() else ""
            said.append(f"USE flag {flag} is {'off' if on else 'on'}{fixed}")
        if self.required_use:
            said.append(f"its flags break REQUIRED_USE: {human_readable_required_use(self.required_use)}")
        if not said:
            masked = self.depgraph._dynamic_config._runtime_pkg_mask.get(self.package)
            said.append(f"it does not go with the others ({', '.join(sorted(masked))})" if masked else "it was not taken")
        return said

    def reason(self, mask):
        if mask.category == "KEYWORDS":
            accepted = self.settings.get("ACCEPT_KEYWORDS", "")
            if mask.unmask_hint and mask.unmask_hint.value != "**":
                return f"its keyword is {mask.unmask_hint.value}, accepted is {accepted}"
            return f"it has no keyword for {self.settings['ARCH']} ({mask.message})"
        if mask.category == "LICENSE":
            return f"its license {' '.join(self.licenses())} is not accepted"
        if mask.category == "package.mask":
            comment, file = self.mask_comment()
            return " ".join(["masked in", file or "package.mask"]) + (f": {comment}" if comment else "")
        if mask.category == "EAPI":
            return f"this Portage does not know its {mask.message}"
        return f"masked: {mask.message}"

    def licenses(self):
        return sorted(self.settings._getMissingLicenses(self.package.cpv, self.package._metadata))

    def mask_comment(self):
        comment, file = portage.getmaskingreason(
            self.package.cpv,
            metadata=self.package._metadata,
            settings=self.settings,
            portdb=self.package.root_config.trees["porttree"].dbapi,
            return_location=True,
            myrepo=self.package.repo,
        )
        lines = [line.lstrip("#").strip() for line in (comment or "").splitlines()]
        return " ".join(line for line in lines if line), file

    def changes(self):
        """Ready lines, by file; none where no line of a file helps."""
        if self.missing_flags or self.fixed_flags() or self.required_use:
            return []
        found = []
        for mask in self.masks:
            if mask.category == "KEYWORDS":
                accepted = mask.unmask_hint.value if mask.unmask_hint else "**"
                found.append(change("package.accept_keywords", f"={self.package.cpv} {accepted}"))
            elif mask.category == "LICENSE":
                found.append(change("package.license", f"{self.package.cp} {' '.join(self.licenses())}"))
            elif mask.category == "package.mask":
                found.append(change("package.unmask", f"={self.package.cpv}"))
            elif mask.category == "PROPERTIES":
                names = sorted(self.settings._getMissingProperties(self.package.cpv, self.package._metadata))
                found.append(change("package.properties", f"{self.package.cp} {' '.join(names)}"))
            elif mask.category == "RESTRICT":
                names = sorted(self.settings._getMissingRestrict(self.package.cpv, self.package._metadata))
                found.append(change("package.accept_restrict", f"{self.package.cp} {' '.join(names)}"))
            else:
                return []
        return [*found, *([use_change(self.package, self.flags)] if self.flags else [])]


def change(file, line):
    return {"file": file, "line": line}


def use_change(package, flags):
    words = " ".join(flag if on else f"-{flag}" for flag, on in sorted(flags.items()))
    return change("package.use", f"{package.cp} {words}")


def missing_flags(package, atom):
    use = atom.unevaluated_atom.use if atom.package else None
    return sorted(package.iuse.get_missing_iuse(use.required)) if use else []


def wrong_flags(package, enabled, atom):
    """flag → whether the atom wants it on, for each that is the other way round."""
    if not atom.package or not atom.use:
        return {}
    off = {flag: True for flag in sorted((atom.use.enabled - enabled) & package.iuse.all)}
    on = {flag: False for flag in sorted(atom.use.disabled & enabled & package.iuse.all)}
    return {**off, **on}


def broken_required_use(package, enabled):
    """The part of REQUIRED_USE that does not hold."""
    wanted = package._metadata.get("REQUIRED_USE")
    if not wanted:
        return None
    checked = check_required_use(wanted, enabled, package.iuse.is_valid_flag, eapi=package.eapi)
    return None if checked else checked.tounicode()
