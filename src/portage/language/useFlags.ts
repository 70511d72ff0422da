/**
 * USE flags behind an atom. `GROUP:` opens a USE_EXPAND group: `VIDEO_CARDS: a -b` is `video_cards_a -video_cards_b`. In
 * /etc/portage/package.use it ends with the line; in a profile it goes on in the next line that begins with the same atom,
 * for Portage joins those lines before it reads them (UseManager, 3.0.83).
 */
import type { Mistake } from '../../config/messages.ts'
import { shown } from './characters.ts'
import type { Word } from './lines.ts'

export interface FlagWord {
  /** In lower case where a group gave the first part; `*` and `video_cards_*` stand for all, or all of a group. */
  readonly flag: string
  readonly on: boolean
  readonly line: number
  readonly column: number
}

/** `line`: /etc/portage/package.use. `atom`: the files of a profile, where wildcards are no flags. */
export type GroupScope = 'line' | 'atom'

export interface FlagsRead {
  readonly flags: readonly FlagWord[]
  readonly mistakes: readonly Mistake[]
}

/** PMS 3.1.4, and `portage.dep._get_useflag_re`. */
export const USE_FLAG = /^[A-Za-z0-9][A-Za-z0-9+_@-]*$/
const USE_FLAGS_OF_GROUP = /^[A-Za-z0-9][A-Za-z0-9+_@-]*_\*$/
const GROUP = /^[A-Za-z][A-Za-z0-9_]*:$/

/** One for a file: it remembers open groups. */
export function groupReader(scope: GroupScope): (atom: string, words: readonly Word[], line: number) => FlagsRead {
  const open = new Map<string, string>()
  return (atom, words, line) => {
    const flags: FlagWord[] = []
    const mistakes: Mistake[] = []
    let prefix = scope === 'atom' ? (open.get(atom) ?? '') : ''
    for (const [index, { text, column }] of words.entries()) {
      const values = { found: shown(text) }
      if (text.endsWith(':')) {
        prefix = `${text.slice(0, -1).toLowerCase()}_`
        if (!GROUP.test(text)) mistakes.push({ code: 'use-bad-group', line, values })
        else if (index === words.length - 1) mistakes.push({ code: 'use-empty-group', line, values })
        continue
      }
      const on = !text.startsWith('-')
      const plus = scope === 'line' && prefix === '' && on && text.startsWith('+')
      const flag = prefix + text.slice(on && !plus ? 0 : 1)
      const plusInGroup = prefix !== '' && text.startsWith(on ? '+' : '-+')
      if (isFlag(flag, on, scope)) flags.push({ flag, on, line, column })
      if (plusInGroup || !isFlag(flag, on, scope)) mistakes.push({ code: 'use-bad-flag', line, values })
      if (plus && USE_FLAG.test(flag))
        mistakes.push({ code: 'use-plus', line, values: { ...values, flag: shown(flag) } })
    }
    if (scope === 'atom') open.set(atom, prefix)
    return { flags, mistakes }
  }
}

function isFlag(flag: string, on: boolean, scope: GroupScope): boolean {
  if (USE_FLAG.test(flag)) return true
  return scope === 'line' && ((flag === '*' && !on) || USE_FLAGS_OF_GROUP.test(flag))
}
