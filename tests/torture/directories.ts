/** A whole configuration directory in which a few files were spoilt: read, composed and looked at as `check` does it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { disagreements } from '../../src/check/disagreements.ts'
import { siblings } from '../../src/check/siblings.ts'
import { unused } from '../../src/check/unused.ts'
import type { Problem } from '../../src/config/problem.ts'
import { inspectConfig } from '../../src/config/read.ts'
import { composeDefinition } from '../../src/portage/definition.ts'
import { listVariables } from '../../src/portage/variables.ts'
import { filesBelow, STARTER, type SeedFile } from './corpus.ts'
import { mutated } from './mutations.ts'
import type { Random } from './random.ts'

/** Beside the starter's: one of each small file. */
const MORE: Readonly<Record<string, string>> = {
  'env/arch': 'amd64\n',
  'env/jobs': '4\n',
  'env/mirrors': 'https://example.org/gentoo\n/srv/distfiles # here\n',
  'env/compression': 'zstd:19\n',
  'env/sign.key': '0123 4567 89AB CDEF\n',
  'env/repositories/gentoo': '/srv/gentoo.git\n',
  'portage.locals/desk/package.use/desk': 'app-editors/vim X\n*/* VIDEO_CARDS: amdgpu\n',
  'portage.locals/desk/make.conf': 'USE="X"\nsource env/more\n',
  'portage.locals/desk/env/more': 'CFLAGS="-O3"\n',
  'portage.locals/desk/package.env': 'app-editors/vim more\n',
  'portage.locals/desk/profile/package.use.mask': 'app-editors/vim -X\n',
  'portage.locals/desk/profile/make.defaults': 'USE="nls"\n',
  'package.sets/desk': '@tools\napp-editors/vim\n',
  'package.sets/tools': 'app-misc/tmux\n',
  'stage3.defines/desk/cpu': 'generic\n',
  'stage3.defines/desk/packages': 'desk # and what it includes\napp-misc/screen\n',
  'stage3.defines/desk/portage.local': 'desk\nminimal\n',
  'stage3.defines/desk/portage/package.mask': '>=app-editors/vim-9\n',
  'stage4.defines/home/stage3': 'desk\n',
  'stage4.defines/home/profile': 'default\n',
  'stage4.defines/home/services': 'sshd default\n-netmount\n!getty@tty1 # no\n',
  'stage4.defines/home/locales': 'de_CH.UTF-8 UTF-8\n',
  'stage4.defines/home/timezone': 'Europe/Zurich\n',
  'stage4.defines/home/hostname': 'home\n',
  'stage4.defines/home/kconf': 'home\n',
  'stage4.defines/home/nodes': '/dev/null c 1 3\n',
  'stage4.defines/home/removes': 'slim\n',
  'stage4.defines/home/files': 'motd\n',
  'stage4.defines/home/scripts': 'last.sh\n',
  'kernel.configs/home.kconf': 'CONFIG_X86=y\n',
  'user.removes/slim': '/usr/share/doc/*\n/var/log/*.log\n',
  'user.files/motd/etc/motd': 'Hello\n',
  'user.files/motd.owners': 'etc/m* root:root 640\nsrv/**/x/ 1:2 1777\nsrv/x/ www:www\n',
  'user.scripts/last.sh': 'echo done\n',
  'user.patches/fix/app-editors/vim-9/one.patch': '--- a\n+++ b\n',
}

const LISTS = listVariables(['USE_EXPAND="CPU_FLAGS_X86 VIDEO_CARDS"\n'])

export interface Spoilt {
  readonly problems: readonly Problem[]
  readonly definitions: number
}

export class SpoiltDirectory {
  private readonly parent = mkdtempSync(join(tmpdir(), 'gm-torture-'))
  readonly path = join(this.parent, 'config')
  private readonly whole = join(this.parent, 'whole')
  private readonly files: readonly SeedFile[]
  private readonly changed = new Map<string, SeedFile>()
  private isWhole = false

  constructor() {
    const more = Object.entries(MORE).map(([path, text]): SeedFile => ({ path, bytes: Buffer.from(text) }))
    this.files = [...filesBelow(STARTER), ...more]
    for (const { path, bytes } of this.files) write(join(this.whole, path), bytes)
  }

  /** Spoils one to five files of the whole directory, and now and then what lies where. */
  spoil(random: Random, other: SeedFile): void {
    this.restore()
    for (let left = 1 + random.below(5); left > 0; left--) {
      const file = random.pick(this.files)
      const { bytes } = mutated(random, file.bytes, other.bytes)
      this.put({ path: file.path, bytes })
    }
    if (random.once(3)) this.put({ path: `${random.pick(TOPS)}/${other.path}`, bytes: other.bytes })
    if (random.once(6)) this.displace(random)
  }

  /** How many files are not as they were. */
  get spoilt(): number {
    return this.changed.size
  }

  /** Text of all files as they are now, by path; what lies where a link leads is read through it. */
  texts(): Map<string, string> {
    const paths = new Set([...this.files.map(({ path }) => path), ...this.changed.keys()])
    return new Map([...paths].flatMap((path): [string, string][] => this.text(path)))
  }

  /** Everything that `check` finds without snapshots. */
  async inspect(): Promise<Spoilt> {
    const { config, problems } = await inspectConfig(this.path)
    const machines = [...config.stage3s.values()].map((define) => ({
      name: define.name,
      composed: composeDefinition(config, define, LISTS),
    }))
    const found = [
      ...problems,
      ...machines.flatMap(({ composed }) => composed.problems),
      ...disagreements(machines),
      ...siblings(machines, true),
      ...unused(config),
    ]
    return { problems: found, definitions: machines.length }
  }

  remove(): void {
    rmSync(this.parent, { recursive: true, force: true })
  }

  private text(path: string): [string, string][] {
    try {
      return [[path, readFileSync(join(this.path, path), 'utf8')]]
    } catch {
      return []
    }
  }

  private restore(): void {
    if (!this.isWhole) {
      rmSync(this.path, { recursive: true, force: true })
      cpSync(this.whole, this.path, { recursive: true })
    } else {
      const byPath = new Map(this.files.map((file) => [file.path, file]))
      for (const path of this.changed.keys()) {
        const file = byPath.get(path)
        if (file === undefined) rmSync(join(this.path, path), { force: true })
        else write(join(this.path, path), file.bytes)
      }
    }
    this.changed.clear()
    this.isWhole = true
  }

  private put(file: SeedFile): void {
    try {
      write(join(this.path, file.path), file.bytes)
      this.changed.set(file.path, file)
    } catch {
      // A folder where a file would be, or the other way round: then it stays as it is.
      this.isWhole = false
    }
  }

  /** A file gone, a folder or a link in its place. */
  private displace(random: Random): void {
    this.isWhole = false
    const path = join(this.path, random.pick(this.files).path)
    rmSync(path, { recursive: true, force: true })
    const kind = random.below(5)
    if (kind === 0) return
    if (kind === 1) write(join(path, 'inside'), Buffer.from('inside\n'))
    else symlinkSync(random.pick(['.', '..', '/etc/passwd', 'nothing', '../../README.md']), path)
  }
}

/** Where files of `/etc/portage` go. */
const TOPS = ['portage.global', 'portage.locals/desk', 'cpu.defines/generic', 'stage3.defines/desk/portage']

function write(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}
