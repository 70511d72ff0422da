/** What tests of the finish step stand on: small roots, and the step run on them in real containers. */
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Argv, Container, Engine, TreeRef } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import type { Failure } from '../../src/events.ts'
import { asFailure } from '../../src/execute/failure.ts'
import { finish, type FinishInput } from '../../src/execute/finish.ts'
import type { Tools } from '../../src/execute/handler.ts'
import { valueOf, type TreeValue } from '../../src/execute/values.ts'
import type { Json } from '../../src/plan/json.ts'
import { smallTree } from './small-tree.ts'

const never = new AbortController().signal
const NOTHING: FinishInput = {
  files: [],
  folders: [],
  locales: [],
  services: [],
  scripts: [],
  removals: [],
}

/** One engine with a small root for all tests of a file. */
export class Finishing {
  scratch = ''
  /** What was noted since the last test. */
  notes: string[] = []
  /** What was logged since the last test. */
  log: string[] = []
  private opened: Engine | undefined
  private small: TreeRef | undefined
  private readonly trees: TreeRef[] = []
  private folders = 0

  /** @param more programs of the host that the root has besides */
  constructor(more: readonly string[] = []) {
    beforeAll(async () => {
      this.scratch = await mkdtemp(join(process.env['GENTOOMUCH_TEST_FOLDER'] ?? '/var/tmp', 'gentoomuch-finish-'))
      await chmod(this.scratch, 0o755)
      this.opened = await openEngine('embedded', { data: join(this.scratch, 'data') })
      this.small = this.keep(await this.engine.importTree(createReadStream(await smallTree(this.scratch, more))))
    })
    afterEach(async () => {
      this.notes = []
      this.log = []
      for (const left of await this.engine.preserved()) await this.engine.discard(left)
    })
    afterAll(async () => {
      for (const tree of this.trees) await this.engine.remove(tree, [])
      await this.engine.sweep()
      await rm(this.scratch, { recursive: true })
    })
  }

  get engine(): Engine {
    return this.opened ?? expect.unreachable('no engine yet')
  }

  get bare(): TreeRef {
    return this.small ?? expect.unreachable('no root yet')
  }

  /** What a bash script says in a copy of the tree. */
  async say(tree: TreeRef, script: string): Promise<string> {
    const container = await this.engine.open({ ...ALONE, tree })
    const said = await words(container, ['bash', '-c', script])
    await container.close()
    return said
  }

  /** What a bash script says in the container that a failure kept. */
  async sayKept(script: string): Promise<string> {
    const [name = ''] = await this.engine.preserved()
    return words(await this.engine.reopen(name), ['bash', '-c', script])
  }

  /** The bare tree with what a script adds. */
  async rootWith(script: string): Promise<TreeRef> {
    const container = await this.engine.open({ ...ALONE, tree: this.bare, root: 'copied' })
    const { status } = await container.run(['bash', '-eu'], { stdin: Readable.from([script]) }, never)
    if (status !== 0) throw new Error(`the script of the test ended with status ${status}`)
    const tree = this.keep(await container.keepTree('/'))
    await container.close()
    return tree
  }

  async finished(root: TreeRef, input: Partial<FinishInput>): Promise<{ tree: TreeRef; summary?: string }> {
    const step = {
      id: 'finish:x',
      kind: 'finish',
      label: '',
      input: { ...NOTHING, ...input } as unknown as Json,
      parents: {},
    } as const
    const parents = { root: { digest: root.digest, value: { tree: root } as unknown as Json } }
    const output = await finish.run({ key: 'k', step, parents }, this.tools())
    const { tree } = valueOf<TreeValue>(output)
    return { tree: this.keep(tree), ...(output.summary === undefined ? {} : { summary: output.summary }) }
  }

  /** The failure of a finish step that must not come out right. */
  async failed(root: TreeRef, input: Partial<FinishInput>): Promise<Failure> {
    const failure = await this.finished(root, input).then(
      () => expect.unreachable('it came out right'),
      (error: unknown) => asFailure(error),
    )
    expect(failure.shell).toMatch(/^shell /)
    return failure
  }

  private keep(tree: TreeRef): TreeRef {
    this.trees.push(tree)
    return tree
  }

  tools(): Tools {
    const unused = () => {
      throw new Error('finish needs no such thing')
    }
    const folder = async () => {
      const path = join(this.scratch, `folder-${process.hrtime.bigint()}-${this.folders++}`)
      await mkdir(path)
      return path
    }
    return {
      engine: this.engine,
      jobs: 1,
      allJobs: 1,
      signal: never,
      mirrors: [],
      signing: { sign: unused },
      logs: this.scratch,
      shellIn: (name) => `shell ${name}`,
      notFull: () => Promise.resolve(),
      progress: () => {},
      line: (line) => this.log.push(line),
      note: (level, said) => this.notes.push(`${level}: ${said}`),
      preserved: () => {},
      packageDone: unused,
      had: unused,
      folder,
      get layout() {
        return unused()
      },
      get packages() {
        return unused()
      },
      get layers() {
        return unused()
      },
    }
  }
}

const ALONE = { mounts: [], folders: [], tmpfs: [], env: { PATH: '/bin' }, network: false } as const

async function words(container: Container, argv: Argv): Promise<string> {
  const stdout = new PassThrough()
  const said = text(stdout)
  await container.run(argv, { stdout, stderr: stdout }, never)
  stdout.end()
  return (await said).trim()
}
