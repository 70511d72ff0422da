/** What can be wrong with an atom: `portage/atoms/` finds it, whoever reads the file says where. */
import type { Message } from '../messages.ts'

export const ATOM_MESSAGES = {
  'atom-empty': { severity: 'error', text: 'An atom was wanted, but there is nothing.' },
  'atom-bad-operator': {
    severity: 'error',
    text: '{atom} begins with {found}, which is not an operator.',
    hint: 'The operators are =, ~, <, <=, > and >=, for a blocker after ! or !!.',
  },
  'atom-no-category': {
    severity: 'error',
    text: '{atom} has no category: an atom names a package as category/package.',
  },
  'atom-bad-category': {
    severity: 'error',
    text: '{found} in {atom} is not a category: letters, digits and _ + . - were wanted, a letter, a digit or _ first.',
  },
  'atom-bad-package': {
    severity: 'error',
    text: '{found} in {atom} is not a package name: letters, digits and _ + - were wanted, a letter, a digit or _ first.',
  },
  'atom-version-without-operator': {
    severity: 'error',
    text: '{atom} has the version {version}, but no operator before it.',
    hint: 'Write ={atom} for that version alone, or begin with ~, <, <=, > or >=.',
  },
  'atom-operator-without-version': {
    severity: 'error',
    text: '{atom} begins with {operator}, which wants a version behind the package, but has none.',
    hint: 'Write {bare} for every version.',
  },
  'atom-bad-version': {
    severity: 'error',
    text: '{found} in {atom} is not a version.',
    hint: 'A version looks like 1.2.3, 1.2b, 1.2_rc1 or 1.2-r1.',
  },
  'atom-bad-build-id': {
    severity: 'error',
    text: '{found} in {atom} stands where a build id can, but is not a whole number without leading zeros.',
    hint: 'One version was wanted: a package name cannot end like a version.',
  },
  'atom-glob-operator': {
    severity: 'error',
    text: '{atom} has * behind a version, which only goes with the operator =, but begins with {operator}.',
  },
  'atom-glob-version': {
    severity: 'error',
    text: '{atom} has * behind two versions, {found}, but it goes behind one.',
    hint: 'A package name cannot end like a version.',
  },
  'atom-wildcard': {
    severity: 'error',
    text: '{atom} has a wildcard, but one package was wanted here.',
  },
  'atom-wildcard-twice': {
    severity: 'error',
    text: '{atom} has **, but one * already stands for any text.',
  },
  'atom-wildcard-version': {
    severity: 'error',
    text: '{atom} has a wildcard in its name, so it can have a version only as =NAME-*PART*.',
    hint: 'Write =*/*-*9999* for every version that contains 9999, or leave the version and its operator out.',
  },
  'atom-wildcard-use': {
    severity: 'error',
    text: '{atom} has a wildcard, so it can have no USE dependencies, but has {found}.',
  },
  'atom-bad-slot': {
    severity: 'error',
    text: ':{found} in {atom} is not a slot: :SLOT, :SLOT/SUBSLOT, either with = behind it, := or :* was wanted.',
    hint: 'A repository stands behind two colons, as in category/package::gentoo.',
  },
  'atom-bad-repository': {
    severity: 'error',
    text: '::{found} in {atom} is not the name of a repository: letters, digits, _ and - were wanted, no - first.',
  },
  'atom-repository': {
    severity: 'error',
    text: '{atom} names the repository {repository}, which is not possible here.',
  },
  'atom-use-not-closed': {
    severity: 'error',
    text: '{atom} opens its USE dependencies with [, but does not end with ].',
  },
  'atom-bad-use': {
    severity: 'error',
    text: '"{found}" in {atom} is not a USE dependency.',
    hint: 'Write flag, -flag, flag?, !flag?, flag= or !flag=; a default, (+) or (-), stands right behind the flag.',
  },
  'atom-use-defaults': {
    severity: 'error',
    text: '{atom} names the flag {flag} more than once, and not with the same default each time.',
  },
} as const satisfies Record<string, Message>
