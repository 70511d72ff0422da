/** What machines have in common is assembled once, and nothing of that can be seen in what comes out. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hashFile } from '../../src/system/hash.ts'
import { run } from '../../src/system/process.ts'
import type { Person } from './kit.ts'

const SHARED = /^\d+ packages, \d+ of them from a shared layer$/

export function layers(whose: () => Person): void {
  test('a root that began with a shared layer is to the byte the one that is made alone', async () => {
    const person = whose()
    const data = join(person.demo, 'data')
    const said = await run(['grep', '-rh', '"root:demo/workshop".*"how":"ran"', join(data, 'logs')])
    const summaries = said.stdout.split('\n').flatMap((line) => /"summary":"([^"]*)"/.exec(line)?.[1] ?? [])
    expect(summaries).toContainEqual(expect.stringMatching(SHARED))
    const before = await hashFile((await person.published('workshop')).tarball, 'sha512')
    await forget(data, /^(?:layer:|(?:root|finish|pack|sign):demo\/workshop$)/)
    await person.gentoomuch(['stage', 'build', 'workshop', ...person.flags])
    const events = (await person.events('stage-build')).filter(({ type }) => type === 'step-done')
    const root = events.find(({ id }) => id === 'root:demo/workshop')
    expect(root).toMatchObject({ how: 'ran', summary: expect.not.stringMatching(SHARED) as string })
    expect(await hashFile((await person.published('workshop')).tarball, 'sha512')).toBe(before)
  })
}

/** Takes away what steps with such ids gave, and what whole calls came to. */
async function forget(data: string, ids: RegExp): Promise<void> {
  const steps = join(data, 'store/steps')
  for (const name of await readdir(steps)) {
    const { id } = JSON.parse(await readFile(join(steps, name), 'utf8')) as { id: string }
    if (ids.test(id)) await rm(join(steps, name))
  }
  await rm(join(data, 'store/settled'), { recursive: true, force: true })
}
