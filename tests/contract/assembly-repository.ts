/** A repository of packages that are hard to merge, each for a reason of its own. Pure: path → text. */

interface Hard {
  readonly lines?: readonly string[]
  /** Body of src_install. */
  readonly install?: readonly string[]
}

function ebuild({ lines = [], install = [] }: Hard): string {
  return [
    'EAPI=8',
    'DESCRIPTION="A thing that is hard to merge"',
    'S="${WORKDIR}"',
    'LICENSE="GPL-2+"',
    'SLOT="0"',
    'KEYWORDS="amd64"',
    ...lines,
    'src_install() {',
    '\tinsinto /usr/share/hard',
    '\tnewins - "${PN}" <<< "${PF}"',
    ...install.map((line) => `\t${line}`),
    '}',
    '',
  ].join('\n')
}

/** A phase of the package; what it does is one bash line each. */
function phase(name: string, ...body: readonly string[]): string[] {
  return [`pkg_${name}() {`, ...body.map((line) => `\t${line}`), '}']
}

/** Writes what a phase sees into the root, without where the work is done and what differs from run to run. */
const SAY = [
  'hard_say() {',
  '\tmkdir -p "${EROOT}/var/lib/hard" || die',
  '\t{ echo "${EBUILD_PHASE_FUNC} $*; in ${PWD}; umask $(umask)"; export -p; } |',
  "\t\tgrep -vE '^declare -[a-z]+ (EBUILD_MASTER_PID|PORTAGE_(LOG_FILE|REPOSITORIES|[A-Z_]+_FD))=' |",
  '\t\tsed -e "s,${PORTAGE_BUILDDIR},BUILDDIR,g" -e "s,${PORTAGE_TMPDIR},TMPDIR,g" >> "${EROOT}/var/lib/hard/${PN}.said" || die',
  '}',
]

const MERGED = 'hard_say "$(has_version -r app-hard/first && echo first) $(best_version -r app-hard/shared)"'

/** In the order in which they are merged. */
const HARD: Readonly<Record<string, Hard>> = {
  first: {
    install: [
      'keepdir /etc/env.d /opt/protected/conf /opt/real /var/lib/hard',
      'newenvd - 50hard <<< "CONFIG_PROTECT=\\"/opt/protected\\""',
      'dosym real /opt/alias',
      'fperms 0711 /opt/protected',
      'fowners 12:34 /opt/protected/conf',
    ],
    lines: [
      ...SAY,
      ...phase(
        'postinst',
        'hard_say',
        'echo local > "${EROOT}/opt/protected/conf/file"',
        'echo local > "${EROOT}/etc/hard.conf"',
      ),
    ],
  },
  phases: {
    lines: [
      ...SAY,
      ...phase('pretend', 'einfo "pretending ${PN}"'),
      ...phase('setup', 'HARD_FROM_SETUP=1'),
      ...phase(
        'preinst',
        'hard_say ${HARD_FROM_SETUP}',
        'echo made in preinst > "${ED}/usr/share/hard/from-preinst"',
        'rm "${ED}/usr/share/hard/unwanted"',
        'HARD_FROM_PREINST=${RANDOM:+1}',
      ),
      ...phase('postinst', 'hard_say ${HARD_FROM_PREINST}', 'ewarn "a word of ${PN}"'),
    ],
    install: ['newins - unwanted <<< unwanted'],
  },
  files: {
    install: [
      'cd "${ED}/usr/share/hard" || die',
      'echo one > one && mkdir -p deep/er && ln one two && ln one deep/er/three || die',
      'ln -s one to-one && ln -s /nowhere/at\\ all dangling && ln -s . self || die',
      "echo blank > 'a  name with blanks ' && echo odd > '-$HOME; * [x] \"quoted\" \\' && echo utf8 > zażółć || die",
      'truncate -s 1M sparse && echo end >> sparse || die',
      'touch suid sgid both void && chown 0:4 sgid && chmod 4755 suid && chmod 2755 sgid && chmod 6755 both || die',
      'setfattr -n user.hard -v "a value" one && setcap cap_net_raw=ep void || die',
      'touch -d 2001-02-03T04:05:06.789 old || die',
      'keepdir /usr/share/hard/sticky; fperms 1777 /usr/share/hard/sticky',
      'keepdir /usr/share/hard/-dash',
    ],
  },
  through: {
    install: ['insinto /opt/alias', 'newins - through <<< "through a link"'],
  },
  protected: {
    install: [
      'insinto /opt/protected/conf; newins - file <<< packaged; newins - other <<< packaged',
      'insinto /etc; newins - hard.conf <<< packaged',
    ],
  },
  masked: {
    install: [
      'insinto /usr/share/masked; newins - gone <<< gone; newins - kept <<< kept',
      'insinto /usr/share/masked-here; newins - gone <<< "gone here"',
      'insinto /usr/share/info; newins - hard.info <<< info',
      'newdoc - text <<< "a text"',
    ],
    lines: [...SAY, ...phase('postinst', 'hard_say "own ${HARD_OWN}"')],
  },
  unmasked: {
    install: [
      'insinto /usr/share/masked; newins - gone <<< gone',
      'insinto /usr/share/masked-here; newins - still <<< there',
      'newdoc - text <<< "a text"',
      'setfattr -n user.hard -v "a value" "${ED}/usr/share/masked-here/still" || die',
    ],
    lines: [...SAY, ...phase('postinst', 'hard_say "not own ${HARD_OWN}"')],
  },
  shared: {
    install: ['insinto /usr/share/ignored; newins - common <<< "of shared"'],
    lines: [...SAY, ...phase('postinst', MERGED)],
  },
  sharing: {
    install: ['insinto /usr/share/ignored; newins - common <<< "of sharing"'],
    lines: [...SAY, ...phase('preinst', MERGED)],
  },
  helper: {
    install: ['newbin - hard-helper <<< $\'#!/bin/bash\\necho "helped $1" >> "$2/var/lib/hard/helped"\''],
    lines: phase('postinst', 'einfo "helper in ${ROOT:-/}"'),
  },
  helped: {
    lines: ['IDEPEND="app-hard/helper"', ...phase('postinst', 'hard-helper "${PN}" "${EROOT}" || die')],
  },
  library: {
    install: [
      'into /usr; newlib.so - libhard.so.1 < "$(realpath /lib/x86_64-linux-gnu/libcap.so.2)"',
      'dosym libhard.so.1 /usr/lib/libhard.so',
      'newenvd - 60hard <<< "LDPATH=\\"/opt/real\\""',
    ],
  },
  hooked: {
    lines: [
      ...SAY,
      'hard_success() { hard_say success; }',
      ...phase('setup', 'EBUILD_SUCCESS_HOOKS="hard_success"'),
      ...phase('postinst', 'hard_say'),
    ],
  },
  empty: {},
}

