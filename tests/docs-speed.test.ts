/** docs/speed.md says what is promised of each measurement of the bench, and keeps its latest figures. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../src/system/project.ts'
import { marks, MEASUREMENTS, PAGE, withFigures } from './bench/page.ts'
import { markdownTable } from './bench/table.ts'

const page = await readFile(join(projectRoot(), PAGE), 'utf8')

test.each(MEASUREMENTS)('%s has its promise and a place for its figures', (name) => {
  expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'))
  const { begin, end } = marks(name)
  expect(page.indexOf(begin)).toBeGreaterThan(0)
  expect(page.indexOf(end)).toBeGreaterThan(page.indexOf(begin))
})

test('new figures take the place of old ones, and nothing else changes', () => {
  const { begin, end } = marks('ten')
  const once = withFigures(page, 'ten', 'new figures')
  expect(once).toContain(`${begin}\n\nnew figures\n\n${end}`)
  expect(withFigures(once, 'ten', 'new figures')).toBe(once)
  expect(once.split(begin)[0]).toBe(page.split(begin)[0])
  expect(once.split(end)[1]).toBe(page.split(end)[1])
  expect(() => withFigures('no place', 'ten', 'x')).toThrow('has no place')
})

test('a name with a bar in it stays one cell', () => {
  const table = markdownTable({
    title: 'Packing',
    heads: ['median'],
    rows: [{ name: 'tar | zstd', figures: ['1 s'] }],
    broken: [],
  })
  expect(table.split('\n').at(-1)).toBe('| tar \\| zstd | 1 s |')
})
