/** What may stand in each package file: the first word of a line, the words behind it. */
import type { MessageCode } from '../../config/messages.ts'
import type { GroupScope } from './useFlags.ts'

/**
 * `use`, `keywords`, `license`, `env`, `properties`, `restrict`, `mask`, `unmask`: /etc/portage/package.*;
 * `profile-use`: package.use, package.use.mask, package.use.force and their .stable twins in a profile;
 * `flags`: use.mask, use.force and their .stable twins, which have a flag where the others have an atom;
 * `packages`, `provided`, `bashrc`: in a profile; `set`: a file of sets/.
 */
export type PackageKind =
  | 'use'
  | 'profile-use'
  | 'keywords'
  | 'license'
  | 'env'
  | 'properties'
  | 'restrict'
  | 'mask'
  | 'unmask'
  | 'provided'
  | 'packages'
  | 'flags'
  | 'bashrc'
  | 'set'

export interface PackageRules {
  /** Longest first. */
  readonly prefixes: readonly ('-' | '*' | '-*')[]
  /** `some`: a line without any says nothing. `any`: a bare atom means something too. */
  readonly words: 'none' | 'some' | 'any'
  /** Where `words` is `none`: Portage does not look at more words; else they spoil the entry. */
  readonly ignoresMore?: boolean
  /** What the words are, for a message. */
  readonly wanted: string
  /** Where the USE flags are, if there are any: the words of a line, or the entry itself. */
  readonly flags: 'none' | 'words' | 'entry'
  readonly groups: GroupScope
  /** @returns what is wrong with a word */
  readonly check?: (word: string) => MessageCode | undefined
}

const words = (wanted: string, check: PackageRules['check']): PackageRules => ({
  prefixes: [],
  words: 'some',
  wanted,
  flags: 'none',
  groups: 'line',
  ...(check === undefined ? {} : { check }),
})

const useFlags = (groups: GroupScope): PackageRules => ({
  ...words('USE flags', undefined),
  flags: 'words',
  groups,
})

const alone = (prefixes: PackageRules['prefixes'], ignoresMore = false): PackageRules => ({
  ...words('', undefined),
  prefixes,
  words: 'none',
  ignoresMore,
})

export const PACKAGE_KINDS: Readonly<Record<PackageKind, PackageRules>> = {
  use: useFlags('line'),
  'profile-use': useFlags('atom'),
  keywords: { ...words('keywords', badKeyword), words: 'any' },
  license: words('licenses', badLicense),
  env: words('names of files in env/', badFileName),
  bashrc: words('names of files in bashrc/', badFileName),
  properties: words('properties', badToken),
  restrict: words('restrictions', badToken),
  mask: alone(['-']),
  unmask: alone(['-']),
  provided: alone(['-']),
  packages: alone(['-*', '-', '*']),
  flags: { ...alone(['-']), flags: 'entry' },
  set: alone([], true),
}

/** PMS 3.1.6, with `-` to take one back, and the wildcards `*` (any stable), `~*` (any testing), `**` (any). */
const KEYWORD = /^-?(?:~?\w[\w-]*|\*\*|~?\*)$/

function badKeyword(word: string): MessageCode | undefined {
  return KEYWORD.test(word) ? undefined : 'keyword-bad'
}

/** PMS 3.1.7 and 3.1.8 (groups). */
const LICENSE = /^-?(?:@?\w[\w+.-]*|\*)$/

function badLicense(word: string): MessageCode | undefined {
  return LICENSE.test(word) ? undefined : 'license-bad'
}

/** Portage knows no names of its own here: whatever an ebuild says can be accepted. */
const TOKEN = /^-?(?:\w[\w+.-]*|\*)$/

function badToken(word: string): MessageCode | undefined {
  return TOKEN.test(word) ? undefined : 'token-bad'
}

/** Portage joins the name to the folder's path and looks no further. */
function badFileName(word: string): MessageCode | undefined {
  const leaves = word.startsWith('/') || word.split('/').includes('..')
  return leaves ? 'file-name-leaves' : undefined
}
