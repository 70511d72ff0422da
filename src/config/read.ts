/** The whole configuration directory → one validated value, or every problem with its file and line. */
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { exists } from '../system/files.ts'
import { readEnv } from './env.ts'
import { refuseName } from './names.ts'
import { findDefinitions, looksLikePiece, readPiece } from './pieces.ts'
import { ConfigError } from './problem.ts'
import { ConfigTree } from './tree.ts'
import { readMachine } from './machine.ts'
import { readScripts } from './scripts.ts'
import type { Config, PackageSet, Piece, Rank, Stage3Define, Stage4Define } from './model.ts'

/**
 * @param path absolute
 * @throws UserError `no-configuration` where the directory is missing
 * @throws ConfigError with every problem
 */
export async function readConfig(path: string): Promise<Config> {
  if (!(await exists(path)))
    throw new UserError('no-configuration', `There is no configuration directory at ${path}.`, {
      hint: 'gentoomuch init makes a starter configuration there; --config or GENTOOMUCH_CONFIG names another place',
    })
  const tree = new ConfigTree(path)
  const env = await readEnv(tree)
  const cpus = await readPieces(tree, await folderOf(tree, 'cpu'), 'cpu')
  const locals = await readPieces(tree, await folderOf(tree, 'portage.locals'), 'local')
  const global = await readPiece(tree, await folderOf(tree, 'portage.global'), 'global', 'portage.global')
  const sets = await readSets(tree, await folderOf(tree, 'package.sets'))
  const stage3s = await readStage3s(tree, await folderOf(tree, 'stage3'), { cpus, locals, sets })
  const stage4s = await readStage4s(tree, await folderOf(tree, 'stage4'), stage3s)
  if (tree.problems.length > 0) throw new ConfigError(path, tree.problems)
  return { path, env, global, cpus, locals, sets, stage3s, stage4s }
}

/** Both spellings that live in the wild; a directory that has both is a problem, for one of them would be ignored. */
async function folderOf(
  tree: ConfigTree,
  name: 'cpu' | 'stage3' | 'stage4' | 'portage.locals' | 'portage.global' | 'package.sets',
): Promise<string> {
  const dotted = name.includes('.') ? name : `${name}.defines`
  const dashed = dotted.replace('.', '-')
  const [a, b] = [await tree.kind(dotted), await tree.kind(dashed)]
  if (a !== undefined && b !== undefined)
    tree.problem({
      file: dashed,
      message: `one spelling was wanted; there are both ${dotted} and ${dashed}.`,
      hint: 'Move all into one of them.',
    })
  return a === undefined && b !== undefined ? dashed : dotted
}

async function readPieces(tree: ConfigTree, folder: string, rank: Rank): Promise<Map<string, Piece>> {
  const pieces = new Map<string, Piece>()
  for (const name of await findDefinitions(tree, folder, looksLikePiece)) {
    checkName(tree, join(folder, name), name)
    pieces.set(name, await readPiece(tree, join(folder, name), rank, name))
  }
  return pieces
}

/** Portage's grammar of set names (`portage/_sets`): no blanks, no slash. */
const SET_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/

async function readSets(tree: ConfigTree, folder: string): Promise<Map<string, PackageSet>> {
  const sets = new Map<string, PackageSet>()
  for (const path of await tree.walk(folder)) {
    const name = path.replaceAll('/', '-')
    const file = join(folder, path)
    if (!SET_NAME.test(name)) {
      tree.problem({
        file,
        message: `a set's name (letters, digits, and _ . + - after the first) was wanted; found ${name}.`,
      })
      continue
    }
    const found = await tree.text(file)
    if (found !== undefined) sets.set(name, { name, file, text: found.text })
  }
  return sets
}

interface Pieces {
  readonly cpus: ReadonlyMap<string, Piece>
  readonly locals: ReadonlyMap<string, Piece>
  readonly sets: ReadonlyMap<string, PackageSet>
}

async function readStage3s(tree: ConfigTree, folder: string, known: Pieces): Promise<Map<string, Stage3Define>> {
  const defines = new Map<string, Stage3Define>()
  const isDefinition = (entries: readonly string[]) =>
    entries.some((entry) => /^(cpu|packages|portage\.local)$/.test(entry))
  for (const name of await findDefinitions(tree, folder, isDefinition)) {
    const at = join(folder, name)
    checkName(tree, at, name)
    const cpuName = await tree.word(join(at, 'cpu'), "the name of a CPU's piece", true)
    const cpu = cpuName === undefined ? undefined : known.cpus.get(cpuName)
    if (cpuName !== undefined && cpu === undefined)
      tree.unknown(join(at, 'cpu'), 1, 'CPU piece', cpuName, known.cpus.keys())
    const own = await readPiece(tree, join(at, 'portage'), 'machine', name)
    defines.set(name, {
      name,
      cpu: cpu ?? { rank: 'cpu', name: '', files: [] },
      locals: await tree.lookUp(join(at, 'portage.local'), 'local piece', known.locals),
      sets: await tree.lookUp(join(at, 'packages'), 'package set', known.sets),
      scripts: await readScripts(tree, join(at, 'scripts')),
      own: own.files.length === 0 ? undefined : own,
    })
    await refuseUnknownFiles(tree, at, ['cpu', 'packages', 'portage.local', 'portage', 'scripts'])
  }
  return defines
}

async function readStage4s(
  tree: ConfigTree,
  folder: string,
  stage3s: ReadonlyMap<string, Stage3Define>,
): Promise<Map<string, Stage4Define>> {
  const machines = new Map<string, Stage4Define>()
  for (const name of await tree.entries(folder)) {
    const at = join(folder, name)
    if ((await tree.kind(at)) !== 'folder') continue
    checkName(tree, at, name)
    const machine = await readMachine(tree, at, name, stage3s)
    if (machine !== undefined) machines.set(name, machine)
    await refuseUnknownFiles(tree, at, ['stage3', 'profile', 'scripts', 'files', 'nodes', 'hostname'])
  }
  return machines
}

function checkName(tree: ConfigTree, file: string, name: string): void {
  const refused = refuseName(name)
  if (refused !== undefined) tree.problem({ file, message: `${refused}.` })
}

/** A file that nothing reads would be ignored in silence; a misspelt `portage.local` would drop flags. */
async function refuseUnknownFiles(tree: ConfigTree, folder: string, known: readonly string[]): Promise<void> {
  for (const entry of await tree.entries(folder))
    if (!known.includes(entry))
      tree.problem({
        file: join(folder, entry),
        message: `nothing reads a file of this name here.`,
        hint: `Known are ${known.join(', ')}.`,
      })
}
