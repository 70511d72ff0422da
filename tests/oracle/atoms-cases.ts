/** Questions about atoms that Portage (`atoms.py`) and this program shall answer alike. */
import fc from 'fast-check'
import { parseAtom, type Atom } from '../../src/portage/atoms/atom.ts'
import { matches, type Candidate } from '../../src/portage/atoms/match.ts'
import { inOrderOfApplication } from '../../src/portage/atoms/specificity.ts'
import { compareVersions, isVersion } from '../../src/portage/atoms/version.ts'

export type Question =
  | { readonly ask: 'parse'; readonly text: string; readonly wildcards: boolean; readonly repository: boolean }
  | { readonly ask: 'compare'; readonly a: string; readonly b: string }
  | { readonly ask: 'match'; readonly text: string; readonly packages: readonly Candidate[] }
  | { readonly ask: 'order'; readonly texts: readonly string[]; readonly package: Candidate }

/** In the shape in which `atoms.py` answers: the two are to be equal. */
export function answerOf(question: Question): unknown {
  switch (question.ask) {
    case 'parse': {
      const parsed = parseAtom(question.text, question)
      return { atom: 'atom' in parsed ? viewOf(parsed.atom) : null }
    }
    case 'compare': {
      const { a, b } = question
      // Portage calls equal what is written alike, whatever it is.
      if (a === b) return { order: 0 }
      return { order: isVersion(a) && isVersion(b) ? Math.sign(compareVersions(a, b)) : null }
    }
    case 'match': {
      const atom = atomOf(question.text)
      return { matches: question.packages.map((candidate) => matches(atom, candidate)) }
    }
    case 'order': {
      const ordered = inOrderOfApplication(question.texts.map(atomOf), question.package)
      return { texts: ordered.map(({ text }) => text) }
    }
  }
}

function atomOf(text: string): Atom {
  const parsed = parseAtom(text)
  if ('mistake' in parsed) throw new Error(`not an atom: ${text}`)
  return parsed.atom
}

function viewOf(atom: Atom): Record<string, unknown> {
  return {
    blocker: atom.blocker,
    operator: atom.glob ? '=*' : atom.operator,
    cp: atom.cp,
    version: atom.version ?? null,
    buildId: atom.buildId ?? null,
    slot: atom.slot ?? null,
    subSlot: atom.subSlot ?? null,
    slotOperator: atom.slotOperator === '' ? null : atom.slotOperator,
    repository: atom.repository ?? null,
    use: atom.use.map(({ sign, flag, default: by, condition }) => sign + flag + (by && `(${by})`) + condition),
    extended: atom.extended,
  }
}

const words = (text: string): string[] => text.split(' ')
const oneOf = (text: string): fc.Arbitrary<string> => fc.constantFrom(...words(text))
const joined = (...pieces: fc.Arbitrary<string>[]) => fc.tuple(...pieces).map((parts) => parts.join(''))
const many = (piece: fc.Arbitrary<string>, max: number) =>
  fc.array(piece, { maxLength: max }).map((parts) => parts.join(''))
/** Nothing, three times out of four. */
const seldom = (piece: fc.Arbitrary<string>) => fc.oneof({ weight: 3, arbitrary: fc.constant('') }, piece)

const numbers = oneOf('0 1 2 9 10 01 02 010 00 20240101 99999999999999999999')
const versions = joined(
  numbers,
  many(joined(fc.constant('.'), numbers), 2),
  seldom(oneOf('a b')),
  many(joined(oneOf('_alpha _beta _pre _rc _p'), seldom(oneOf('0 1 01 2'))), 2),
  seldom(oneOf('-r0 -r1 -r2 -r01 -r10')),
)
/** Few enough to meet each other. */
const nearVersions = fc.constantFrom(
  ...words('0 1 01 01.2-r1 1-r0 1-r1 1-r2 1.0 1.00 1.0.1 1.01 1.010 1.1 1.10 1.1-r1 1.2 1.2b 1.2b-r1 1.2_p 1.2_p-r1'),
  ...words('1.2_p0 1.2_p1 1.2_p10 1.2_pre1 1.2_rc 1.2_rc-r1 1.2_alpha_p1 1.20 2 2-r1 10 10.2 9999 9999-r1'),
)
const categories = oneOf('dev-libs app-misc x11.base virtual _c')
const packages = oneOf('foo foo-bar foo+ foo-1xy 9foo f')
const wildCategories = oneOf('* dev-* *-libs *.* virtual app-misc +c **')
const wildPackages = oneOf('* foo* *o f*o foo + foo-1 foo-1.2 *-bar foo-1* a**')
const operators = fc.constantFrom('', '=', '~', '<', '<=', '>', '>=')
const slots = seldom(oneOf(':0 :1 :0/1 :0/2 := :* :0= :0/1= :2.1_x :0* : :/1 :-0 :+'))
const repositories = seldom(oneOf('::gentoo ::other ::my-repo :: ::-x ::a.b :::x'))
const useWords = fc.constantFrom(
  ...words('ssl -ssl ssl? !ssl? ssl= !ssl= ssl(+) ssl(-) -ssl(+) !ssl(-)? -ssl? !ssl c++ a@b +x _x ssl( ssl?(+) *'),
  '',
  'x y',
)
const uses = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.array(useWords, { minLength: 1, maxLength: 3 }).map((flags) => `[${flags.join(',')}]`),
  oneOf('[ ] [a [a]b [a][b] [a:b/c]'),
)
const blockers = seldom(oneOf('! !! !!!'))

