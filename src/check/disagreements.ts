/**
 * Lines of two pieces that contradict each other. A later rank that overrides an earlier one is what ranks are for; two
 * things surprise: a line that has no effect, since Portage lets an earlier piece's atom win, and two local pieces of one
 * machine that say opposite things. What the machine's own piece decides between its local pieces is decided.
 */
import type { MessageCode } from '../config/messages.ts'
import { problem } from '../config/problem.ts'
import type { Problem } from '../config/problem.ts'
import { moreSpecific } from '../portage/atoms/specificity.ts'
import { contradictingWords, contradicts, wins, type ContradictingWords } from '../portage/explain.ts'
import type { PackageLine, ParsedPiece } from '../portage/parsed.ts'
import type { Snapshot } from '../portage/snapshot/snapshot.ts'
import { together, type CheckedMachine, type Met } from './machine.ts'
import { overruledShare } from './overruled.ts'

/** Lines whose words are taken by sign: `x` against `-x`. */
const SIGNED = new Set(['use', 'keywords', 'license', 'properties', 'restrict'])

/** @param snapshots of all repositories, or none: how much of a line has no effect depends on which versions there are */
export function disagreements(machines: readonly CheckedMachine[], snapshots: readonly Snapshot[] = []): Problem[] {
  const between = new Pairs(snapshots)
  return together(
    machines.flatMap(({ name, composed: { pieces } }) => {
      const own = decidedBy(pieces.filter(({ piece }) => piece.rank === 'machine'))
      return pieces.flatMap((later, index) =>
        pieces.slice(0, index).flatMap((earlier) =>
          between.findings(earlier, later).flatMap((words): Met[] => {
            const open = words.find(({ decisions }) => !decisions.some((one) => own.has(one)))
            return open === undefined ? [] : [{ ...open.finding, machine: name }]
          }),
        ),
      )
    }),
  )
}

type Finding = Omit<Met, 'machine'>

/** What can be said of one word of two lines. */
interface OfWord {
  readonly finding: Finding
  /** What a machine's own piece would say to decide it: see `decision`. */
  readonly decisions: readonly string[]
}

/** Two pieces stand in many machines, and what is between them is the same in each. */
class Pairs {
  private readonly snapshots: readonly Snapshot[]
  /** For each two lines all that can be said of them; the first that is not decided is told. */
  private readonly known = new Map<ParsedPiece, Map<ParsedPiece, readonly (readonly OfWord[])[]>>()
  private readonly indexes = new Map<ParsedPiece, ReadonlyMap<string, readonly PackageLine[]>>()

  constructor(snapshots: readonly Snapshot[]) {
    this.snapshots = snapshots
  }

  findings(earlier: ParsedPiece, later: ParsedPiece): readonly (readonly OfWord[])[] {
    const ofEarlier = this.known.get(earlier) ?? new Map<ParsedPiece, readonly (readonly OfWord[])[]>()
    this.known.set(earlier, ofEarlier)
    const found = ofEarlier.get(later) ?? this.compare(earlier, later)
    ofEarlier.set(later, found)
    return found
  }

  private compare(earlier: ParsedPiece, later: ParsedPiece): OfWord[][] {
    const before = this.index(earlier)
    const areSiblings = earlier.piece.rank === 'local' && later.piece.rank === 'local'
    return [...this.index(later)].flatMap(([key, lines]) => {
      const others = before.get(key) ?? []
      const about = lines.flatMap((line) => others.map((other) => this.findingsOf(other, line, areSiblings)))
      return about.filter((words) => words.length > 0)
    })
  }

  private findingsOf(earlier: PackageLine, later: PackageLine, areSiblings: boolean): OfWord[] {
    if (!contradicts(earlier, later)) return []
    const code = this.codeFor(earlier, later, areSiblings)
    if (code === undefined) return []
    const isForMachine = code === 'siblings-disagree-line'
    const words = isForMachine ? contradictions(earlier, later) : [contradictingWords(earlier, later)]
    return words.flatMap((word) => {
      if (word === undefined) return []
      const decisions = isForMachine ? [decision(later, word.later), decision(later, '-*')] : []
      return [{ finding: findingOf(code, earlier, later, word), decisions }]
    })
  }

  private codeFor(earlier: PackageLine, later: PackageLine, areSiblings: boolean): MessageCode | undefined {
    if (earlier.atom === undefined || later.atom === undefined) return undefined
    if (!wins(earlier, later))
      return areSiblings && earlier.written === later.written ? 'siblings-disagree-line' : undefined
    const share = overruledShare(earlier.atom, later.atom, this.snapshots)
    if (share === 'none') return undefined
    if (moreSpecific(earlier.atom, later.atom)) return share === 'all' ? 'overruled' : 'overruled-in-part'
    return share === 'all' ? 'overruled-by-first' : 'overruled-by-first-in-part'
  }

  private index(piece: ParsedPiece): ReadonlyMap<string, readonly PackageLine[]> {
    const found = this.indexes.get(piece)
    if (found !== undefined) return found
    const made = new Map<string, PackageLine[]>()
    for (const line of piece.lines) {
      if (!SIGNED.has(line.of) || line.atom === undefined) continue
      const key = `${line.base} ${line.atom.cp}`
      const lines = made.get(key)
      if (lines === undefined) made.set(key, [line])
      else lines.push(line)
    }
    this.indexes.set(piece, made)
    return made
  }
}

function findingOf(code: MessageCode, earlier: PackageLine, later: PackageLine, words: ContradictingWords): Finding {
  const other = `${earlier.file}:${earlier.line}`
  const { base, written: atom, file, line } = later
  const values = { base, atom, word: words.later, other, otherAtom: earlier.written, otherWord: words.earlier }
  return {
    key: [code, file, line, other, words.later].join('\n'),
    problem: (machines) => problem(code, later, { ...values, machines }),
  }
}

/** Every word that one line gives and the other takes. */
function contradictions(earlier: PackageLine, later: PackageLine): ContradictingWords[] {
  const alone =
    later.of === 'use' ? later.flags.map((flag) => ({ flags: [flag] })) : later.words.map((word) => ({ words: [word] }))
  return alone.flatMap((one) => contradictingWords(earlier, { ...later, ...one }) ?? [])
}

/** What is said of one flag (or keyword, or license) of one atom, given or taken; `-*` is said of all. */
function decision({ base, written }: PackageLine, word: string): string {
  return [base, written, word === '-*' ? word : word.replace(/^-/, '')].join('\n')
}

function decidedBy(pieces: readonly ParsedPiece[]): ReadonlySet<string> {
  return new Set(
    pieces.flatMap(({ lines }) => lines.flatMap((line) => wordsOf(line).map((word) => decision(line, word)))),
  )
}

function wordsOf({ of, flags, words }: PackageLine): readonly string[] {
  return of === 'use' ? flags.map(({ flag, on }) => (on ? flag : `-${flag}`)) : words
}
