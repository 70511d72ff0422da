/** A repository of packages that cannot be had, each for a reason of its own. Pure: path → text. */

interface Odd {
  readonly keywords?: string
  readonly license?: string
  readonly inherit?: string
  readonly lines?: readonly string[]
}

function ebuild({ inherit, keywords = 'amd64', license = 'GPL-2+', lines = [] }: Odd): string {
  const head = [
    'EAPI=8',
    ...(inherit === undefined ? [] : [`inherit ${inherit}`]),
    'DESCRIPTION="An odd thing"',
    'S="${WORKDIR}"',
    'SLOT="0"',
  ]
  return [...head, `LICENSE="${license}"`, `KEYWORDS="${keywords}"`, ...lines, ''].join('\n')
}

const ODD: Readonly<Record<string, Odd>> = {
  'lib-1': { lines: ['IUSE="color"'] },
  'lib-2': { lines: ['IUSE="color"'] },
  'experimental-2': { keywords: '~amd64', lines: ['RDEPEND="app-odd/foreign"'] },
  'foreign-1': { keywords: 'arm64' },
  'banned-1': {},
  'banned-2': { keywords: '~amd64' },
  'licensed-1': { license: 'Odd-EULA' },
  'colourful-1': { lines: ['RDEPEND="app-odd/lib[color]"'] },
  'loud-1': { lines: ['RDEPEND="app-odd/lib[sound]"'] },
  'choices-1': { lines: ['IUSE="left right +other"', 'REQUIRED_USE="^^ ( left right ) other? ( !left )"'] },
  'friend-1': { lines: ['RDEPEND="app-odd/choices"'] },
  'cat-1': { lines: ['RDEPEND="!app-odd/dog"'] },
  'dog-1': {},
  'kennel-1': { lines: ['RDEPEND="app-odd/dog"'] },
  'two-1': {},
  'two-2': {},
  'old-1': { lines: ['RDEPEND="<app-odd/two-2"'] },
  'new-1': { lines: ['RDEPEND=">=app-odd/two-2"'] },
  'ring-1': { lines: ['DEPEND="app-odd/finger"'] },
  'finger-1': { lines: ['IUSE="+jewels"', 'DEPEND="jewels? ( app-odd/ring )"'] },
  'moving-9999': { inherit: 'git-r3' },
  'moving-1': { keywords: '' },
  'sliding-1': { lines: ['PROPERTIES="live"'] },
  'byhand-1': {
    lines: [
      'SRC_URI="https://odd.invalid/byhand-1.tar.gz"',
      'RESTRICT="fetch"',
      'pkg_nofetch() {',
      '\teinfo "Please sign the contract at https://odd.invalid/"',
      '}',
    ],
  },
}

export const ODD_REPOSITORY: Readonly<Record<string, string>> = {
  'profiles/repo_name': 'odd\n',
  'profiles/eapi': '8\n',
  'profiles/categories': 'app-odd\n',
  'profiles/package.mask': '# It bites (2026-01-01).\n# Use lib.\napp-odd/banned\n',
  'metadata/layout.conf': 'masters = gentoo\nthin-manifests = true\nsign-manifests = false\n',
  'licenses/Odd-EULA': 'Nothing is allowed.\n',
  'eclass/git-r3.eclass': 'PROPERTIES="live"\n',
  'app-odd/byhand/Manifest': `DIST byhand-1.tar.gz 3 BLAKE2B ${'0'.repeat(128)} SHA512 ${'1'.repeat(128)}\n`,
  ...Object.fromEntries(
    Object.entries(ODD).map(([name, odd]) => [`app-odd/${name.replace(/-\d+$/, '')}/${name}.ebuild`, ebuild(odd)]),
  ),
}
