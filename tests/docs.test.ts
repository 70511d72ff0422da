/** What the documentation shows is what the program does: the starter builds a value, every verb stands in the table. */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../src/commands/index.ts'
import { readConfig } from '../src/config/read.ts'
import { builderDefine, composed } from '../src/repositories.ts'
import { entriesFolderOf } from '../src/portage/language/kinds.ts'
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

/** The words of a list in a source file: `const KNOWN = ['a', 'b']`. */
async function listIn(source: string, name: string): Promise<string[]> {
  const text = await page(source)
  const list = new RegExp(`^const ${name} = \\[([^\\]]*)\\]`, 'm').exec(text)?.[1] ?? ''
  return [...list.matchAll(/'([^']+)'/g)].map(([, word = '']) => word)
}

test.each([
  ['src/config/machine.ts', 'stage4.defines', 12],
  ['src/config/stage3.ts', 'stage3.defines', 5],
])('every file that %s reads stands in docs/configuration.md and in the starter', async (source, folder, count) => {
  const names = await listIn(source, 'KNOWN')
  expect(names.length).toBeGreaterThanOrEqual(count)
  const docs = (await page('docs/configuration.md')).split(/^## /m).find((part) => part.startsWith(`\`${folder}/\``))
  const starter = await page(`src/workbench/starter/${folder}/README.md`)
  for (const name of names)
    for (const text of [docs, starter]) expect(text).toMatch(new RegExp(`^\\| \`${name}/?\` \\|`, 'm'))
})

test('every folder of the directory stands in both READMEs, and what Portage reads in pieces in docs/configuration.md', async () => {
  const [docs, starter] = [await page('docs/configuration.md'), await page('src/workbench/starter/README.md')]
  const folders = await listIn('src/config/layout.ts', 'FOLDERS')
  expect(folders.length).toBeGreaterThan(10)
  for (const folder of folders) for (const text of [docs, starter]) expect(text).toContain(`\`${folder}/`)
  const files = await listIn('src/config/pieces.ts', 'KNOWN')
  expect(files.length).toBeGreaterThan(20)
  for (const file of files) expect(docs).toMatch(new RegExp(`\`${file}[/\`]`))
  const lineFiles = /^\| (.*) \| a folder with a file a piece/m.exec(docs)?.[1] ?? ''
  for (const file of files) expect([file, lineFiles.includes(`\`${file}\``)]).toEqual([file, isFolderOfLines(file)])
})

function isFolderOfLines(file: string): boolean {
  return entriesFolderOf(file) === file
}

test('links in docs/ lead to pages and headings that are there', async () => {
  const names = (await readdir(join(projectRoot(), 'docs'))).filter((name) => name.endsWith('.md'))
  for (const name of names)
    for (const [, target = ''] of (await page(`docs/${name}`)).matchAll(/\]\(([^)\s]+)\)/g)) {
      const [file = '', heading] = target.split('#')
      const path = join('docs', file === '' ? name : file)
      expect(existsSync(join(projectRoot(), path)), `${name}: ${target}`).toBe(true)
      if (heading !== undefined) expect(headings(await page(path)), name).toContain(heading)
    }
})

/** As they are linked to. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
}
