/** Texts of Portage's configuration language, and how far Portage (`language.py`) and this program read them alike. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { MessageCode } from '../../src/config/messages.ts'
import { parseAssignments } from '../../src/portage/language/assignments.ts'
import { expand } from '../../src/portage/language/expand.ts'
import { parseIni, type IniDocument } from '../../src/portage/language/ini.ts'
import { interpolate } from '../../src/portage/language/interpolation.ts'
import { kindOf } from '../../src/portage/language/kinds.ts'
import { parseLines } from '../../src/portage/language/lines.ts'
import { parsePackageFile, type PackageFile } from '../../src/portage/language/packageFile.ts'

type Texts = 'lines' | 'use' | 'profile-use' | 'flags' | 'set' | 'ini'

export type Question =
  | { readonly ask: 'assignments'; readonly text: string; readonly sourcing: boolean }
  | { readonly ask: 'expand'; readonly text: string; readonly variables: Readonly<Record<string, string>> }
  | { readonly ask: 'packages'; readonly text: string; readonly name: 'packages' | 'package.mask' }
  | { readonly ask: 'files'; readonly paths: readonly string[] }
  | { readonly ask: Texts; readonly text: string }

/** What `language.py` answers, the parts that a question of its kind gets. */
export interface Answer {
  readonly error?: string
  readonly complained?: boolean
  readonly values?: Readonly<Record<string, string>>
  readonly sources?: readonly string[]
  readonly text?: string
  readonly file?: readonly string[]
  readonly dict?: readonly (readonly [string, readonly string[]])[]
  readonly flags?: Readonly<Record<string, readonly string[]>> | readonly string[]
  readonly entries?: readonly string[]
  readonly sections?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly defaults?: Readonly<Record<string, string>>
  readonly read?: Readonly<Record<string, Readonly<Record<string, string | null>>>>
  readonly paths?: readonly string[]
}

/** @returns what the two read differently, or nothing */
export function disagreement(question: Question, answer: Answer): string | undefined {
  // A byte order mark is a mistake here, and a character like any other there.
  if ('text' in question && question.ask !== 'expand' && question.text.startsWith('\uFEFF')) return undefined
  switch (question.ask) {
    case 'assignments':
      return aboutAssignments(question, answer)
    case 'expand': {
      const { text, mistakes } = expand(question.text, (name) => question.variables[name])
      return differ({ text, complained: mistakes.length > 0 }, answer)
    }
    case 'lines':
      return aboutLines(question.text, answer)
    case 'use':
    case 'profile-use':
      return aboutFlags(question.ask, question.text, answer)
    case 'flags': {
      const { entries, mistakes } = parsePackageFile('flags', question.text)
      const flags = entries.flatMap((entry) => entry.flags.map(written))
      return differ({ flags, complained: mistakes.length > 0 }, answer)
    }
    case 'packages':
      return aboutEntries(
        parsePackageFile(question.name === 'packages' ? 'packages' : 'mask', question.text),
        answer,
        false,
      )
    case 'set':
      return aboutEntries(parsePackageFile('set', question.text), answer, true)
    case 'ini':
      return aboutIni(parseIni(question.text), answer)
    case 'files': {
      const paths = question.paths.filter((path) => kindOf(`package.use/${path}`).kind !== 'ignored')
      return differ(paths.toSorted(), answer.paths?.toSorted())
    }
  }
}

function differ(ours: unknown, theirs: unknown): string | undefined {
  if (isDeepStrictEqual(ours, theirs)) return undefined
  return `here ${JSON.stringify(ours)}, Portage ${JSON.stringify(theirs)}`
}

/** What Portage takes without a word, though nobody can have meant it. */
const STRICTER: ReadonlySet<MessageCode> = new Set([
  'byte-order-mark',
  'assignment-name',
  'assignment-append',
  'assignment-character',
  'assignment-source-word',
  'assignment-source-path',
])

