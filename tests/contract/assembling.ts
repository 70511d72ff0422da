/** Roots assembled in real containers of the miniature's base: by our driver, and by plain emerge beside it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { copyAll } from '../../miniature/copy.ts'
import type { Argv, Container, Engine } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import type { Failure } from '../../src/events.ts'
import { assemble, assembleByEmerge, PLAN } from '../../src/execute/assemble.ts'
import { emerge, emergeArgv } from '../../src/execute/emerge.ts'
import { PLACES } from '../../src/execute/environment.ts'
import { asFailure } from '../../src/execute/failure.ts'
import type { Tools, Work } from '../../src/execute/handler.ts'
import { openPortage, within } from '../../src/execute/portageContainer.ts'
import type { Json } from '../../src/plan/json.ts'
import type { ResolvedPackage } from '../../src/plan/resolved.ts'
import type { PortageDirectory } from '../../src/portage/model.ts'
import { onMiniature } from '../kit/on-miniature.ts'
import { standingIn } from '../kit/standing-in.ts'

const { signal } = new AbortController()
/** "Now" of roots. */
export const EPOCH = 1_767_225_600
const PROFILE = 'gentoo:default/linux/amd64/miniature'
const REPOS_CONF =
  '[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = /var/db/repos/gentoo\n[hard]\nlocation = /var/db/repos/hard\n'

/** Says everything about every path of a root, one JSON line a path. */
const LIST = String.raw`
import bz2, hashlib, json, os, stat, sys
root = sys.argv[1].encode()
first = {}
for base, folders, files in sorted(os.walk(root)):
    for name in [b"."] + sorted(files + [f for f in folders if os.path.islink(os.path.join(base, f))]):
        path = base if name == b"." else os.path.join(base, name)
        info = os.lstat(path)
        about = {"path": os.fsdecode(path[len(root):]), "mode": oct(info.st_mode), "owner": f"{info.st_uid}:{info.st_gid}"}
        if not stat.S_ISDIR(info.st_mode):
            about["link"] = os.fsdecode(first.setdefault(info.st_ino, path[len(root):]))
        if stat.S_ISLNK(info.st_mode):
            about["to"] = os.readlink(os.fsdecode(path))
        else:
            about["time"] = info.st_mtime_ns
            about["xattrs"] = {key: os.getxattr(path, key).hex() for key in os.listxattr(path)}
        if stat.S_ISREG(info.st_mode):
            data = open(path, "rb").read()
            if path.endswith(b"environment.bz2"):
                data = bz2.decompress(data)
            about["text"] = data.decode("latin1") if len(data) < 200000 else hashlib.sha256(data).hexdigest()
        print(json.dumps(about))
`

export interface Listed {
  readonly path: string
  readonly mode: string
  readonly owner: string
  readonly time?: number
  readonly text?: string
  readonly xattrs?: Readonly<Record<string, string>>
}

/** What merges them: our driver, plain emerge, or the driver in front of a Portage that it does not know. */
export type By = 'driver' | 'emerge' | 'unknown Portage'

export interface Assembled {
  readonly listed: readonly Listed[]
  readonly lines: readonly string[]
  readonly notes: readonly string[]
}

export class Assembling {
  readonly #scratch: string
  readonly #engine: Engine
  readonly #tree: Json
  #folders = 0

  private constructor(scratch: string, engine: Engine, tree: Json) {
    this.#scratch = scratch
    this.#engine = engine
    this.#tree = tree
  }

