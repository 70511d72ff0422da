/** Which variables of make.conf are lists whose words stack, and which are replaced. */
import { parseAssignments } from './language/assignments.ts'

export interface ListVariables {
  /** Lists that Portage stacks between its layers, each `-x` and `-*` by position. */
  readonly incremental: ReadonlySet<string>
  /** USE_EXPAND groups (`VIDEO_CARDS`): lists that Portage stacks in profiles, as USE flags, and replaces in make.conf. */
  readonly groups: ReadonlySet<string>
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
export const ACCEPTED: readonly string[] = ['ACCEPT_LICENSE', 'ACCEPT_PROPERTIES', 'ACCEPT_RESTRICT']

const GROUP = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * @param texts files of assignments that may declare groups: the profiles' `make.defaults`, the pieces' own
 * @param incrementals the list of the Portage that will read the result
 */
export function listVariables(texts: readonly string[], incrementals: readonly string[] = INCREMENTALS): ListVariables {
  const incremental = new Set<string>([...incrementals, ...ACCEPTED])
  const groups = new Set<string>()
  for (const text of texts)
    // Most files declare none: the parser is spared them.
    if (text.includes('USE_EXPAND'))
      for (const statement of parseAssignments(text).statements)
        if (statement.kind === 'assign' && statement.name === 'USE_EXPAND')
          for (const word of statement.value.split(/\s+/))
            if (GROUP.test(word) && !incremental.has(word)) groups.add(word)
  return { incremental, groups }
}

/** Adds what some pieces declare to what the profiles do. */
export function withGroupsOf(lists: ListVariables, texts: readonly string[]): ListVariables {
  const more = listVariables(texts, [...lists.incremental]).groups
  return [...more].every((group) => lists.groups.has(group))
    ? lists
    : { incremental: lists.incremental, groups: new Set([...lists.groups, ...more]) }
}

export function isList(lists: ListVariables, name: string): boolean {
  return lists.incremental.has(name) || lists.groups.has(name)
}