function aboutAssignments(question: Question & { ask: 'assignments' }, { error, values, sources }: Answer) {
  const { statements, mistakes } = parseAssignments(question.text, question)
  // Portage dies of a path that its variables leave empty; here who knows the variables says so.
  const noPath = statements.some((one) => one.kind === 'source' && expand(one.path, () => '').text === '')
  if (error !== undefined) return noPath || mistakes.length > 0 ? undefined : `here no mistake, Portage: ${error}`
  if (mistakes.some(({ code }) => STRICTER.has(code))) return undefined
  if (mistakes.length > 0) return `here ${JSON.stringify(mistakes)}, Portage reads it`
  const assigned = statements.flatMap((one) => (one.kind === 'assign' ? [[one.name, one.value] as const] : []))
  const paths = statements.flatMap((one) => (one.kind === 'source' ? [one.path] : []))
  return differ({ values: Object.fromEntries(assigned), sources: paths }, { values, sources })
}

function aboutLines(text: string, answer: Answer) {
  const words = parseLines(text)
    .nodes.map(({ tokens }) => tokens.map((token) => token.text))
    .filter((tokens) => tokens.length > 0)
  const dict = new Map<string, string[]>()
  for (const [key = '', ...rest] of words) dict.set(key, [...(dict.get(key) ?? []), ...rest, '\n'])
  return differ({ file: words.map((tokens) => tokens.join(' ')), dict: [...dict] }, answer)
}

const written = ({ flag, on }: { flag: string; on: boolean }) => (on ? flag : `-${flag}`)

/** Atoms are another's business: only those that Portage takes are looked at. */
function aboutFlags(kind: 'use' | 'profile-use', text: string, { flags = {}, complained }: Answer) {
  const { entries, mistakes } = parsePackageFile(kind, text)
  const theirs = new Map(Object.entries(flags as Readonly<Record<string, readonly string[]>>))
  const ours = new Map([...theirs.keys()].map((atom) => [atom, [] as string[]]))
  for (const { atom, flags: found } of entries) ours.get(atom)?.push(...found.map(written))
  const bad = mistakes.filter(({ code }) => code === 'use-bad-flag' || code === 'use-plus')
  // In package.use Portage keeps what can never be a flag; the list then is longer than ours.
  if (kind === 'use' && bad.length > 0) return undefined
  // `VIDEO_CARDS: +x` is a legal flag by its letters, but nobody's.
  const others = bad.filter(({ values }) => !/^-?\+/.test(String(values['found'])))
  if (kind === 'profile-use' && complained === false && others.length > 0) {
    return `here ${JSON.stringify(mistakes)}, Portage takes it`
  }
  return differ([...ours], [...theirs])
}

function aboutEntries({ entries, mistakes }: PackageFile, { entries: theirs = [] }: Answer, once: boolean) {
  const spoiled = new Set(mistakes.filter(({ code }) => code === 'package-more-words').map(({ line }) => line))
  const ours = entries.filter(({ line }) => !spoiled.has(line)).map(({ prefix, atom }) => prefix + atom)
  // A set holds everything once; a list of atoms may hold one twice.
  const taken = new Set(theirs)
  const kept = ours.filter((text) => taken.has(text))
  return differ(once ? [...new Set(kept)] : kept, theirs)
}

function aboutIni({ sections, mistakes }: IniDocument, answer: Answer) {
  const wrong = mistakes.filter(({ code }) => code !== 'ini-percent')
  if (answer.error !== undefined) return wrong.length > 0 ? undefined : `here no mistake, Portage: ${answer.error}`
  if (wrong.length > 0) return `here ${JSON.stringify(mistakes)}, Portage reads it`
  const keysOf = (name: string) =>
    sections
      .filter((one) => one.name === name)
      .flatMap(({ keys }) => keys.map(({ key, value }) => [key, value] as const))
  const defaults = new Map(keysOf('DEFAULT'))
  const read = new Map<string, ReadonlyMap<string, string>>()
  for (const { name } of sections) if (name !== 'DEFAULT') read.set(name, new Map(keysOf(name)))
  const values = [...read].map(([name, own]) => {
    const all = new Map([...own, ...[...defaults].filter(([key]) => !own.has(key))])
    return [name, plain([...all].map(([key, value]) => [key, replaced(value, all)]))] as const
  })
  return (
    differ(
      { sections: plain([...read].map(([name, keys]) => [name, plain([...keys])])), defaults: plain([...defaults]) },
      { sections: answer.sections, defaults: answer.defaults },
    ) ?? differ(plain(values), answer.read)
  )
}

