/** A configuration with a data directory in which the miniature's repository has been synced, as far as questions need it. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import type { Answer } from '../src/commands/command.ts'
import { Context } from '../src/commands/context.ts'
import { COMMANDS } from '../src/commands/index.ts'
import { writeLock } from '../src/config/lock.ts'
import { projectRoot } from '../src/system/project.ts'
import { layoutOf } from '../src/store/layout.ts'
import { writeFilesSync } from '../src/system/files.testkit.ts'

/** The miniature's profile: what the example of docs/configuration.md names. */
const PROFILE = 'demo'

export class World {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gm-docs-'))
  readonly config = join(this.folder, 'config')
  readonly data = join(this.folder, 'data')

  /** A new one, everything of it committed. */
  static async with(files: Readonly<Record<string, string>>): Promise<World> {
    const world = new World()
    const revision = world.syncMiniature()
    world.git(world.config, 'init')
    writeFilesSync(world.config, files)
    await writeLock(world.config, {
      version: 1,
      profiles: { [PROFILE]: { stage3: 'stage3.tar.xz', sha512: 'a'.repeat(128), signedBy: 'A'.repeat(40) } },
      repositories: { gentoo: { revision, tree: 'a'.repeat(40), time: 1767225600 } },
    })
    world.commit(world.config)
    return world
  }

  /** Puts files in and commits them. */
  write(files: Readonly<Record<string, string>>): void {
    writeFilesSync(this.config, files)
    this.commit(this.config)
  }

  /** What a call gives, its words as they follow `gentoomuch`. */
  async answerTo(words: readonly string[]): Promise<Answer> {
    const entry = COMMANDS.find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
    if (entry === undefined) throw new Error(`there is no command ${words.join(' ')}`)
    const file = await entry.load()
    const command = new Command().option('--json').exitOverride()
    file.declare(command)
    command.action(() => {}).parse(words.slice(entry.name.split(' ').length), { from: 'user' })
    const { signal } = new AbortController()
    return file.run(
      new Context({ config: this.config, data: this.data }, signal),
      command.processedArgs,
      command.opts(),
    )
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The repository as it is published, with its metadata/md5-cache; unsigned, since questions trust the lock. */
  private syncMiniature(): string {
    const at = join(this.folder, 'gentoo')
    const mirrors = layoutOf(this.data).git
    cpSync(join(projectRoot(), 'miniature', 'repository'), at, { recursive: true })
    for (const path of readdirSync(at, { recursive: true, encoding: 'utf8' })) {
      const [category = '', , file = ''] = path.split('/')
      if (!file.endsWith('.ebuild')) continue
      const entry = join(at, 'metadata', 'md5-cache', category, file.slice(0, -'.ebuild'.length))
      mkdirSync(dirname(entry), { recursive: true })
      writeFileSync(entry, metadataIn(readFileSync(join(at, path), 'utf8')))
    }
    this.git(at, 'init')
    this.commit(at)
    const revision = this.git(at, 'rev-parse', 'HEAD').trim()
    mkdirSync(mirrors, { recursive: true })
    renameSync(join(at, '.git'), join(mirrors, 'gentoo'))
    return revision
  }

  private commit(at: string): void {
    this.git(at, 'add', '--all')
    this.git(at, 'commit', '--quiet', '--allow-empty', '--message', 'all of it')
  }

  private git(at: string, ...words: string[]): string {
    mkdirSync(at, { recursive: true })
    const who = [
      '-c',
      'user.name=T',
      '-c',
      'user.email=t@example.org',
      '-c',
      'init.defaultBranch=main',
      '-c',
      'gc.auto=0',
    ]
    const env = { PATH: process.env['PATH'], HOME: this.folder, GIT_CONFIG_NOSYSTEM: '1' }
    return execFileSync('git', ['-C', at, ...who, ...words], { env, stdio: ['ignore', 'pipe', 'ignore'] }).toString()
  }
}

/** What checks ask for, of ebuilds that say it on one line and inherit none of it. */
function metadataIn(ebuild: string): string {
  const value = (key: string) => new RegExp(`^${key}="([^"]*)"`, 'm').exec(ebuild)?.[1] ?? ''
  return `IUSE=${value('IUSE')}\nKEYWORDS=${value('KEYWORDS')}\nSLOT=${value('SLOT') || '0'}\n`
}
