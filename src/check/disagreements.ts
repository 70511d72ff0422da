/**
 * Lines of two pieces that contradict each other. A later rank that overrides an earlier one is what ranks are for; two
 * things surprise: a line that has no effect, since Portage lets an earlier piece's atom win, and two local pieces of one
 * machine that say opposite things.
 */
import type { MessageCode } from '../config/messages.ts'
import { problem } from '../config/problem.ts'
import type { Problem } from '../config/problem.ts'
import { moreSpecific } from '../portage/atoms/specificity.ts'
import { contradictingWords, contradicts, wins } from '../portage/explain.ts'
import type { PackageLine, ParsedPiece } from '../portage/parsed.ts'
import { together, type CheckedMachine, type Met } from './machine.ts'

/** Lines whose words are taken by sign: `x` against `-x`. */
const SIGNED = new Set(['use', 'keywords', 'license', 'properties', 'restrict'])

export function disagreements(machines: readonly CheckedMachine[]): Problem[] {
  const between = new Pairs()
  return together(
    machines.flatMap(({ name, composed: { pieces } }) =>
      pieces.flatMap((later, index) =>
        pieces
          .slice(0, index)
          .flatMap((earlier) =>
            between.findings(earlier, later).map((finding): Met => ({ ...finding, machine: name })),
          ),
      ),
    ),
  )
}

type Finding = Omit<Met, 'machine'>

/** Two pieces stand in many machines, and what is between them is the same in each. */
class Pairs {
  private readonly known = new Map<ParsedPiece, Map<ParsedPiece, readonly Finding[]>>()
  private readonly indexes = new Map<ParsedPiece, ReadonlyMap<string, readonly PackageLine[]>>()

  findings(earlier: ParsedPiece, later: ParsedPiece): readonly Finding[] {
    const ofEarlier = this.known.get(earlier) ?? new Map<ParsedPiece, readonly Finding[]>()
    this.known.set(earlier, ofEarlier)
    const found = ofEarlier.get(later) ?? this.compare(earlier, later)
    ofEarlier.set(later, found)
    return found
  }

  private compare(earlier: ParsedPiece, later: ParsedPiece): Finding[] {
    const before = this.index(earlier)
    const areSiblings = earlier.piece.rank === 'local' && later.piece.rank === 'local'
    return [...this.index(later)].flatMap(([key, lines]) => {
      const others = before.get(key) ?? []
      return lines.flatMap((line) => others.flatMap((other) => findingOf(other, line, areSiblings)))
    })
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

function findingOf(earlier: PackageLine, later: PackageLine, areSiblings: boolean): Finding[] {
  if (!contradicts(earlier, later)) return []
  const code = codeFor(earlier, later, areSiblings)
  const words = contradictingWords(earlier, later)
  if (code === undefined || words === undefined) return []
  const other = `${earlier.file}:${earlier.line}`
  const { base, written: atom, file, line } = later
  const values = { base, atom, word: words.later, other, otherAtom: earlier.written, otherWord: words.earlier }
  return [
    {
      key: [code, file, line, other, words.later].join('\n'),
      problem: (machines) => problem(code, later, { ...values, machines }),
    },
  ]
}

function codeFor(earlier: PackageLine, later: PackageLine, areSiblings: boolean): MessageCode | undefined {
  if (earlier.atom === undefined || later.atom === undefined) return undefined
  if (wins(earlier, later)) return moreSpecific(earlier.atom, later.atom) ? 'overruled' : 'overruled-by-first'
  return areSiblings && earlier.written === later.written ? 'siblings-disagree-line' : undefined
}
