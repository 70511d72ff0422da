/** `stage4.defines/NAME/`: one machine. */
import { join } from 'node:path'
import { readProfile } from './env.ts'
import { isHostname, isKernelPackage, isTimezone, parseLocale, parseService } from './grammar.ts'
import { lookUp, lookUpNames, readNames, readWord, tellRepeats } from './lists.ts'
import { nameProblem } from './names.ts'
import { problem } from './problem.ts'
import { readRemovals } from './removals.ts'
import { readScripts } from './scripts.ts'
import { tellUnknownFiles } from './unknown.ts'
import type { MessageCode } from './messages.ts'
import type { Stage3Define, Stage4Define, TextFile } from './model.ts'
import type { ConfigTree } from './tree.ts'
import type { UserFiles } from './user-files.ts'

const KNOWN = [
  'stage3',
  'profile',
  'kconf',
  'kernel',
  'scripts',
  'removes',
  'files',
  'services',
  'locales',
  'timezone',
  'hostname',
  'nodes',
]

const DEFAULT_KERNEL = 'sys-kernel/gentoo-sources'

/** What machines name, by its name. */
export interface MachineNames {
  readonly stage3s: ReadonlyMap<string, Stage3Define>
  readonly scripts: ReadonlyMap<string, string>
  readonly removes: ReadonlyMap<string, string>
  readonly kernelConfigs: ReadonlyMap<string, string>
  readonly files: UserFiles
}

export function readMachines(tree: ConfigTree, folder: string, known: MachineNames): Map<string, Stage4Define> {
  const machines = new Map<string, Stage4Define>()
  for (const name of tree.entries(folder)) {
    const at = join(folder, name)
    const kind = tree.kind(at)
    if (kind === undefined) continue
    if (kind !== 'folder') {
      tree.problem(problem('stray-file', { file: at }))
      continue
    }
    const refused = nameProblem({ file: at }, name)
    if (refused !== undefined) tree.problem(refused)
    const machine = readMachine(tree, at, name, known)
    if (machine !== undefined) machines.set(name, machine)
  }
  return machines
}

/** @returns undefined for one without a stage3 definition that is there: nothing can be said about it */
export function readMachine(tree: ConfigTree, at: string, name: string, known: MachineNames): Stage4Define | undefined {
  const file = (entry: string) => join(at, entry)
  const word = (entry: string, wanted: string, required = false) => readWord(tree, file(entry), wanted, required)
  const checkedWord = (entry: string, wanted: string, code: MessageCode, isGood: (text: string) => boolean) => {
    const found = word(entry, wanted)
    if (found === undefined || isGood(found.name)) return found?.name
    tree.problem(problem(code, { file: file(entry), line: found.line }, { found: found.name }))
    return undefined
  }
  const stage3Name = word('stage3', 'the name of a stage3 definition', true)
  const stage3 =
    stage3Name &&
    lookUp(tree, { file: file('stage3'), line: stage3Name.line }, 'stage3 definition', stage3Name.name, known.stage3s)
  const machine = {
    name,
    folder: at,
    profile: readProfile(tree, file('profile'), word('profile', 'the name of a bootstrapped profile', true)) ?? '',
    scripts: readScripts(tree, file('scripts'), known.scripts),
    ...known.files.named(file('files')),
    nodes: tree.text(file('nodes')),
    hostname: checkedWord('hostname', 'a host name', 'bad-hostname', isHostname),
    kconf: readKernelConfig(tree, file('kconf'), known.kernelConfigs),
    kernel: checkedWord('kernel', 'a package', 'bad-kernel', isKernelPackage) ?? DEFAULT_KERNEL,
    removes: [...new Set(lookUpNames(tree, file('removes'), 'list in user.removes', named(known.removes)))].flatMap(
      ([list, path]) => readRemovals(tree, list, path) ?? [],
    ),
    services: readLines(tree, file('services'), 'bad-service', parseService),
    locales: readLines(tree, file('locales'), 'bad-locale', parseLocale),
    timezone: checkedWord('timezone', 'a time zone', 'bad-timezone', isTimezone),
  }
  tellRepeats(tree, file('removes'), readNames(tree, file('removes')))
  tellUnknownFiles(tree, at, KNOWN)
  return stage3 === undefined ? undefined : { ...machine, stage3 }
}

function readKernelConfig(tree: ConfigTree, file: string, known: ReadonlyMap<string, string>): TextFile | undefined {
  const found = readWord(tree, file, 'the name of a kernel configuration', false)
  const path = found && lookUp(tree, { file, line: found.line }, 'kernel configuration', found.name, known)
  return path === undefined ? undefined : tree.text(path)
}

/** Lines of a list, each parsed; one that is none is a problem. */
function readLines<T>(
  tree: ConfigTree,
  file: string,
  code: MessageCode,
  parse: (text: string, line: number) => T | undefined,
): T[] {
  const lines = readNames(tree, file)
  tellRepeats(tree, file, lines)
  return lines.flatMap(({ name, line }) => {
    const parsed = parse(name, line)
    if (parsed !== undefined) return [parsed]
    tree.problem(problem(code, { file, line }, { found: name }))
    return []
  })
}

/** Values with their names. */
function named(known: ReadonlyMap<string, string>): Map<string, readonly [name: string, path: string]> {
  return new Map([...known].map(([name, path]) => [name, [name, path]]))
}
