/** Two local pieces of one machine that set one variable, or bring one file, in two ways. */
import { problem, type Problem } from '../config/problem.ts'
import { kindOf } from '../portage/language/kinds.ts'
import type { VariableStep } from '../portage/stack.ts'
import { together, type CheckedMachine, type Met } from './machine.ts'

/** @param groupsKnown without the profiles nobody can tell a USE_EXPAND group, which adds, from a value that replaces */
export function siblings(machines: readonly CheckedMachine[], groupsKnown: boolean): Problem[] {
  return together(machines.flatMap((machine) => [...variables(machine, groupsKnown), ...files(machine)]))
}

function variables({ name: machine, composed }: CheckedMachine, groupsKnown: boolean): Met[] {
  return [...composed.steps.values()].flatMap((steps) => {
    const byName = new Map<string, VariableStep[]>()
    for (const step of steps)
      if (composed.pieces[step.piece]?.piece.rank === 'local' && (groupsKnown || step.words !== undefined)) {
        const known = byName.get(step.name)
        if (known === undefined) byName.set(step.name, [step])
        else known.push(step)
      }
    return [...byName.values()].flatMap((said) =>
      said.flatMap((later, index) => said.slice(0, index).flatMap((earlier) => disagree(earlier, later, machine))),
    )
  })
}

function disagree(earlier: VariableStep, later: VariableStep, machine: string): Met[] {
  const { name } = later
  const other = `${earlier.file}:${earlier.line}`
  if (earlier.words === undefined || later.words === undefined) {
    // A value that goes on from the earlier one (CFLAGS="${CFLAGS} -g") replaces nothing.
    if (earlier.value === later.value || later.value.includes(earlier.value)) return []
    return [met('siblings-disagree-value', { name, other })]
  }
  for (const word of later.words) {
    const opposite = word.startsWith('-') ? word.slice(1) : `-${word}`
    if (earlier.words.includes(opposite) && word !== '-*')
      return [met('siblings-disagree-word', { name, word, otherWord: opposite, other })]
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

/** Files of which the later piece's stands: env/, patches/, savedconfig/, sets/ … */
function files({ name: machine, composed }: CheckedMachine): Met[] {
  const seen = new Map<string, { file: string; bytes: string }>()
  const found: Met[] = []
  for (const { piece } of composed.pieces) {
    if (piece.rank !== 'local') continue
    for (const { path, file, bytes } of piece.files) {
      if (!isReplaced(path)) continue
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