function replaced(value: string, all: ReadonlyMap<string, string>): string | null {
  const { text, mistakes } = interpolate(value, (key) => all.get(key))
  return mistakes.length > 0 ? null : text
}

function plain(pairs: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(pairs)
}

const textOf = (pieces: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...pieces), { maxLength }).map((words) => words.join(''))

const mutated = (texts: fc.Arbitrary<string>) =>
  fc
    .tuple(texts, fc.nat(), fc.constantFrom('', ...MUTATIONS), fc.nat(2))
    .map(([text, at, put, drop]) => {
      const from = at % (text.length + 1)
      return text.slice(0, from) + put + text.slice(from + drop)
    })
    // What tore a pair of surrogates apart could not be written as UTF-8.
    .map((text) => Buffer.from(text).toString())

const MUTATIONS = [
  '"',
  "'",
  '\\',
  '\n',
  '\r',
  '\r\n',
  '#',
  '=',
  '$',
  '{',
  '}',
  ' ',
  '\t',
  '\f',
  '\0',
  '\u00A0',
  '\u0085',
  '\u001C',
  'é',
  '💎',
  '(',
  '%',
  '[',
  ']',
  ':',
  ';',
  '-',
  '+',
  '*',
  '\uFEFF',
]

const eol = ['\n', '\n', '\n', '\r\n', '\r', ' ', '']

const MAKE_CONF_LINES = [
  'USE="a b -c"',
  "CFLAGS='-O2 -pipe'",
  'CXXFLAGS="${CFLAGS} -g"',
  'export A=b',
  'A = b',
  'A=\n',
  'A=""',
  '# a "comment"',
  'source /etc/x',
  'source "$A/x y"',
  'L="one \\\n two"',
  'L=one\\\ntwo',
  'A=b # c',
  'A=b#c',
  'A="b"\'c\'d',
  'A=b B=c',
  'A=b=c',
  'A=(b c)',
  'A+=b',
  '. /etc/x',
  '1A=b',
  'A="\\$B \\\\ \\" \\x"',
  'source',
  'export',
  'if true; then',
  "A='it\\'",
  'A=é',
  'é=b',
  'A="é"',
  '\tA=b',
  'A',
]
const SOUND_PIECES = [
  'a',
  '-b',
  '"c d"',
  "'e f'",
  '"g\nh"',
  '"\\\n"',
  "'\\'",
  '"\\\\"',
  '\\$',
  '\\ ',
  '"\\$i"',
  '\\\n',
  '"é"',
  '$A',
  '""',
  '"\r\n"',
  '"\'"',
]
const SCRAPS = [
  'A',
  'B_1',
  '=',
  '=',
  '"',
  "'",
  '\\',
  '#',
  '\n',
  '\n',
  ' ',
  '\t',
  'b',
  '$',
  '${',
  '}',
  '(',
  'source',
  ' source ',
  'export ',
  'é',
  '-',
  '\r',
  '\f',
  '""',
]
/** What Portage reads without a complaint, far more often than chance would have it. */
const sound = fc
  .array(
    fc.tuple(
      fc.constantFrom('', ' ', '\t', '# x "\n', '\r\n', 'export '),
      fc.constantFrom('A', 'B_1', '_C'),
      fc.constantFrom('=', ' =', '= ', '=\n'),
      fc.array(fc.constantFrom(...SOUND_PIECES), { minLength: 1, maxLength: 5 }),
      fc.constantFrom('\n', '\n', ' ', '#c\n', ' # c "\r', '\nsource "/x y"\n', '\nsource $A/b\n'),
    ),
    { maxLength: 5 },
  )
  .map((all) => all.flat(2).join(''))
const makeConfs = fc.oneof(
  textOf(SCRAPS, 24),
  joinedLines(MAKE_CONF_LINES, 6),
  mutated(joinedLines(MAKE_CONF_LINES, 6)),
  sound,
  sound,
  mutated(sound),
)

const WORDS = [
  '$A',
  '${A}',
  '${B_1}',
  '$B_1',
  '$',
  '${',
  '}',
  '{',
  '\\',
  '\\\\',
  '\\$',
  '"',
  "'",
  '\n',
  ' ',
  'x',
  'A',
  '-',
  ':',
  '1',
  'é',
  '${}',
  '$(',
  '\\\n',
]

