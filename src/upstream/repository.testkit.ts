/** For tests: a git repository to commit to, and sources with keys of their own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKeyHome, type KeyHome } from '../system/gpg.testkit.ts'
import { writeFiles, type Files } from '../system/files.testkit.ts'
import { run } from '../system/process.ts'
import type { RepositorySource } from './repository-source.ts'

export interface World {
  readonly root: string
  readonly keys: KeyHome
  /** May sign commits and snapshots of `overlay`. */
  readonly key: string
  /** May sign nothing. */
  readonly stranger: string
  readonly signal: AbortSignal
  /** A source of `overlay`, git at `uri` unless told. */
  source(more?: Partial<RepositorySource>): RepositorySource
  /** A path that nobody uses yet. */
  fresh(name: string): string
  remove(): Promise<void>
}

export async function makeWorld(): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'gm-test-'))
  const keys = await makeKeyHome()
  const [key, stranger] = [await keys.makeKey('upstream@example.org'), await keys.makeKey('stranger@example.org')]
  const { signal } = new AbortController()
  const trustedKeys = join(root, 'trusted.keys')
  for (const role of ['repository', 'snapshot']) {
    await mkdir(join(trustedKeys, role, 'overlay'), { recursive: true })
    await writeFile(join(trustedKeys, role, 'overlay', 'upstream.asc'), await keys.publicKey(key))
  }
  const userHome = join(root, 'nobody')
  await mkdir(userHome, { mode: 0o700 })
  let count = 0
  return {
    root,
    keys,
    key,
    stranger,
    signal,
    source: (more = {}) => ({
      name: 'overlay',
      type: 'git',
      uri: '',
      verify: true,
      mirrors: [],
      keys: { trustedKeys, userHome, installedKeyring: join(root, 'none'), signal },
      ...more,
    }),
    fresh(name) {
      count += 1
      return join(root, `${name} ${count}`)
    },
    async remove() {
      await keys.remove()
      await rm(root, { recursive: true, force: true })
    },
  }
}

export interface Work {
  readonly path: string
  git(...args: readonly string[]): Promise<string>
  /** Commits everything there is, and these files; gives the commit's id. */
  commit(files: Files, options?: { readonly by?: string; readonly time?: number }): Promise<string>
}

export async function makeWork(world: World): Promise<Work> {
  const { keys, key } = world
  const path = world.fresh('work')
  const call = async (args: readonly string[], time: number) => {
    const settings = ['user.name=T', 'user.email=t@example.org', 'gc.auto=0'].flatMap((word) => ['-c', word])
    const env = {
      GNUPGHOME: keys.home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_COMMITTER_DATE: `${time} +0100`,
    }
    const ran = await run(['git', ...settings, ...(args[0] === 'init' ? [] : ['-C', path]), ...args], { env })
    return ran.stdout.trim()
  }
  await call(['init', '--quiet', '--template=', path], 0)
  const git = (...args: readonly string[]) => call(args, 1_700_000_000)
  return {
    path,
    git,
    async commit(files, { by = key, time = 1_700_000_000 } = {}) {
      await writeFiles(path, files)
      await git('add', '-A')
      const signing = by === 'nobody' ? [] : [`-S${by}`]
      await call(['commit', '--quiet', '--allow-empty', '-m', 'm\u00e9ssage', ...signing], time)
      return await git('rev-parse', 'HEAD')
    },
  }
}
