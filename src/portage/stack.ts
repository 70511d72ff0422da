/**
 * Files of assignments (make.conf, profile/make.defaults) of several pieces → one file, and what each piece had to say.
 *
 * Every piece counts as a profile in a chain of Portage profiles: its lists are what its last assignments say, and their
 * words add to and take away (`-x`, `-*`) from those of the pieces before it. Portage stacks USE_EXPAND groups only where
 * they are USE flags (portage.config.regenerate: in make.conf the last `VIDEO_CARDS` replaces the profile's and a `-x` in it
 * is refused), so groups are written as the flags they mean, before the piece's own USE, as Portage has it in profiles.
 * Every other variable stays as it was written; of several, the last one stands.
 */
import type { MessageCode, Values } from '../config/messages.ts'
import { problem, type Problem } from '../config/problem.ts'
import { LONGEST_VALUE } from './language/expand.ts'
import { quoted } from './language/quoted.ts'
import type { AssignmentFile, PlacedAssignment, Stacked, StackOptions, Value, VariableStep } from './stack-model.ts'
import { asFlag, endsWord, escaped, putAside, segmentsOf, wordsOf, wrapped } from './stack-text.ts'
import { isList, type ListVariables } from './variables.ts'

/** @param pieces for each piece its files, in Portage's order; a piece without any has an empty list */
export function stackAssignments(
  pieces: readonly (readonly AssignmentFile[])[],
  lists: ListVariables,
  options: StackOptions = {},
): Stacked {
  const stack = new Stack(lists, options)
  for (const [index, files] of pieces.entries()) if (files.length > 0) stack.add(index, files)
  return { text: stack.text(), steps: stack.steps, problems: stack.problems, known: stack.known }
}

const NOTHING: Value = { text: '', written: '', open: [], continues: false, lost: undefined }

interface Naming {
  readonly assignment: PlacedAssignment
  readonly value: Value
}

class Stack {
  readonly steps: VariableStep[] = []
  readonly problems: Problem[] = []
  /** What `${NAME}` means at this point. As in Portage's profiles it is the last value, not the stacked one. */
  readonly known: Map<string, Value>
  private readonly blocks: string[] = []
  private readonly lists: ListVariables
  private readonly inProfile: boolean
  /** Lists that an earlier block has set: they are continued. */
  private readonly begun: Set<string>
  /** `-*` and `-video_cards_*` among the USE flags so far. */
  private readonly cleared = new Set<string>()

  constructor(lists: ListVariables, { inProfile = false, known = new Map() }: StackOptions) {
    this.lists = lists
    this.inProfile = inProfile
    this.known = new Map(known)
    // The last profile's value goes on from the one before it: so `${NAME}` in make.conf has the words of both, and what
    // Portage does not stack among profiles stacks all the same. USE it forgets before each profile.
    this.begun = new Set(inProfile ? [...lists.incremental].filter((name) => name !== 'USE') : [])
  }

  add(piece: number, files: readonly AssignmentFile[]): void {
    // Portage forgets ${USE} before each profile: in front of a parent's package.use it would beat that.
    this.known.set('USE', NOTHING)
    const last = new Map<string, Naming>()
    const lines = files.flatMap(({ file, assignments }) => [
      `# ${file}`,
      ...assignments.flatMap((assignment) => this.line(assignment, last)),
    ])
    for (const [name, { assignment, value }] of last) {
      this.refuseLate(assignment, value, last)
      this.steps.push({
        name,
        piece,
        file: assignment.file,
        line: assignment.line,
        value: value.text,
        words: isList(this.lists, name) ? wordsOf(value.text) : undefined,
        extends: segmentsOf(assignment).some((part) => part.kind === 'reference' && part.name === name),
      })
    }
    this.blocks.push([...lines, ...this.listLines(last), ''].join('\n'))
  }

  /** A variable that is replaced keeps its line; a list waits for the piece's last word on it. */
  private line(assignment: PlacedAssignment, last: Map<string, Naming>): string[] {
    const { name } = assignment
    const value = this.valueOf(assignment)
    const plain = isList(this.lists, name) ? [] : [this.plainLine(assignment)]
    last.delete(name)
    last.set(name, { assignment, value })
    this.known.set(name, value)
    return plain
  }

  private valueOf(assignment: PlacedAssignment): Value {
    const { name } = assignment
    let [text, written] = ['', '']
    let continues = false
    let lost: string | undefined
    /** Nothing but blanks so far. */
    let blank = true
    const open: string[] = []
    const parts = segmentsOf(assignment)
    for (const [index, part] of parts.entries()) {
      if (text.length > LONGEST_VALUE) break
      const isFirst = blank && endsWord(parts[index + 1])
      blank &&= part.kind === 'text' && part.text.trim() === ''
      if (part.kind === 'text') {
        text += part.text
        written += escaped(part.text)
        continue
      }
      const known = this.known.get(part.name)
      if (known === undefined && part.name === name && isList(this.lists, name) && isFirst) continues = true
      else if (known === undefined) {
        text += `\${${part.name}}`
        if (this.canPutAside(part.name)) written += putAside(part.name)
        else {
          written += `\${${part.name}}`
          open.push(part.name)
        }
      } else {
        // The profile's words come first anyway. Behind other words they would come back.
        if (known.continues && part.name === name && isFirst) continues = true
        else if (known.continues && this.canPutAside(part.name)) written += putAside(part.name)
        else if (known.continues) lost = part.name
        text += known.text
        written += known.written
        open.push(...known.open)
        lost ??= known.lost ?? this.lateIn(known)
      }
    }
    if (text.length <= LONGEST_VALUE) return { text, written, open, continues, lost }
    this.complain('value-too-long', assignment, { name, most: LONGEST_VALUE })
    return NOTHING
  }

