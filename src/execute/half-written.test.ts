import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { layoutOf } from '../store/layout.ts'
import { PackageStore } from '../store/packages.ts'
import { StepFailure } from './failure.ts'
import { distrustHalfWritten } from './half-written.ts'

let folder: string
let packages: PackageStore
const full = new StepFailure({ code: 'disk-full', message: 'full' })
const BUILT = new Map([
  ['app-misc/greet-1.0', 'a'.repeat(64)],
  ['app-misc/greet-1.0-r1', 'b'.repeat(64)],
])
const WORDS = 'save-ebuild-env.sh: line 322: declare: write error: No space left on device'

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-half-'))
  const layout = layoutOf(join(folder, 'data'))
  packages = new PackageStore(layout)
  await mkdir(join(folder, 'portage'))
  await mkdir(layout.packages, { recursive: true })
  for (const [cpv, fingerprint] of BUILT) {
    const file = join(folder, 'file')
    await writeFile(file, cpv)
    await packages.keep({ cpv, fingerprint, ingredients: {} }, file)
  }
})
afterEach(() => rm(folder, { recursive: true }))

async function distrust(log: string, notFull: () => Promise<void>): Promise<{ lines: string[]; there: string[] }> {
  await writeFile(join(folder, 'portage/app-misc:greet-1.0:20260101-000000.log'), log)
  await writeFile(join(folder, 'portage/app-misc:greet-1.0-r1:20260101-000000.log'), 'all is well\n')
  const lines: string[] = []
  const tools = { logs: folder, packages, notFull, line: (line: string) => void lines.push(line) }
  await distrustHalfWritten(BUILT, tools).catch((error: unknown) => expect(error).toBe(full))
  const found = await Promise.all([...BUILT].map(async ([cpv, mark]) => ((await packages.verified(mark)) ? [cpv] : [])))
  return { lines, there: found.flat() }
}

test('a package whose build log speaks of a full disk does not stay, wherever in the log that stands', async () => {
  // Once over the border between two pieces that are read at once.
  for (const before of ['', 'x\n'.repeat(10), 'y'.repeat(1024 * 1024 - 130) + '\n']) {
    const { lines, there } = await distrust(`${before}${WORDS}\nmore\n`, () => Promise.reject(full))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^app-misc\/greet-1\.0: .*No space left on device/)
    expect(there).toEqual(['app-misc/greet-1.0-r1'])
  }
})

test('where there is room, somebody else spoke of another disk', async () => {
  const { lines, there } = await distrust(`a test says: ${WORDS}\n`, () => Promise.resolve())
  expect(lines).toHaveLength(1)
  expect(there).toEqual([...BUILT.keys()])
})

test('other logs say nothing', async () => {
  const never = () => Promise.reject(new Error('nobody asks'))
  expect(await distrust('all is well\n', never)).toEqual({ lines: [], there: [...BUILT.keys()] })
})
