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
  '\techo "${EBUILD_PHASE_FUNC} $*; in ${PWD}; umask $(umask)" | sed "s,${PORTAGE_TMPDIR},TMPDIR," >> "${EROOT}/var/lib/hard/${PN}.said" || die',
  '}',
]

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