const ATOMS = [
  'a/b',
  '=a/b-1',
  '*/*',
  'a/c::r',
  '>=a/b-2:0',
  'a/*',
  '-a/b',
  '*a/b',
  '-*a/c',
  '-*',
  '@set',
  'x',
  '#a/b',
  'a/b#',
  'a/b[c]',
]
const FLAGS = [
  'c',
  '-d',
  'VIDEO_CARDS:',
  'video_cards:',
  'L10N:',
  'de',
  '-*',
  '*',
  '+e',
  '-+e',
  'f@g',
  '_x',
  '-',
  ':',
  'x_*',
  '-x_*',
  'é:',
  'é',
  '#',
  '#x',
  'x#',
  '-A:',
  'ÀB:',
]
const BLANK = [' ', ' ', '  ', '\t', '\u00A0', '\u3000', '\u001F', '\u0085', '\v', '\f']
const lineTexts = (words: readonly string[]) => {
  const line = fc
    .tuple(
      fc.constantFrom('', '', ...BLANK),
      fc.constantFrom(...ATOMS),
      fc.array(fc.tuple(fc.constantFrom(...BLANK), fc.constantFrom(...words)), { maxLength: 5 }),
    )
    .map(([indent, atom, rest]) => indent + atom + rest.flat().join(''))
  const text = fc.array(fc.tuple(line, fc.constantFrom(...eol))).map((all) => all.flat().join(''))
  return fc.oneof(text, mutated(text))
}

const INI_LINES = [
  '[a]',
  '[b]',
  '[DEFAULT]',
  '[a] x',
  '[]',
  '[a',
  ' [c]',
  '[c]d]',
  'k = v',
  'k: v',
  'K=w',
  'l = %(k)s/x',
  'm = 50%',
  'm = 100%%',
  ' more',
  '  # no',
  '; no',
  '# no',
  '',
  ' ',
  'n =',
  '= v',
  'word',
  'a b = c # d',
  'k\u00A0= v',
  '\tk = v',
  'p = %(q)s',
  'q = %(p)s',
  'o : = x',
  'r = %(K)s%(n)s',
  'İ = 1',
  's = %(',
  'location = /x',
]

function joinedLines(lines: readonly string[], maxLength: number) {
  return fc
    .array(fc.tuple(fc.constantFrom(...lines), fc.constantFrom(...eol)), { maxLength })
    .map((all) => all.flat().join(''))
}
const inis = joinedLines(INI_LINES, 8).chain((rest) =>
  fc.constantFrom('[a]\n', '[DEFAULT]\n', '').map((head) => head + rest),
)

const names = fc.constantFrom(
  'a',
  'b',
  '.c',
  'd~',
  'CVS',
  'RCS',
  '.git',
  'README',
  'e.bak',
  '~f',
  'g~h',
  'SCCS',
  'x.metadata',
)
const paths = fc
  .uniqueArray(
    fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    { maxLength: 8 },
  )
  .map((all) => all.filter((one) => !all.some((other) => other.startsWith(`${one}/`))))

export const questions: fc.Arbitrary<Question> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ ask: fc.constant('assignments' as const), text: makeConfs, sourcing: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ask: fc.constant('expand' as const),
      text: textOf(WORDS, 12),
      variables: fc.constantFrom({}, { A: '1' }, { A: '$B_1', B_1: "it's" }, { A: '', B_1: '\n' }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ask: fc.constantFrom('lines' as const, 'use' as const, 'profile-use' as const),
      text: lineTexts(FLAGS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ask: fc.constant('flags' as const), text: mutated(joinedLines(FLAGS, 5)) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ask: fc.constant('packages' as const),
      text: lineTexts(['#x', 'a/c']),
      name: fc.constantFrom('packages' as const, 'package.mask' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ask: fc.constant('set' as const), text: lineTexts(['#x', 'a/c']) }) },
  { weight: 3, arbitrary: fc.record({ ask: fc.constant('ini' as const), text: fc.oneof(inis, mutated(inis)) }) },
  { weight: 1, arbitrary: fc.record({ ask: fc.constant('files' as const), paths }) },
)
