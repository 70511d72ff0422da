"""What the builder has: packages, their identity, and the programs that compile."""

import os
import subprocess

import portage
from digests import file_digest, sha256_of


def installed_digest(vardb, cpv):
    """Identity of what is installed in the builder: names and contents of its files, USE; no times."""
    contents = vardb._dblink(cpv).getcontents()
    rows = []
    for path in sorted(contents):
        kind, *rest = contents[path]
        rows.append(f"{kind} {path} {rest[1] if kind == 'obj' else rest[1] if kind == 'sym' else ''}")
    return sha256_of(*rows, *sorted(vardb.aux_get(cpv, ["USE"])[0].split()))


def installed_packages(vardb, asked):
    """What the builder has; with its identity where a package of that name is in the answer."""
    rows = []
    for cpv in vardb.cpv_all():
        slot, use = vardb.aux_get(cpv, ["SLOT", "USE"])
        row = {"cpv": str(cpv), "name": str(cpv.cp), "slot": slot.split("/")[0], "use": sorted(use.split())}
        if cpv.cp in asked:
            row["digest"] = installed_digest(vardb, cpv)
            ebuild = os.path.join(vardb.getpath(cpv), f"{portage.catsplit(cpv)[1]}.ebuild")
            if os.path.isfile(ebuild):
                row["ebuild"] = file_digest(ebuild)
        rows.append(row)
    return sorted(rows, key=lambda row: row["cpv"])


# Compilers, assemblers and linkers with what they link in, headers of the C library and the kernel.
TOOLCHAIN = """
    sys-devel/gcc sys-devel/binutils sys-libs/glibc sys-libs/musl sys-kernel/linux-headers
    llvm-core/clang llvm-core/llvm llvm-core/lld llvm-runtimes/compiler-rt llvm-runtimes/libcxx llvm-runtimes/libcxxabi
    llvm-runtimes/libunwind sys-devel/mold dev-lang/rust dev-lang/rust-bin dev-lang/go
""".split()


def toolchain(settings, vardb):
    """What compiles, named by nobody's DEPEND: the programs' own words, and the packages that bring them, by their content."""
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
    for name in TOOLCHAIN:
        for cpv in vardb.match(name):
            # A patch of the user's changes neither version nor USE.
            answers[f"{name} {cpv}"] = " ".join([*vardb.aux_get(cpv, ["SLOT", "USE"]), installed_digest(vardb, cpv)])
    return answers
