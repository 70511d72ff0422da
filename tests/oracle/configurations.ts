/** Pieces as people write them, generated: what the oracle holds the composer against Portage with. */
import fc from 'fast-check'
import type { ComposerPiece, Rank } from '../../src/portage/model.ts'

export type Files = Readonly<Record<string, string>>

export const PACKAGES = [
  packaged('dev-libs/libgreet-1.0', '0/1', 'color nls +static video_cards_intel video_cards_amdgpu', 'amd64', 'GPL-2'),
  packaged('dev-libs/libgreet-2.1_rc1-r3', '2/2.1', 'color nls ssl cpu_flags_x86_avx', '~amd64', 'MIT'),
  packaged('app-misc/greet-1.1', '0', 'color nls doc', 'amd64', 'GPL-2 MIT'),
  packaged('app-misc/farewell-9999', '0', 'ssl doc video_cards_intel', '', 'Proprietary'),
  packaged('net-misc/greetd-0.5_p3', '0', 'ssl -nls +doc', '-* ~amd64', '|| ( Proprietary GPL-2 )'),
  packaged('net-misc/greetd-1.5', '1', 'ssl nls doc', '~amd64 arm64', 'MIT', 'interactive', 'fetch'),
  packaged('sys-apps/oddfiles-3.2.1', '0', 'static color', 'arm64', 'GPL-2'),
] as const

function packaged(
  cpv: string,
  slot: string,
  iuse: string,
  keywords: string,
  license: string,
  properties = '',
  restrict = '',
) {
  return { cpv, slot, repository: 'gentoo', iuse, keywords, license, properties, restrict }
}

const ATOMS = [
  'dev-libs/libgreet',
  '=dev-libs/libgreet-1.0',
  '>=dev-libs/libgreet-2',
  '~dev-libs/libgreet-2.1_rc1',
  '=dev-libs/libgreet-2*',
  'dev-libs/libgreet:2',
  'dev-libs/libgreet:2/2.1',
  'app-misc/greet',
  'app-misc/farewell',
  '<app-misc/farewell-9999',
  '=app-misc/farewell-9999',
  'net-misc/greetd',
  '>net-misc/greetd-1',
  '<=net-misc/greetd-1',
  'net-misc/greetd:1',
  'sys-apps/oddfiles',
]
const USER_ATOMS = [...ATOMS, '*/*', 'net-misc/*', '*/greetd', 'app-misc/greet::gentoo', '*/*::gentoo', '*/*:1']

const FLAGS = ['color', 'nls', 'ssl', 'doc', 'static']
const CARDS = ['intel', 'amdgpu', 'vesa']
const CPU = ['avx', 'sse3']

const eol = fc.constantFrom('\n', '\n', '\n', '\r\n')
const often = <T>(value: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: other })

const signed = (words: readonly string[]) =>
  fc.tuple(fc.constantFrom('', '', '-'), fc.constantFrom(...words)).map(([sign, word]) => sign + word)
/** @param behind what may stand behind the words: `${SELF}` of a group would be words of the profile, which is refused */
const listOf = (words: readonly string[], self: string, behind: readonly string[] = ['']) =>
  fc
    .tuple(
      fc.constantFrom('', '', '', '', '-*', `\${${self}}`, `$${self}`),
      fc.array(signed(words), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...behind),
    )
    .map((parts) => parts.flat().filter((word) => word !== ''))

const LISTS: Readonly<Record<string, readonly string[]>> = {
  USE: [...FLAGS, 'video_cards_intel'],
  FEATURES: ['nodoc', 'noinfo', 'noman', 'ccache', 'splitdebug'],
  ACCEPT_KEYWORDS: ['~amd64', 'arm64', 'amd64', '~arm64'],
  ACCEPT_LICENSE: ['@FREE', 'Proprietary', 'MIT', '@EULA', '*'],
  ACCEPT_PROPERTIES: ['interactive', '*', 'live'],
  ACCEPT_RESTRICT: ['fetch', '*', 'bindist'],
  CONFIG_PROTECT: ['/usr/share/a', '/etc', '/var/b'],
  CONFIG_PROTECT_MASK: ['/etc/a', '/etc/env.d'],
  ENV_UNSET: ['GOBIN', 'PERL5LIB'],
}

