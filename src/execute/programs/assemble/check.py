"""Whether what was merged has all it asks for, by Portage's own matching: what emerge's resolver would have found out."""

from portage.dep import Atom, match_from_list, use_reduce


def unsatisfied(vardb, merged):
    """Sentences about RDEPEND, PDEPEND and blockers of these packages that ROOT does not fulfil."""
    provided = vardb.settings.pprovideddict
    wrong = []
    for cpv in merged:
        eapi, use, *dependencies = vardb.aux_get(cpv, ["EAPI", "USE", "RDEPEND", "PDEPEND"])
        for kind, text in zip(("RDEPEND", "PDEPEND"), dependencies):
            reduced = use_reduce(text, uselist=use.split(), opconvert=True, eapi=eapi, token_class=Atom)
            needs = evaluated(reduced, frozenset(use.split()))
            wrong += [f"{cpv} is merged, but its {kind} is not fulfilled: {said}" for said in lacks(needs, vardb, provided, cpv)]
    return wrong


def evaluated(needs, use):
    """`[flag?]` means what this package's own USE makes of it; /var/db/pkg keeps it as the ebuild says it."""
    return [
        evaluated(need, use) if isinstance(need, list) else need.evaluate_conditionals(use) if isinstance(need, Atom) else need
        for need in needs
    ]


def lacks(needs, vardb, provided, cpv):
    """What of a list of atoms and groups is missing; of an any-of group the whole group, when nothing of it is there."""
    if needs and needs[0] == "||":
        options = needs[1:]
        if not options or any(not lacks([option] if isinstance(option, Atom) else option, vardb, provided, cpv) for option in options):
            return []
        return ["one of " + " ".join(words(options))]
    missing = []
    for need in needs:
        if isinstance(need, list):
            missing += lacks(need, vardb, provided, cpv)
        elif not fulfilled(need, vardb, provided, cpv):
            missing.append(str(need))
    return missing


def fulfilled(atom, vardb, provided, cpv):
    found = vardb.match(atom)
    if atom.blocker:
        return all(other == cpv for other in found)
    return bool(found) or bool(match_from_list(atom, provided.get(atom.cp, [])))


def words(needs):
    for need in needs:
        if isinstance(need, list):
            yield "( " + " ".join(words(need)) + " )"
        else:
            yield str(need)
