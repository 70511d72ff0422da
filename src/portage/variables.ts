/** Which variables of make.conf are lists that stack, and which profile files say so. */
import { parseMakeConf } from './makeConf.ts'

/** Portage's own constant (`portage.const.INCREMENTALS`, 3.0.83), `ACCEPT_*` and list variables that are no USE groups. */
const INCREMENTALS = [
  'USE', 'USE_EXPAND', 'USE_EXPAND_HIDDEN', 'USE_EXPAND_IMPLICIT', 'USE_EXPAND_UNPREFIXED', 'FEATURES', 'ACCEPT_KEYWORDS',
  'ACCEPT_LICENSE', 'ACCEPT_PROPERTIES', 'ACCEPT_RESTRICT', 'CONFIG_PROTECT_MASK', 'CONFIG_PROTECT', 'COLLISION_IGNORE',
  'UNINSTALL_IGNORE', 'ENV_UNSET', 'IUSE_IMPLICIT', 'PROFILE_ONLY_VARIABLES', 'BASHRC_IMPORT', 'PRELINK_PATH', 'PRELINK_PATH_MASK',
] as const // prettier-ignore

const INCREMENTAL: ReadonlySet<string> = new Set(INCREMENTALS)

/** Whether Portage itself stacks the variable; of other lists (USE_EXPAND groups) it takes the last value, and refuses `-x`. */
export function isIncremental(name: string): boolean {
  return INCREMENTAL.has(name)
}

/**
 * The lists are Portage's incrementals and the USE_EXPAND groups of the profile.
 * @param makeDefaults texts of the profile chain's `make.defaults`
 */
export function listVariables(makeDefaults: readonly string[]): Set<string> {
  const names = new Set<string>(INCREMENTALS)
  for (const text of makeDefaults)
    for (const { name, value } of parseMakeConf(text).assignments)
      if (name === 'USE_EXPAND' || name === 'USE_EXPAND_UNPREFIXED')
        for (const group of value.split(/\s+/)) if (/^[A-Z][A-Z0-9_]*$/.test(group)) names.add(group)
  return names
}
