import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ATOM_MESSAGES } from '../../config/messages/atoms.ts'
import { filled, messageOf } from '../../config/messages.ts'
import { parseAtom, type Atom, type AtomOptions } from './atom.ts'

function atomOf(text: string): Atom {
  const parsed = parseAtom(text)
  if ('mistake' in parsed) throw new Error(JSON.stringify(parsed.mistake))
  return parsed.atom
}

/** What an atom says besides its name, and besides what it does not say. */
function said(text: string): Partial<Atom> {
  const entries = Object.entries(atomOf(text)).filter(
    ([name, value]) =>
      !['text', 'category', 'package'].includes(name) &&
      !['', false, undefined].includes(value as string) &&
      !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(entries) as Partial<Atom>
}

describe('what an atom says', () => {
  const cp = 'dev-libs/foo'
  test.each<[string, Partial<Atom>]>([
    ['dev-libs/foo', { cp }],
    ['!dev-libs/foo', { cp, blocker: '!' }],
    ['!!<dev-libs/foo-2', { cp, blocker: '!!', operator: '<', version: '2' }],
    ['=dev-libs/foo-1.2b_rc3-r4', { cp, operator: '=', version: '1.2b_rc3-r4' }],
    ['~dev-libs/foo-1', { cp, operator: '~', version: '1' }],
    ['<=dev-libs/foo-1', { cp, operator: '<=', version: '1' }],
    ['>dev-libs/foo-1', { cp, operator: '>', version: '1' }],
    ['>=dev-libs/foo-bar-1-r1', { cp: 'dev-libs/foo-bar', operator: '>=', version: '1-r1' }],
    ['=dev-libs/foo-1.2*', { cp, operator: '=', version: '1.2', glob: true }],
    ['=dev-libs/foo-1-r1*', { cp, operator: '=', version: '1-r1', glob: true }],
    ['=dev-libs/foo-1-r1-2', { cp, operator: '=', version: '1-r1', buildId: 2 }],
    ['dev-libs/foo:0', { cp, slot: '0' }],
    ['dev-libs/foo:2.1/3+x', { cp, slot: '2.1', subSlot: '3+x' }],
    ['dev-libs/foo:0/1=', { cp, slot: '0', subSlot: '1', slotOperator: '=' }],
    ['dev-libs/foo:=', { cp, slotOperator: '=' }],
    ['dev-libs/foo:*', { cp, slotOperator: '*' }],
    ['dev-libs/foo::gentoo', { cp, repository: 'gentoo' }],
    [
      '=dev-libs/foo-1:0::my-repo[x]',
      {
        cp,
        operator: '=',
        version: '1',
        slot: '0',
        repository: 'my-repo',
        use: [{ flag: 'x', sign: '', condition: '', default: '' }],
      },
    ],
    ['dev-cpp/9foo+', { cp: 'dev-cpp/9foo+' }],
    ['x.y/foo-1x-r', { cp: 'x.y/foo-1x-r' }],
    ['*/*', { cp: '*/*', extended: true }],
    ['dev-*/*foo:1::gentoo', { cp: 'dev-*/*foo', slot: '1', repository: 'gentoo', extended: true }],
    ['=*/*-*9999*', { cp: '*/*', operator: '=', version: '*9999*', glob: true, extended: true }],
    ['dev-libs/foo-1*', { cp: 'dev-libs/foo-1*', extended: true }],
    ['*/foo-1', { cp: '*/foo-1', extended: true }],
    ['+dev/foo', { cp: '+dev/foo', extended: true }],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual(expected)
    expect(atomOf(text).text).toBe(text)
  })

  test('the name in two parts', () => {
    expect(atomOf('>=dev-libs/foo-1')).toMatchObject({ category: 'dev-libs', package: 'foo' })
  })

  test('USE dependencies', () => {
    expect(atomOf('a/b[x,-y(+),z?,!z?,c++(-)=,!a@b=]').use).toEqual([
      { flag: 'x', sign: '', condition: '', default: '' },
      { flag: 'y', sign: '-', condition: '', default: '+' },
      { flag: 'z', sign: '', condition: '?', default: '' },
      { flag: 'z', sign: '!', condition: '?', default: '' },
      { flag: 'c++', sign: '', condition: '=', default: '-' },
      { flag: 'a@b', sign: '!', condition: '=', default: '' },
    ])
  })
})

const CATEGORY_LETTERS = 'letters, digits and _ + . - were wanted, a letter, a digit or _ first.'
const PACKAGE_LETTERS = 'letters, digits and _ + - were wanted, a letter, a digit or _ first.'
const OPERATORS = 'The operators are =, ~, <, <=, > and >=, for a blocker after ! or !!.'
const VERSIONS = 'A version looks like 1.2.3, 1.2b, 1.2_rc1 or 1.2-r1.'
const ONE_VERSION = 'A package name cannot end like a version.'
const SLOTS = 'is not a slot: :SLOT, :SLOT/SUBSLOT, either with = behind it, := or :* was wanted.'
const REPOSITORY = 'A repository stands behind two colons, as in category/package::gentoo.'
const NO_VERSION = 'has a wildcard in its name, so it can have a version only as =NAME-*PART*.'
const WILD_VERSION =
  'Write =*/*-*9999* for every version that contains 9999, or leave the version and its operator out.'
const USE = 'Write flag, -flag, flag?, !flag?, flag= or !flag=; a default, (+) or (-), stands right behind the flag.'

type Shown = [
  text: string,
  code: keyof typeof ATOM_MESSAGES,
  sentence: string,
  hint?: string | undefined,
  options?: AtomOptions,
]

const MISTAKES: Shown[] = [
  ['', 'atom-empty', 'An atom was wanted, but there is nothing.'],
  ['==a/b-1', 'atom-bad-operator', '==a/b-1 begins with ==, which is not an operator.', OPERATORS],
  ['=>a/b-1', 'atom-bad-operator', '=>a/b-1 begins with =>, which is not an operator.', OPERATORS],
  ['!!!a/b', 'atom-bad-operator', '!!!a/b begins with !!!, which is not an operator.', OPERATORS],
  ['!>!a/b-1', 'atom-bad-operator', '!>!a/b-1 begins with !>!, which is not an operator.', OPERATORS],
  ['foo', 'atom-no-category', 'foo has no category: an atom names a package as category/package.'],
  ['>=', 'atom-no-category', '>= has no category: an atom names a package as category/package.'],
  ['/foo', 'atom-bad-category', ` in /foo is not a category: ${CATEGORY_LETTERS}`],
  ['-x/foo', 'atom-bad-category', `-x in -x/foo is not a category: ${CATEGORY_LETTERS}`],
  [
    '+x/foo',
    'atom-bad-category',
    `+x in +x/foo is not a category: ${CATEGORY_LETTERS}`,
    undefined,
    { wildcards: false },
  ],
  ['x/+', 'atom-bad-package', `+ in x/+ is not a package name: ${PACKAGE_LETTERS}`, undefined, { wildcards: false }],
  ['*é/foo', 'atom-bad-category', `*é in *é/foo is not a category: ${CATEGORY_LETTERS}`],
  ['a/', 'atom-bad-package', ` in a/ is not a package name: ${PACKAGE_LETTERS}`],
  ['a/b/c', 'atom-bad-package', `b/c in a/b/c is not a package name: ${PACKAGE_LETTERS}`],
  ['a/b.c', 'atom-bad-package', `b.c in a/b.c is not a package name: ${PACKAGE_LETTERS}`],
  ['=a/-b-1', 'atom-bad-package', `-b in =a/-b-1 is not a package name: ${PACKAGE_LETTERS}`],
  ['=a/b.c-1*', 'atom-bad-package', `b.c in =a/b.c-1* is not a package name: ${PACKAGE_LETTERS}`],
  ['=*/b.c-*1*', 'atom-bad-package', `b.c in =*/b.c-*1* is not a package name: ${PACKAGE_LETTERS}`],
  [
    'a/b-1.2-r3',
    'atom-version-without-operator',
    'a/b-1.2-r3 has the version 1.2-r3, but no operator before it.',
    'Write =a/b-1.2-r3 for that version alone, or begin with ~, <, <=, > or >=.',
  ],
  [
    '!>=a/b:0',
    'atom-operator-without-version',
    '!>=a/b:0 begins with >=, which wants a version behind the package, but has none.',
    'Write !a/b:0 for every version.',
  ],
  ['=a/b-1.2.x', 'atom-bad-version', '1.2.x in =a/b-1.2.x is not a version.', VERSIONS],
  ['=a/b-1_gamma', 'atom-bad-version', '1_gamma in =a/b-1_gamma is not a version.', VERSIONS],
  ...['02', '2.0', '2-r1'].map((found): Shown => [
    `=a/b-1-${found}`,
    'atom-bad-build-id',
    `${found} in =a/b-1-${found} stands where a build id can, but is not a whole number without leading zeros.`,
    `One version was wanted: a package name cannot end like a version.`,
  ]),
  [
    '>=a/b-1*',
    'atom-glob-operator',
    '>=a/b-1* has * behind a version, which only goes with the operator =, but begins with >=.',
  ],
  ['=a/b-1-2*', 'atom-glob-version', '=a/b-1-2* has * behind two versions, 1-2, but it goes behind one.', ONE_VERSION],
  ['a/*', 'atom-wildcard', 'a/* has a wildcard, but one package was wanted here.', undefined, { wildcards: false }],
  ['a**/b', 'atom-wildcard-twice', 'a**/b has **, but one * already stands for any text.'],
  ['*/b-1.2', 'atom-wildcard-version', `*/b-1.2 ${NO_VERSION}`, WILD_VERSION],
  ['>=*/b-1', 'atom-wildcard-version', `>=*/b-1 ${NO_VERSION}`, WILD_VERSION],
  ['=*/b-*1.2*', 'atom-wildcard-version', `=*/b-*1.2* ${NO_VERSION}`, WILD_VERSION],
  ['*/b[x]', 'atom-wildcard-use', '*/b[x] has a wildcard, so it can have no USE dependencies, but has [x].'],
  ...['', '-0', '0*', '/1', '0/', '0:gentoo', '+x'].map((found): Shown => [
    `a/b:${found}`,
    'atom-bad-slot',
    `:${found} in a/b:${found} ${SLOTS}`,
    REPOSITORY,
  ]),
  [
    'a/b::x.y',
    'atom-bad-repository',
    '::x.y in a/b::x.y is not the name of a repository: letters, digits, _ and - were wanted, no - first.',
  ],
  [
    'a/b::x',
    'atom-repository',
    'a/b::x names the repository x, which is not possible here.',
    undefined,
    { repository: false },
  ],
  ['a/b[x', 'atom-use-not-closed', 'a/b[x opens its USE dependencies with [, but does not end with ].'],
  ['a/b[x]:0', 'atom-use-not-closed', 'a/b[x]:0 opens its USE dependencies with [, but does not end with ].'],
  ...['', '!x', '-x?', '-x=', '_x', 'x?(+)', 'x y', 'a]['].map((found): Shown => [
    `a/b[y,${found}]`,
    'atom-bad-use',
    `"${found}" in a/b[y,${found}] is not a USE dependency.`,
    USE,
  ]),
  [
    'a/b[x,-x(+)]',
    'atom-use-defaults',
    'a/b[x,-x(+)] names the flag x more than once, and not with the same default each time.',
  ],
  [
    'a/b[x(+),x(-)]',
    'atom-use-defaults',
    'a/b[x(+),x(-)] names the flag x more than once, and not with the same default each time.',
  ],
]

test.each<Shown>(MISTAKES)('"%s": %s', (text, code, sentence, hint, options) => {
  const parsed = parseAtom(text, options)
  if ('atom' in parsed) throw new Error('it is an atom')
  const { mistake } = parsed
  const message = messageOf(mistake.code)
  expect(mistake.code).toBe(code)
  expect(filled(message.text, mistake.values)).toBe(sentence)
  expect(message.hint === undefined ? undefined : filled(message.hint, mistake.values)).toBe(hint)
})

test('every mistake there is was shown above', () => {
  expect(new Set(MISTAKES.map(([, code]) => code))).toEqual(new Set(Object.keys(ATOM_MESSAGES)))
})

test('any text at all gets an answer', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'!<>=~a1.-_r/:*[](+),?@ é\n'.split('')) })
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseAtom(text)
      if ('atom' in parsed) expect(parsed.atom.text).toBe(text)
      else expect(ATOM_MESSAGES).toHaveProperty([parsed.mistake.code])
    }),
  )
})

test.each(['-1', '-*1', '-r1', '_p', '.1', '[', '::', '*a'])('length alone does not slow it down: %s…', (piece) => {
  const begun = performance.now()
  for (const text of [`=a/b${piece.repeat(30_000)}`, `a/b[${piece.repeat(30_000)}\n]`, `*/${piece.repeat(30_000)}\n`])
    parseAtom(text)
  expect(performance.now() - begun).toBeLessThan(5_000)
})
