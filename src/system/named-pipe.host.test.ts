import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namedPipe } from './named-pipe.ts'
import { run } from './process.ts'

test('nobody waits for the other, and the end comes when all have closed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  const { path, reading, writing } = await namedPipe(folder)
  try {
    expect((await stat(path)).mode & 0o777).toBe(0o666)
    await writing.writeFile('one ')
    await run(['bash', '-c', 'echo two >"$1"', 'bash', path])
    await writing.close()
    expect((await reading.readFile()).toString()).toBe('one two\n')
    // Without a reader it is an error to write, and no wait.
    const other = await namedPipe(await mkdtemp(join(folder, 'x')))
    await other.reading.close()
    await expect(other.writing.writeFile('x')).rejects.toMatchObject({ code: 'EPIPE' })
    await other.writing.close()
  } finally {
    await reading.close()
    await rm(folder, { recursive: true })
  }
})
