/**
 * Two local pieces of one machine that set one variable, or bring one file, in two ways. What the machine's own piece
 * decides is decided.
 */
import { problem, type Problem } from '../config/problem.ts'
import { kindOf } from '../portage/language/kinds.ts'
import type { VariableStep } from '../portage/stack-model.ts'
import { together, type CheckedMachine, type Met } from './machine.ts'

/** @param groupsKnown without the profiles nobody can tell a USE_EXPAND group, which adds, from a value that replaces */
export function siblings(machines: readonly CheckedMachine[], groupsKnown: boolean): Problem[] {
  return together(machines.flatMap((machine) => [...variables(machine, groupsKnown), ...files(machine)]))
}

function variables({ name: machine, composed }: CheckedMachine, groupsKnown: boolean): Met[] {
  const rankOf = (step: VariableStep) => composed.pieces[step.piece]?.piece.rank
  return [...composed.steps].flatMap(([target, steps]) => {
    // make.conf has the last word on what make.defaults says, too.
    const deciding = target === 'make.conf' ? steps : [...composed.steps.values()].flat()
    const own = deciding.filter((step) => rankOf(step) === 'machine')
    const byName = new Map<string, VariableStep[]>()
    for (const step of steps)
      if (rankOf(step) === 'local' && (groupsKnown || step.words !== undefined)) {
        const known = byName.get(step.name)
        if (known === undefined) byName.set(step.name, [step])
        else known.push(step)
      }
    return [...byName].flatMap(([name, said]) => {
      const decided = own.filter((step) => step.name === name)
      return said.flatMap((later, index) =>
        said.slice(0, index).flatMap((earlier) => disagree(earlier, later, decided, machine)),
      )
    })
  })
}

function disagree(
  earlier: VariableStep,
  later: VariableStep,
  decided: readonly VariableStep[],
  machine: string,
): Met[] {
  const { name } = later
  const other = `${earlier.file}:${earlier.line}`
  if (earlier.words === undefined || later.words === undefined) {
    // A value that goes on from the earlier one (CFLAGS="${CFLAGS} -g") replaces nothing.
    if (earlier.value === later.value || later.extends || decided.some((step) => !step.extends)) return []
    return [met('siblings-disagree-value', { name, other })]
  }
  const own = new Set(decided.flatMap(({ words = [] }) => words))
  for (const word of later.words) {
    const otherWord = opposite(word)
    if (!earlier.words.includes(otherWord) || word === '-*') continue
    if (own.has(word) || own.has(otherWord) || own.has('-*')) continue
    return [met('siblings-disagree-word', { name, word, otherWord, other })]
  }
  return []

  function met(
    code: 'siblings-disagree-value' | 'siblings-disagree-word',
    values: Readonly<Record<string, string>>,
  ): Met {
    return {
      key: [code, name, other, later.file, later.line].join('\n'),
      machine,
      problem: (machines) => problem(code, later, { ...values, machines }),
    }
  }
}

function opposite(word: string): string {
  return word.startsWith('-') ? word.slice(1) : `-${word}`
}

/** Files of which the later piece's stands: env/, patches/, savedconfig/, sets/ … */
function files({ name: machine, composed }: CheckedMachine): Met[] {
  const seen = new Map<string, { file: string; bytes: string }>()
  const found: Met[] = []
  const own = composed.pieces.flatMap(({ piece }) => (piece.rank === 'machine' ? piece.files : []))
  const decided = new Set(own.map(({ path }) => path))
  for (const { piece } of composed.pieces) {
    if (piece.rank !== 'local') continue
    for (const { path, file, bytes } of piece.files) {
      if (!isReplaced(path) || decided.has(path)) continue
      const earlier = seen.get(path)
      if (earlier !== undefined && earlier.bytes !== bytes)
        found.push({
          key: [path, earlier.file, file].join('\n'),
          machine,
          problem: (machines) => problem('siblings-disagree-file', { file }, { path, other: earlier.file, machines }),
        })
      seen.set(path, { file, bytes })
    }
  }
  return found
}

function isReplaced(path: string): boolean {
  const [top = ''] = path.split('/')
  return ['env', 'patches', 'savedconfig', 'sets'].includes(top) || kindOf(path).kind === 'opaque'
}