const plainValue = fc
  .array(
    fc.constantFrom(
      '-O2',
      '-pipe',
      '-march=native',
      '${CFLAGS}',
      '${COMMON_FLAGS}',
      '$FOO',
      '${USE}',
      '${ABSENT}',
      '\\$x',
      'a\\\\b',
      "it's",
      'ü',
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((words) => words.join(' '))

interface Line {
  readonly name: string
  readonly words: readonly string[]
}

const assignment = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...Object.keys(LISTS))
      .chain((name) =>
        listOf(LISTS[name] ?? [], name, ['', '', '', '', '', `\${${name}}`]).map((words) => ({ name, words })),
      ),
  },
  { weight: 2, arbitrary: listOf(CARDS, 'VIDEO_CARDS').map((words) => ({ name: 'VIDEO_CARDS', words })) },
  { weight: 1, arbitrary: listOf(CPU, 'CPU_FLAGS_X86').map((words) => ({ name: 'CPU_FLAGS_X86', words })) },
  { weight: 1, arbitrary: listOf(['hda', 'usb'], 'SOUND_CARDS').map((words) => ({ name: 'SOUND_CARDS', words })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('CFLAGS', 'COMMON_FLAGS', 'FOO', 'MAKEOPTS', 'LINGUAS'), plainValue)
      .map(([name, value]) => ({ name, words: [value] })),
  },
  { weight: 1, arbitrary: fc.constant({ name: 'USE_EXPAND', words: ['SOUND_CARDS'] }) },
)

const quoting = fc.constantFrom('double', 'double', 'single', 'lines', 'continued', 'comment', 'export')

function writtenLine({ name, words }: Line, how: string, end: string): string {
  const value = words.join(' ')
  const single = how === 'single' && !value.includes("'") ? `'${value}'` : `"${value}"`
  if (how === 'lines') return `${name}="${words.join(`${end}\t`)}"${end}`
  if (how === 'continued') return `${name}="${words.join(` \\${end}`)}"${end}`
  if (how === 'comment') return `# a word about it${end}${name}=${single}  # and one more${end}`
  return `${how === 'export' ? 'export ' : ''}${name}=${single}${end}`
}

/** Text of a make.conf. `${VIDEO_CARDS}` away from the front would mean the profile's own words, which is refused. */
const assignments = fc
  .tuple(fc.array(fc.tuple(assignment, quoting), { minLength: 1, maxLength: 5 }), eol, fc.boolean())
  .map(([lines, end, ended]) => {
    const text = lines.map(([line, how]) => writtenLine(line, how, end)).join('')
    return ended ? text : text.replace(/\r?\n$/, '')
  })

const lineFile = (atoms: readonly string[], words: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...atoms), words, fc.constantFrom('', '', ' # why')), {
        minLength: 1,
        maxLength: 5,
      }),
      eol,
      fc.boolean(),
    )
    .map(([lines, end, ended]) => {
      const text = `# lines${end}${end}${lines.map((line) => line.join(' ').trimEnd()).join(end)}`
      return ended ? `${text}${end}` : text
    })

const someOf = (words: readonly string[]) =>
  fc.array(signed(words), { minLength: 1, maxLength: 3 }).map((some) => some.join(' '))

const useWords = fc
  .tuple(
    fc.constantFrom('', '', '', '-* '),
    someOf([...FLAGS, 'video_cards_vesa']),
    often(
      fc.constant(''),
      fc.oneof(
        someOf(CARDS).map((cards) => ` VIDEO_CARDS: ${cards}`),
        fc.constant(' VIDEO_CARDS: -* vesa CPU_FLAGS_X86: avx'),
      ),
    ),
  )
  .map((parts) => parts.join(''))

