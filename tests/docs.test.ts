/** What the documentation shows is what the program does: the starter builds a value, every verb stands in the table. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../src/commands/index.ts'
import { readConfig } from '../src/config/read.ts'
import { builderDefine, composed } from '../src/pipeline.ts'
import { listVariables } from '../src/portage/variables.ts'
import { repositoriesOf } from '../src/portage/reposConf.ts'
import { projectRoot } from '../src/system/project.ts'
import { init } from '../src/workbench/init.ts'

const page = (name: string) => readFile(join(projectRoot(), name), 'utf8')

test('every command stands in docs/commands.md, under its own name', async () => {
  const text = await page('docs/commands.md')
  for (const { name } of COMMANDS) expect(text).toMatch(new RegExp(`\`${name}[ \`]`))
})

test('the starter configuration is valid, composes, and a second init changes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gm-starter-'))
  try {
    const first = await init(join(folder, 'config'), join(folder, 'data'))
    expect(first.kept).toEqual([])
    const config = await readConfig(join(folder, 'config'))
    const directory = composed(config, builderDefine(config), listVariables([]))
    expect(repositoriesOf(directory).map(({ name, main }) => [name, main])).toEqual([['gentoo', true]])
    expect([...config.stage4s.keys()]).toEqual(['example'])
    const second = await init(join(folder, 'config'), join(folder, 'data'))
    expect(second.written).toEqual([])
    expect(second.kept).toEqual(first.written)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('every file of env/ that is read stands in docs/configuration.md and in the starter', async () => {
  const [docs, starter, source] = [
    await page('docs/configuration.md'),
    await page('src/workbench/starter/env/README.md'),
    await page('src/config/env.ts'),
  ]
  const names = [...source.matchAll(/(?:word|line)\('([a-z.]+)'\)|'env\/([a-z.]+)'/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  expect(names.length).toBeGreaterThan(6)
  for (const name of names) {
    expect(docs).toContain(`env/${name}`)
    expect(starter).toContain(`\`${name}`)
  }
})