  /**
   * Whether the profile's own words of a list can be kept under another name. Portage drops names that begin with `__`
   * behind make.conf (portage.config), and behind no other file.
   */
  private canPutAside(name: string): boolean {
    return !this.inProfile && this.lists.incremental.has(name)
  }

  /** A name that was open when the value was made and has been set since. */
  private lateIn(value: Value): string | undefined {
    return value.open.find((one) => this.known.has(one))
  }

  /** As it was written, but with a list in place of its name: `${USE}` would be the stacked one in the composed file. */
  private plainLine(assignment: PlacedAssignment): string {
    const { name, value } = assignment
    const isStacked = (one: string) => isList(this.lists, one) && this.known.has(one)
    const parts = segmentsOf(assignment)
    if (!parts.some((part) => part.kind === 'reference' && isStacked(part.name)))
      return assignment.raw.replaceAll('\r\n', '\n')
    const written = parts.map((part) => {
      if (part.kind === 'text') return escaped(part.text)
      const known = isStacked(part.name) ? this.known.get(part.name) : undefined
      if (known === undefined) return `\${${part.name}}`
      const fromProfile = known.continues && this.canPutAside(part.name) ? putAside(part.name) : ''
      const lost = (known.continues && fromProfile === '' ? part.name : known.lost) ?? this.lateIn(known)
      if (lost !== undefined) this.complain('list-of-profile', assignment, { name, reference: lost })
      return fromProfile + known.written
    })
    if (/["']/.test(value)) this.complain('list-between-quotes', assignment, { name })
    return `${name}=${quoted(written.join(''))}`
  }

  /** The composed file. */
  text(): string {
    const written = this.blocks.join('\n')
    const aside = new Set([...written.matchAll(/\$\{__PROFILE_(\w+)\}/g)].map(([, name = '']) => name))
    if (aside.size === 0) return written
    const lines = [...aside].toSorted().map((name) => `__PROFILE_${name}="\${${name}}"`)
    return ['# What the profile has, for pieces that put it behind words of their own.', ...lines, '', written].join(
      '\n',
    )
  }

  private listLines(last: ReadonlyMap<string, Naming>): string[] {
    const lines: string[] = []
    const flags: string[] = []
    const groups: string[] = []
    for (const [name, naming] of last) {
      if (!isList(this.lists, name)) continue
      this.refuseInList(naming)
      if (this.lists.groups.has(name)) {
        groups.push(name)
        for (const word of wordsOf(naming.value.written)) flags.push(asFlag(name, word))
      } else if (name !== 'USE') lines.push(...this.listLine(name, wordsOf(naming.value.written)))
    }
    const use = last.get('USE')
    if (use !== undefined) for (const word of wordsOf(use.value.written)) flags.push(word)
    for (const flag of flags) if (flag.endsWith('*')) this.cleared.add(flag)
    if (groups.length > 0) lines.push(`# ${groups.join(', ')}: as USE flags, which add to the profile's`)
    return [...lines, ...this.listLine('USE', flags)]
  }

  private listLine(name: string, words: readonly string[]): string[] {
    if (words.length === 0) return []
    const all = this.begun.has(name) ? [`\${${name}}`, ...words] : words
    this.begun.add(name)
    return [`${name}=${quoted(wrapped(all, name.length + 2))}`]
  }

  private refuseInList({ assignment, value }: Naming): void {
    const { name } = assignment
    if (/["']/.test(value.text)) this.complain('quote-in-list', assignment, { name })
    const plus = wordsOf(value.text).find((word) => word.startsWith('+'))
    if (plus !== undefined) this.complain('plus-in-list', assignment, { name, word: plus, bare: plus.slice(1) })
    if (value.lost !== undefined) this.complain('list-of-profile', assignment, { name, reference: value.lost })
    if (!this.lists.groups.has(name)) return
    if (value.open.includes(name) || (value.continues && this.isCleared(name)))
      this.complain('group-repeats-profile', assignment, { name })
    else if (value.open[0] !== undefined)
      this.complain('unknown-in-group', assignment, { name, reference: value.open[0] })
    else if (wordsOf(value.text).length === 0 && !value.continues) this.complain('empty-group', assignment, { name })
  }

  /** Whether the profile's words of a group were taken away by an earlier piece, as USE flags. */
  private isCleared(group: string): boolean {
    return this.cleared.has('-*') || this.cleared.has(asFlag(group, '-*'))
  }

  /** A list is written behind the piece's other variables, so none of those may change what it was given. */
  private refuseLate(assignment: PlacedAssignment, value: Value, last: ReadonlyMap<string, Naming>): void {
    if (!isList(this.lists, assignment.name)) return
    const late = value.open.find((open) => open !== assignment.name && last.has(open))
    if (late !== undefined)
      this.complain('used-before-assigned', assignment, { name: assignment.name, reference: late })
  }

  private complain(code: MessageCode, { file, line }: PlacedAssignment, values: Values): void {
    this.problems.push(problem(code, { file, line }, values))
  }
}