/** name → text of a file; each may also come as a folder. */
const FILES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'package.use': lineFile(USER_ATOMS, useWords),
  'package.accept_keywords': lineFile(
    USER_ATOMS,
    fc.constantFrom('', '**', '~amd64', '*', '~*', '-~amd64', 'arm64 -*'),
  ),
  'package.license': lineFile(USER_ATOMS, fc.constantFrom('Proprietary', '@EULA', '-MIT', '*', '-* MIT')),
  'package.env': lineFile(USER_ATOMS, fc.constantFrom('fast', 'plain', 'fast plain')),
  'package.mask': lineFile(USER_ATOMS, fc.constant('')),
  'package.unmask': lineFile(USER_ATOMS, fc.constant('')),
  'package.properties': lineFile(USER_ATOMS, fc.constantFrom('interactive', '-interactive', '-* live')),
  'package.accept_restrict': lineFile(USER_ATOMS, fc.constantFrom('fetch', '-fetch', '-* bindist')),
  'profile/package.use': lineFile(ATOMS, someOf(FLAGS)),
  'profile/package.use.mask': lineFile(ATOMS, someOf(FLAGS)),
  'profile/package.use.force': lineFile(ATOMS, someOf(FLAGS)),
  'profile/package.mask': lineFile(ATOMS, fc.constant('')),
  'profile/use.mask': fc.array(signed(FLAGS), { minLength: 1, maxLength: 2 }).map((flags) => flags.join('\n')),
  'profile/use.force': fc.array(signed(FLAGS), { minLength: 1, maxLength: 2 }).map((flags) => flags.join('\n')),
}

const ENVIRONMENTS: Files = {
  'env/fast': 'CFLAGS="-O3 ${FOO}"\nUSE="-nls color"\nFEATURES="${FEATURES} nostrip"\n',
  'env/plain': 'CFLAGS="-O0"\nexport MAKEOPTS=-j1\nFOO=\'one two\'\n',
}

const REPOSITORIES: Files = {
  'repos.conf': '[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\nlocation = /var/db/repos/gentoo\n',
}

const aFile = fc
  .constantFrom(...Object.keys(FILES))
  .chain((path) =>
    (FILES[path] ?? fc.constant('')).chain((text) =>
      fc.constantFrom('', '', '/one', '/deep/two', '/deep+one').map((below): [string, string] => [path + below, text]),
    ),
  )

const pieceFiles = fc
  .tuple(
    often(
      assignments.map((text): [string, string][] => [['make.conf', text]]),
      fc.tuple(assignments, assignments).map(([one, two]): [string, string][] => [
        ['make.conf/10-one', one],
        ['make.conf/20-two', two],
      ]),
    ),
    fc.array(aFile, { maxLength: 5 }),
    often(
      fc.constant<[string, string][]>([]),
      assignments.map((text): [string, string][] => [['profile/make.defaults', text]]),
    ),
  )
  .map((parts): Files => withoutClashes(Object.fromEntries(parts.flat())))

/** A path cannot be a file and a folder in one piece. */
function withoutClashes(files: Files): Files {
  const paths = Object.keys(files)
  return Object.fromEntries(
    Object.entries(files).filter(([path]) => !paths.some((other) => path.startsWith(`${other}/`))),
  )
}

/** The pieces of one machine; the first brings the repositories and the environments that package.env names. */
export const configuration: fc.Arbitrary<Files[]> = fc
  .array(pieceFiles, { minLength: 1, maxLength: 5 })
  .map(([first = {}, ...rest]) => [{ ...first, ...REPOSITORIES, ...ENVIRONMENTS }, ...rest])

const RANKS: readonly Rank[] = ['cpu', 'global', 'local', 'local', 'machine']

export function piecesOf(all: readonly Files[]): ComposerPiece[] {
  return all.map((files, index) => ({
    rank: RANKS[index] ?? 'local',
    name: `p${index}`,
    files: Object.entries(files).map(([path, text]) => ({
      path,
      file: `p${index}/${path}`,
      bytes: Buffer.from(text, 'utf8').toString('latin1'),
      executable: false,
    })),
  }))
}

/** The pieces of one machine, with what each of them needs and does not bring itself. */
export function machine(...all: readonly Files[]): Files[] {
  return all.map((files, index) => (index === 0 ? { ...REPOSITORIES, ...ENVIRONMENTS, ...files } : files))
}
