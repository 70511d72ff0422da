/** Which variables of make.conf are lists whose words stack, and which are replaced. */
import { evaluate } from './evaluate.ts'

export interface ListVariables {
  /** Lists that Portage stacks between its layers, each `-x` and `-*` by position. */
  readonly incremental: ReadonlySet<string>
  /** USE_EXPAND groups (`VIDEO_CARDS`): lists that Portage stacks in profiles, as USE flags, and replaces in make.conf. */
  readonly groups: ReadonlySet<string>
  /** What Portage takes from profiles only, PROFILE_ONLY_VARIABLES of the profiles: in make.conf it has no effect. */
  readonly profileOnly: ReadonlySet<string>
}

/**
 * `portage.const.INCREMENTALS` of Portage 3.0.83. A profile that was bootstrapped brings its own Portage's list along (the
 * lock keeps it); this one stands in before there is any. The oracle asks the real Portage whether it is true.
 */
export const INCREMENTALS: readonly string[] = [
  'ACCEPT_KEYWORDS',
  'CONFIG_PROTECT',
  'CONFIG_PROTECT_MASK',
  'ENV_UNSET',
  'FEATURES',
  'IUSE_IMPLICIT',
  'PROFILE_ONLY_VARIABLES',
  'USE',
  'USE_EXPAND',
  'USE_EXPAND_HIDDEN',
  'USE_EXPAND_IMPLICIT',
  'USE_EXPAND_UNPREFIXED',
]

/**
 * Stacked by Portage beside those, by code of its own (`config.regenerate`): the words of make.globals, the profiles,
 * make.conf follow each other. Among profiles the last one's value stands alone (`stack_dicts`).
 */
const ACCEPTED: readonly string[] = ['ACCEPT_LICENSE', 'ACCEPT_PROPERTIES', 'ACCEPT_RESTRICT']

const GROUP = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * @param texts the profiles' `make.defaults`
 * @param incrementals the list of the Portage that will read the result
 */
export function listVariables(texts: readonly string[], incrementals: readonly string[] = INCREMENTALS): ListVariables {
  const values = new Map([...VALUES].map((name) => [name, texts.flatMap((text) => wordsOf(name, text))]))
  const incremental = new Set<string>([...incrementals, ...ACCEPTED])
  return {
    incremental,
    groups: new Set((values.get('USE_EXPAND') ?? []).filter((word) => GROUP.test(word) && !incremental.has(word))),
    profileOnly: new Set(values.get('PROFILE_ONLY_VARIABLES')),
  }
}

const VALUES: ReadonlySet<string> = new Set(['USE_EXPAND', 'PROFILE_ONLY_VARIABLES'])

function wordsOf(name: string, text: string): string[] {
  // Most files say nothing of either: the parser is spared them.
  if (!text.includes(name)) return []
  return (evaluate(text).get(name) ?? '').split(/\s+/).filter((word) => word !== '')
}

/** Adds what pieces declare to what the profiles do. */
export function withGroups(lists: ListVariables, words: readonly string[]): ListVariables {
  const added = words.filter((word) => GROUP.test(word) && !lists.incremental.has(word) && !lists.groups.has(word))
  return added.length === 0 ? lists : { ...lists, groups: new Set([...lists.groups, ...added]) }
}

export function isList(lists: ListVariables, name: string): boolean {
  return lists.incremental.has(name) || lists.groups.has(name)
}