  /** The miniature's base with a repository `hard` of these files, and all of the packages compiled. */
  static async with(
    files: Readonly<Record<string, string>>,
    compiled: readonly string[],
    work: (assembling: Assembling) => Promise<void>,
  ): Promise<void> {
    const scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-assembly-'))
    const engine = await openEngine('embedded', { data: join(scratch, 'data') })
    try {
      await onMiniature('assemble roots', engine, async ({ base, complete }) => {
        const from = await complete()
        await copyAll(join(from, 'gentoo'), join(scratch, 'gentoo'), signal)
        await copyAll(join(from, 'distfiles'), join(scratch, 'distfiles'), signal)
        await put(join(scratch, 'hard'), files)
        const assembling = new Assembling(scratch, engine, { ...(await base.tree()) })
        await assembling.compile(compiled)
        await work(assembling)
      })
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  }

  async compile(cpvs: readonly string[]): Promise<void> {
    const { tools } = this.tools()
    const mounts = [{ source: join(this.#scratch, 'distfiles'), target: PLACES.distfiles, readOnly: true as const }]
    await within(this.open({}, tools, mounts, [PLACES.packages]), async (container) => {
      const argv = emergeArgv(
        ['--oneshot', '--nodeps', '--buildpkgonly', '--jobs=2'],
        cpvs.map((cpv) => `=${cpv}`),
      )
      await emerge(container, argv, tools, { purpose: 'compiling' })
      const kept = await container.keepFiles(PLACES.packages)
      await copyAll(kept.path, join(this.#scratch, 'packages'), signal)
      await rm(kept.path, { recursive: true })
    })
  }

  /**
   * Merges packages, in this order, with these files of /etc/portage.
   * @param first `helper` goes into `/` and not into the root
   */
  async merged(by: By, cpvs: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<Assembled> {
    const { tools, lines, notes } = this.tools()
    const plan = await tools.folder()
    const mounts = [
      { source: join(this.#scratch, 'packages'), target: PLACES.packages, readOnly: true as const },
      { source: plan, target: PLAN, readOnly: true as const },
    ]
    return within(this.open(files, tools, mounts, [PLACES.target]), async (container) => {
      const merges = cpvs.map((cpv) => ({
        entry: { id: cpv, cpv, name: cpv.replace(/-[^-]*$/, '') } as ResolvedPackage,
        into: cpv.includes('/helper-') ? ('builder' as const) : ('target' as const),
      }))
      if (by === 'emerge') await this.plainly(container, merges, tools)
      else {
        const segments = [{ argument: '@hard', merges }]
        const purpose = 'assembling the root of hard'
        const driven = by === 'driver' ? container : unknown(container)
        const done = await assemble(driven, { segments, from: 0, to: 1 }, tools, { purpose, epoch: EPOCH, plan })
        if (done !== (by === 'driver')) throw new Error(`the driver says ${done} of ${by}`)
        if (!done)
          await assembleByEmerge(
            container,
            segments,
            cpvs.map((cpv) => `=${cpv}`),
            tools,
            purpose,
          )
      }
      await say(container, ['python3', join(PLACES.programs, 'normalise.py'), PLACES.target, String(EPOCH)])
      const listed = (await say(container, ['python3', '-c', LIST, PLACES.target])).trim().split('\n')
      return { listed: listed.map((line) => JSON.parse(line) as Listed), lines, notes }
    })
  }

  /** What a user is told, where they cannot be merged, and what the kept container says to a script. */
  async failing(cpvs: readonly string[], script: string): Promise<{ failure: Failure; said: string }> {
    const failure = await this.merged('driver', cpvs).then(
      () => {
        throw new Error(`${cpvs.join(' ')} were merged`)
      },
      (error: unknown) => asFailure(error),
    )
    const [name = ''] = (await this.#engine.preserved()).filter((one) => failure.shell === `shell ${one}`)
    const said = await say(await this.#engine.reopen(name), ['bash', '-c', script])
    await this.#engine.discard(name)
    return { failure, said }
  }

  /** As one does it by hand, without resolving again, in the same order. */
  private async plainly(
    container: Container,
    merges: readonly { readonly entry: ResolvedPackage; readonly into: string }[],
    tools: Tools,
  ): Promise<void> {
    for (const into of ['builder', 'target']) {
      const atoms = merges.filter((merge) => merge.into === into).map(({ entry }) => `=${entry.cpv}`)
      if (atoms.length === 0) continue
      await emerge(container, emergeArgv(['--usepkgonly', '--nodeps', '--oneshot', '--jobs=1'], atoms), tools, {
        purpose: 'assembling the root of hard',
        env: into === 'target' ? { ROOT: PLACES.target, SYSROOT: '/' } : {},
      })
    }
  }

  private open(
    files: Readonly<Record<string, string>>,
    tools: Tools,
    mounts: Parameters<typeof openPortage>[2]['mounts'] & object,
    folders: readonly string[],
  ): Promise<Container> {
    const all = { 'repos.conf/all.conf': REPOS_CONF, 'make.conf': '', ...files }
    const portage: PortageDirectory = {
      files: Object.entries(all).map(([path, bytes]) => ({ path, bytes, executable: false })),
      profile: PROFILE,
    }
    const output = (name: string) => ({
      digest: '',
      value: { name, revision: '', tree: join(this.#scratch, name), time: EPOCH } as Json,
    })
    const work: Work = {
      key: '',
      step: { id: 'root:hard', kind: 'root', label: '', input: { locations: {} }, parents: {} },
      parents: { 'repository gentoo': output('gentoo'), 'repository hard': output('hard') },
    }
    return openPortage(work, tools, {
      tree: this.#tree as never,
      portage,
      seedProfile: '',
      mounts,
      folders,
      programs: ['assemble', 'normalise.py'],
      phases: true,
    })
  }

  private tools(): { tools: Tools; lines: string[]; notes: string[] } {
    const [lines, notes]: [string[], string[]] = [[], []]
    const folder = async () => {
      const path = join(this.#scratch, `folder-${this.#folders++}`)
      await mkdir(path)
      return path
    }
    const tools = {
      engine: this.#engine,
      jobs: 2,
      allJobs: 2,
      signal,
      logs: join(this.#scratch, 'logs'),
      shellIn: (name: string) => `shell ${name}`,
      progress: () => {},
      preserved: () => {},
      line: (line: string) => void lines.push(line),
      note: (level: string, said: string) => void notes.push(`${level}: ${said}`),
      folder,
    } as unknown as Tools
    return { tools, lines, notes }
  }
}

/** All of them, side by side; none goes on when this ends. */
export async function atOnce<T>(...works: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(works)
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}

/** A container whose Portage the driver does not know. */
function unknown(container: Container): Container {
  const run: Container['run'] = async (argv, io, stop) =>
    argv[0] === 'python3' && argv[1]?.endsWith('/assemble') === true ? { status: 3 } : container.run(argv, io, stop)
  return standingIn(container, { run })
}

async function say(container: Container, argv: Argv): Promise<string> {
  const stdout = new PassThrough()
  const said = text(stdout)
  const { status } = await container.run(argv, { stdout, stderr: stdout }, signal)
  stdout.end()
  if (status !== 0) throw new Error(`${argv.slice(0, 2).join(' ')} ended with ${status}: ${await said}`)
  return said
}

async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, words] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), words)
  }
}
