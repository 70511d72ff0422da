/** `env/`: what belongs to this host and this user, one small file each. */
import { isAbsolute, join } from 'node:path'
import { isArch, isKeyServer, isMirror } from './grammar.ts'
import { readNames, readWord, type NameLine } from './lists.ts'
import { nameProblem } from './names.ts'
import { ORIGINAL_KEY } from './original.ts'
import { problem } from './problem.ts'
import { tellUnknownFiles } from './unknown.ts'
import type { Env, Notify } from './model.ts'
import type { MessageCode } from './messages.ts'
import type { ConfigTree } from './tree.ts'

const KNOWN = [
  'arch',
  'uid',
  'gid',
  'jobs',
  'profile',
  'engine',
  'compression',
  'sign.key',
  'sign.home',
  'mirrors',
  'repositories',
  'trusted.keys',
  'key.server',
  'notify',
]

/** Ids are 32 bits; the last one means "no id" (chown(2)). */
const LAST_ID = 2 ** 32 - 2

export function readEnv(tree: ConfigTree): Env {
  const word = (name: string) => readWord(tree, `env/${name}`, `the value of ${name}`, false)
  const line = (name: string) => tree.text(`env/${name}`)?.text.trim()
  const env: Env = {
    arch: checked(tree, 'env/arch', word('arch'), 'bad-arch', isArch) ?? 'amd64',
    uid: readNumber(tree, 'env/uid', word('uid'), 0, LAST_ID),
    gid: readNumber(tree, 'env/gid', word('gid'), 0, LAST_ID),
    jobs: readNumber(tree, 'env/jobs', word('jobs'), 1, 4096),
    profile: readProfile(tree, 'env/profile', word('profile')),
    engine: checked(tree, 'env/engine', word('engine'), 'bad-engine', isEngine) ?? 'embedded',
    compression: line('compression') ?? 'zstd',
    signer: readSigner(tree),
    mirrors: readMirrors(tree, 'env/mirrors'),
    repositories: readRepositories(tree),
    keyServer: checked(tree, 'env/key.server', word('key.server'), 'bad-key-server', isKeyServer),
    notify: checked(tree, 'env/notify', word('notify'), 'bad-notify', isNotify) ?? 'none',
  }
  tellUnknownFiles(tree, 'env', KNOWN, [ORIGINAL_KEY])
  tellUnknownFiles(tree, 'env/trusted.keys', ['stage3', 'repository', 'snapshot'])
  return env
}

/** A profile's name as it stands in a file: names of profiles are names of folders as well. */
export function readProfile(tree: ConfigTree, file: string, found: NameLine | undefined): string | undefined {
  if (found === undefined) return undefined
  const refused = nameProblem({ file, line: found.line }, found.name)
  if (refused === undefined) return found.name
  tree.problem(refused)
  return undefined
}

/** The word if it is one that `isGood`, else undefined and a problem. */
function checked<T extends string = string>(
  tree: ConfigTree,
  file: string,
  found: NameLine | undefined,
  code: MessageCode,
  isGood: ((text: string) => text is T) | ((text: string) => boolean),
): T | undefined {
  if (found === undefined || isGood(found.name)) return found?.name as T | undefined
  tree.problem(problem(code, { file, line: found.line }, { found: found.name }))
  return undefined
}

function readNumber(
  tree: ConfigTree,
  file: string,
  found: NameLine | undefined,
  least: number,
  most: number,
): number | undefined {
  if (found === undefined) return undefined
  const number = /^\d{1,10}$/.test(found.name) ? Number(found.name) : -1
  if (number >= least && number <= most) return number
  tree.problem(problem('bad-number', { file, line: found.line }, { least, most, found: found.name }))
  return undefined
}

function isEngine(text: string): boolean {
  return ['embedded', 'docker', 'podman'].includes(text)
}

function isNotify(text: string): text is Notify {
  return ['none', 'bell', 'desktop'].includes(text)
}

function readMirrors(tree: ConfigTree, file: string): string[] {
  return readNames(tree, file).flatMap(({ name, line }) => {
    if (isMirror(name)) return [name]
    tree.problem(problem('bad-mirror', { file, line }, { found: name }))
    return []
  })
}

function readRepositories(tree: ConfigTree): Map<string, string> {
  const found = new Map<string, string>()
  for (const name of tree.entries('env/repositories')) {
    const uri = readWord(tree, `env/repositories/${name}`, 'an address or a path', true)
    if (uri !== undefined) found.set(name, uri.name)
  }
  return found
}

function readSigner(tree: ConfigTree): Env['signer'] {
  const key = (tree.text('env/sign.key') ?? originalKey(tree))?.text.trim().replaceAll(/\s+/g, ' ')
  if (key === undefined || key === '') return undefined
  const home = readWord(tree, 'env/sign.home', 'the path of a GnuPG home', false)?.name
  return { key, home: home === undefined || isAbsolute(home) ? home : join(tree.path, home) }
}

function originalKey(tree: ConfigTree) {
  const file = `env/${ORIGINAL_KEY}`
  const found = tree.text(file)
  if (found !== undefined) tree.problem(problem('original-key', { file }))
  return found
}
