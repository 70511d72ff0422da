/** What docs/ shows of the example is what the program gives for it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspectConfig } from '../src/config/read.ts'
import { BUILDER_NAMES } from '../src/config/model.ts'
import { blocksOf, callOf, exampleFiles, partsOf, readPage, type Block } from './docs-page.ts'
import { World } from './docs-world.ts'

let world: World
beforeAll(async () => void (world = await World.with(await exampleFiles())))
afterAll(() => world.remove())

describe('the example of docs/configuration.md', () => {
  test('is read without any problem, has two machines, and composes without any', async () => {
    const { config, problems } = await inspectConfig(world.config)
    expect(problems).toEqual([])
    expect([...config.stage4s.keys()]).toEqual(['desk', 'server'])
    expect(config.stage3s.has(BUILDER_NAMES[0])).toBe(true)
    const { json, exit } = await world.answerTo(['check', '--strict'])
    expect(json).toMatchObject({ problems: [], composed: 3, snapshots: ['gentoo'] })
    expect(exit).toBe(0)
  })

  test('uses every file of a machine but a kernel, and most of /etc/portage', async () => {
    const { config } = await inspectConfig(world.config)
    const machines = [...config.stage4s.values()]
    for (const list of ['scripts', 'files', 'removes', 'services', 'locales'] as const)
      expect(machines.some((machine) => machine[list].length > 0)).toBe(true)
    for (const word of ['hostname', 'timezone', 'nodes'] as const)
      expect(machines.some((machine) => machine[word] !== undefined)).toBe(true)
    const pieces = [config.global, ...config.cpus.values(), ...config.locals.values()]
    const tops = new Set(pieces.flatMap(({ files }) => files.map(({ path }) => path.split('/')[0])))
    expect(tops.size).toBeGreaterThan(11)
  })
})

// The second page changes files of the example as it goes.
test.each(['configuration.md', 'commands.md'])('what docs/%s shows of calls is what they print', async (name) => {
  const blocks = blocksOf(await readPage(name))
  expect(blocks.filter((block) => callOf(block) !== undefined).length).toBeGreaterThan(4)
  let files: Record<string, string> = {}
  for (const block of blocks) {
    const words = callOf(block)
    if (words === undefined) files[block.name] = block.text
    else {
      if (Object.keys(files).length > 0) world.write(files)
      files = {}
      await compare(block, words)
    }
  }
})

/** What Portage itself says is asked for where there is one: the end-to-end tests compare that part. */
async function compare(block: Block, words: readonly string[]): Promise<void> {
  const isExplain = words[1] === 'explain'
  const { json, text = '' } = await world.answerTo(isExplain ? [...words, '--offline'] : words)
  const said = words.includes('--json') ? JSON.stringify(json, null, 2) : text
  let rest = said
  for (const part of partsOf(isExplain ? { ...block, text: beforePortage(block.text) } : block)) {
    const at = rest.indexOf(part)
    if (at < 0) expect(said, `gentoomuch ${words.join(' ')}`).toContain(part)
    expect(at, `${part}\nstands earlier in: ${said}`).toBeGreaterThanOrEqual(0)
    rest = rest.slice(at + part.length)
  }
}

function beforePortage(text: string): string {
  return text.replace(/^Portage[: ][^]*/m, '')
}

test.each([['init'], ['check'], ['config show', 'desk']])(
  '--json of %s has the members that docs/commands.md says',
  async (command, ...more) => {
    const { json } = await world.answerTo([...command.split(' '), ...more])
    const row = (await readPage('commands.md')).split('\n').find((line) => line.startsWith(`| \`${command}\` | \`{`))
    expect(Object.keys(json ?? {})).toEqual(membersIn(row ?? ''))
  },
)

/** `{a, b: [{c}], d}` → a, b, d. */
function membersIn(row: string): string[] {
  let inner = /`\{(.*?)\}`/.exec(row)?.[1] ?? ''
  for (let before = ''; before !== inner;) {
    before = inner
    inner = inner.replaceAll(/\{[^{}]*\}|\[[^[\]]*\]/g, '')
  }
  return inner.split(',').map((member) => member.replace(/[:?].*/, '').trim())
}