const plainTexts = joined(operators, categories, fc.constant('/'), packages, fc.constant('-'), nearVersions)
const endings = joined(seldom(oneOf('* -2 -02 -r -1.2 -1-r1 - *-1 **')), slots, repositories, uses)
const texts = fc.oneof(
  joined(blockers, plainTexts, endings),
  joined(blockers, operators, categories, fc.constant('/'), packages, endings),
  joined(blockers, wildCategories, fc.constant('/'), wildPackages, slots, repositories),
  joined(
    blockers,
    operators,
    wildCategories,
    fc.constant('/'),
    wildPackages,
    seldom(oneOf('-*1* -*9_p* -*.*')),
    endings,
  ),
  joined(operators, fc.constant('dev-libs/'), packages, fc.constant('-'), versions, seldom(fc.constant('*'))),
)

/** One character more, less, or another one. */
const damaged = fc
  .tuple(
    texts,
    fc.nat(),
    fc.constantFrom('', '-', '/', ':', '*', '.', '=', '1', 'r', 'é', ' ', '\n', '[', ',', '+'),
    fc.nat(1),
  )
  .map(([text, at, put, drop]) => {
    const from = at % (text.length + 1)
    return text.slice(0, from) + put + text.slice(from + drop)
  })

const isAtom = (text: string) => 'atom' in parseAtom(text)
const nearAtoms = fc
  .oneof(
    joined(
      operators,
      fc.constant('dev-libs/foo-'),
      nearVersions,
      seldom(fc.constant('*')),
      seldom(oneOf(':0 :1 :0/2')),
    ),
    joined(fc.constant('=dev-libs/foo-'), nearVersions, oneOf('* *:1/1')),
    joined(oneOf('dev-libs/foo */* dev-*/foo */foo dev-libs/* =*/*-*1* =dev-*/f*-*r1*'), slots),
  )
  .chain((text) => repositories.map((repository) => text + repository))
  .filter(isAtom)
/** What decides among ranges depends on the package and on their order. */
const ranges = joined(oneOf('< <= > >='), fc.constant('dev-libs/foo-'), nearVersions)
const candidates: fc.Arbitrary<Candidate> = fc.record(
  {
    category: fc.constantFrom('dev-libs', 'app-misc'),
    package: fc.constantFrom('foo', 'foo-1xy', 'bar'),
    version: nearVersions,
    slot: fc.constantFrom('0', '1'),
    subSlot: fc.constantFrom('1', '2'),
    repository: fc.constantFrom('gentoo', 'other'),
    buildId: fc.constantFrom(1, 2),
  },
  { requiredKeys: ['category', 'package', 'version'] },
)
const meant = candidates.map((candidate) => ({ ...candidate, category: 'dev-libs', package: 'foo' }))

export const questions: fc.Arbitrary<Question> = fc.oneof(
  fc.record({
    ask: fc.constant('parse' as const),
    text: fc.oneof(texts, damaged),
    wildcards: fc.boolean(),
    repository: fc.boolean(),
  }),
  fc.record({
    ask: fc.constant('compare' as const),
    a: fc.oneof(versions, nearVersions),
    b: fc.oneof(versions, nearVersions, fc.constantFrom('', '1.', 'a', '1_x', '1-r')),
  }),
  fc.record({
    ask: fc.constant('match' as const),
    text: fc.oneof(nearAtoms, texts.filter(isAtom)),
    packages: fc.array(fc.oneof(meant, candidates), { minLength: 1, maxLength: 8 }),
  }),
  fc.record({
    ask: fc.constant('order' as const),
    texts: fc.array(fc.oneof(nearAtoms, ranges), { minLength: 2, maxLength: 10 }),
    package: meant,
  }),
)
