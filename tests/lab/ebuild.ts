/** Ebuilds that are built in a second: one file of text is all that most of them install. */

export interface EbuildOptions {
  readonly slot?: string
  /** Words of IUSE. */
  readonly use?: string
  readonly inherit?: string
  /** DEPEND, BDEPEND, RDEPEND, PDEPEND, IDEPEND. */
  readonly needs?: Readonly<Record<string, string>>
  /** Further lines: phase functions, variables. */
  readonly lines?: readonly string[]
}

/** What says what a package is: its version, its flags, the file of its FILESDIR if it has one. */
const INSTALL = [
  'src_install() {',
  '\tinsinto "/usr/share/lab/${CATEGORY}"',
  '\t{ echo "${PF} ${USE_LAB}"; [[ -f ${FILESDIR}/text ]] && cat "${FILESDIR}/text"; } > "${T}/${PN}"',
  '\tdoins "${T}/${PN}"',
  '}',
]

export function ebuild({ slot = '0', use = '', inherit, needs = {}, lines = INSTALL }: EbuildOptions = {}): string {
  return [
    'EAPI=8',
    ...(inherit === undefined ? [] : [`inherit ${inherit}`]),
    'DESCRIPTION="A thing of the lab"',
    'HOMEPAGE="https://lab.invalid/"',
    'S="${WORKDIR}"',
    'LICENSE="GPL-2+"',
    `SLOT="${slot}"`,
    'KEYWORDS="amd64"',
    ...(use === '' ? [] : [`IUSE="${use}"`]),
    ...Object.entries(needs).map(([kind, atoms]) => `${kind}="${atoms}"`),
    ...lines,
    '',
  ].join('\n')
}