/** Each cannot be merged. */
const BROKEN: Readonly<Record<string, Hard>> = {
  'bad-pretend': {
    lines: phase(
      'pretend',
      '[[ ${MERGE_TYPE} == binary ]] || return 0',
      'echo "what bad-pretend says"',
      'die "no pretending"',
    ),
  },
  'bad-setup': {
    lines: phase('setup', '[[ ${MERGE_TYPE} == binary ]] || return 0', 'echo "what bad-setup says"', 'die "no setup"'),
  },
  'bad-preinst': { lines: phase('preinst', 'echo "what bad-preinst says"', 'die "no preinst"') },
  'bad-postinst': { lines: phase('postinst', 'echo "what bad-postinst says"', 'false || die "no postinst"') },
  thief: { install: ['insinto /usr/share/hard; newins - first <<< stolen'] },
  newline: { install: ['cd "${ED}/usr/share/hard" && echo x > $\'new\\nline\' || die'] },
}

const CATEGORY = 'app-hard'
const cpvOf = (name: string) => `${CATEGORY}/${name}-1`

export const HARD_PACKAGES = Object.keys(HARD).map(cpvOf)
export const BROKEN_PACKAGES = Object.keys(BROKEN).map(cpvOf)

export const HARD_REPOSITORY: Readonly<Record<string, string>> = {
  'profiles/repo_name': 'hard\n',
  'profiles/eapi': '8\n',
  'profiles/categories': `${CATEGORY}\n`,
  'metadata/layout.conf': 'masters = gentoo\nthin-manifests = true\nsign-manifests = false\n',
  ...Object.fromEntries(
    Object.entries({ ...HARD, ...BROKEN }).map(([name, hard]) => [
      `${CATEGORY}/${name}/${name}-1.ebuild`,
      ebuild(hard),
    ]),
  ),
}

/** Settings of all, and of one that the next must not have. */
export const SETTINGS: Readonly<Record<string, string>> = {
  'make.conf': [
    'FEATURES="sfperms xattr"',
    'INSTALL_MASK="/usr/share/masked -/usr/share/masked/kept"',
    'COLLISION_IGNORE="/usr/share/ignored"',
    '',
  ].join('\n'),
  'package.env': 'app-hard/masked own\n',
  'env/own': 'HARD_OWN="masked"\nINSTALL_MASK="/usr/share/masked-here"\nFEATURES="nodoc noinfo -xattr"\n',
  'env/app-hard/library':
    'post_pkg_postinst() { echo "hook of ${PN} in ${EROOT}" >> "${EROOT}/var/lib/hard/hooks"; }\n',
}

const PHASES = ['setup', 'preinst', 'postinst']

/** A bashrc of the user's that says which of its hooks ran, for which package, in which root. */
export const HOOKS: Readonly<Record<string, string>> = {
  bashrc: [
    'hard_hook() {',
    '\tmkdir -p "${EROOT}/var/lib/hard" || die',
    '\techo "$1 of ${CATEGORY}/${PF}: ROOT=${ROOT} EROOT=${EROOT} ${EBUILD_PHASE_FUNC} ${SOURCE_DATE_EPOCH}" >> "${EROOT}/var/lib/hard/hooks"',
    '}',
    ...PHASES.flatMap((name) =>
      ['pre', 'post'].map((when) => `${when}_pkg_${name}() { hard_hook ${when}_pkg_${name}; }`),
    ),
    '',
  ].join('\n'),
}
