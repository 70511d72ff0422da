/** A CPU that this host cannot execute: installs run what was built (ldconfig, caches, scripts), which ends in SIGILL. */
import { problem, type Problem } from '../config/problem.ts'
import type { VariableStep } from '../portage/stack-model.ts'
import { together, type CheckedMachine, type Met } from './machine.ts'
import { featuresOf } from './march.ts'

export interface ExecutingCpu {
  /** Gentoo's name of the architecture. */
  readonly arch: string
  /** The names that Linux gives features in /proc/cpuinfo; undefined where there are none to read. */
  readonly features: ReadonlySet<string> | undefined
}

const FLAGS = ['CFLAGS', 'CXXFLAGS', 'FFLAGS', 'FCFLAGS', 'COMMON_FLAGS'] as const

export function unexecutable(machines: readonly CheckedMachine[], arch: string, host: ExecutingCpu): Problem[] {
  return together(machines.flatMap((machine) => inMachine(machine, arch, host)))
}

function inMachine({ name: machine, composed }: CheckedMachine, arch: string, host: ExecutingCpu): Met[] {
  const steps = composed.steps.get('make.conf') ?? []
  return FLAGS.flatMap((name) => {
    const step = steps.findLast((one) => one.name === name)
    const wanted = step === undefined ? undefined : marchIn(step.value)
    if (step === undefined || wanted === undefined) return []
    const met = (code: 'cpu-native' | 'cpu-cannot', lacks = ''): Met => ({
      // CFLAGS="${COMMON_FLAGS}" and its like say one thing: it is told once.
      key: [code, step.file, wanted].join('\n'),
      machine,
      problem: (machines) => problem(code, step, { name, wanted: `-march=${wanted}`, lacks, machines }),
    })
    if (wanted === 'native') return [met('cpu-native')]
    if (arch !== host.arch || host.features === undefined) return []
    const lacks = lacking(wanted, host.features)
    return lacks.length === 0 ? [] : [met('cpu-cannot', lacks.join(' '))]
  })
}

/** The last one counts, as for gcc. */
function marchIn(value: string): VariableStep['value'] | undefined {
  return [...value.matchAll(/(?:^|\s)-march=(\S+)/g)].at(-1)?.[1]
}

function lacking(march: string, features: ReadonlySet<string>): string[] {
  return (featuresOf(march) ?? []).filter((feature) => !features.has(feature))
}
