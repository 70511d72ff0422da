/** The whole configuration directory → one validated value, or every problem with its file and line. */
import { access, constants, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { isMissing } from '../system/files.ts'
import { readEnv } from './env.ts'
import { readLayout } from './layout.ts'
import { readMachines } from './machine.ts'
import { nameProblem } from './names.ts'
import { readPatches } from './patches.ts'
import { readPiece, readPieces } from './pieces.ts'
import { ConfigError, problem, type Problem } from './problem.ts'
import { readSets } from './sets.ts'
import { readStage3s } from './stage3.ts'
import { ConfigTree } from './tree.ts'
import { unreachable } from './unreachable.ts'
import { UserFiles } from './user-files.ts'
import type { Config } from './model.ts'

export interface Inspected {
  /** As far as it can be understood; whole where no problem is an error. */
  readonly config: Config
  readonly problems: readonly Problem[]
}

/**
 * @param path absolute
 * @throws UserError `no-configuration` where the directory is missing, `unreachable-configuration` where it cannot be read
 * @throws ConfigError with every problem, where one is an error
 */
export async function readConfig(path: string): Promise<Config> {
  const { config, problems } = await inspectConfig(path)
  if (problems.some(({ severity }) => severity === 'error')) throw new ConfigError(path, problems)
  return config
}

/** @throws UserError `no-configuration` where the directory is missing, `unreachable-configuration` where it cannot be read */
export async function inspectConfig(path: string): Promise<Inspected> {
  if (!(await isFolder(path)))
    throw new UserError('no-configuration', `There is no configuration directory at ${path}.`, {
      hint: 'gentoomuch init makes a starter configuration there; --config or GENTOOMUCH_CONFIG names another place',
    })
  const tree = new ConfigTree(path)
  const layout = readLayout(tree)
  const env = readEnv(tree)
  const cpus = readPieces(tree, layout['cpu.defines'], 'cpu')
  const locals = readPieces(tree, layout['portage.locals'], 'local')
  const global = readPiece(tree, layout['portage.global'], 'global', 'portage.global')
  const sets = readSets(tree, layout['package.sets'])
  const scripts = filesOf(tree, layout['user.scripts'])
  const stage3s = readStage3s(tree, layout['stage3.defines'], { cpus, locals, sets, scripts })
  const removes = filesOf(tree, layout['user.removes'])
  const kernelConfigs = kernelConfigsOf(tree, layout['kernel.configs'])
  const files = new UserFiles(tree, layout['user.files'])
  const stage4s = readMachines(tree, layout['stage4.defines'], { stage3s, scripts, removes, kernelConfigs, files })
  const patches = readPatches(tree, layout['user.patches'])
  const config = { path, env, global, cpus, locals, sets, stage3s, stage4s, patches, kernelConfigs }
  return { config, problems: tree.problems }
}

/** @throws UserError `unreachable-configuration` */
async function isFolder(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isDirectory()) return false
    await access(path, constants.R_OK | constants.X_OK)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw unreachable(path, error)
  }
}

/** Every file below a folder, name → path. */
function filesOf(tree: ConfigTree, folder: string): Map<string, string> {
  const files = new Map(tree.walk(folder).map((name) => [name, join(folder, name)]))
  checkNames(tree, files)
  return files
}

/** `kernel.configs/NAME.kconf`, name → path. */
function kernelConfigsOf(tree: ConfigTree, folder: string): Map<string, string> {
  const configs = new Map<string, string>()
  for (const path of tree.walk(folder))
    if (path.endsWith('.kconf')) configs.set(path.slice(0, -'.kconf'.length), join(folder, path))
    else tree.problem(problem('not-a-kernel-config', { file: join(folder, path) }))
  checkNames(tree, configs)
  return configs
}

function checkNames(tree: ConfigTree, named: ReadonlyMap<string, string>): void {
  for (const [name, file] of named) {
    const refused = nameProblem({ file }, name)
    if (refused !== undefined) tree.problem(refused)
  }
}
