import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { TarMembers } from './tar-members.ts'

const folder = mkdtempSync(join(tmpdir(), 'tar-members-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

writeFileSync(join(folder, 'plain'), 'plain')
writeFileSync(join(folder, 'n'.repeat(150)), 'long name')
writeFileSync(join(folder, 'sparse'), 'end')
truncateSync(join(folder, 'sparse'), 3_000_000)
for (let hole = 0; hole < 40; hole += 1) writeFileSync(join(folder, 'sparse'), 'x', { flag: 'r+' })

/** As the network would bring it: in pieces that fit no block. */
function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
}

test.each(['gnu', 'pax', 'ustar', 'oldgnu', 'v7'])('a %s tar passes unchanged', async (format) => {
  const long = format === 'ustar' || format === 'v7' ? ['--exclude=nnn*'] : []
  const sparse = format === 'v7' || format === 'ustar' ? [] : ['--sparse']
  const tar = execFileSync('tar', [`--format=${format}`, ...long, ...sparse, '-C', folder, '-cf', '-', '.'], {
    maxBuffer: 1 << 28,
  })
  for (const size of [100, 511, 65_536]) {
    expect((await buffer(Readable.from(pieces(tar, size)).pipe(new TarMembers()))).equals(tar)).toBe(true)
  }
})

test('device nodes are left out, their neighbours stay', async () => {
  const members = ['a', 'null', 'b']
  writeFileSync(join(folder, 'a'), 'a')
  writeFileSync(join(folder, 'b'), 'b')
  const tar = execFileSync('tar', [
    '--format=pax',
    '-cf',
    '-',
    '-C',
    folder,
    'a',
    '-C',
    '/dev',
    'null',
    '-C',
    folder,
    'b',
  ])
  expect(execFileSync('tar', ['-tf', '-'], { input: tar }).toString().trim().split('\n')).toEqual(members)
  const out = await buffer(Readable.from([tar]).pipe(new TarMembers()))
  expect(execFileSync('tar', ['-tf', '-'], { input: out }).toString()).toBe('a\nb\n')
})

test.each([
  ['../up', 'tar-climbs-out'],
  ['/abs', 'tar-climbs-out'],
])('%s is refused', async (name, code) => {
  const tar = execFileSync('tar', [`--transform=s,^plain$,${name},`, '-P', '-cf', '-', '-C', folder, 'plain'])
  await expect(buffer(Readable.from([tar]).compose(new TarMembers()))).rejects.toMatchObject({ code })
})

test('a tar that is cut short is told', async () => {
  const tar = execFileSync('tar', ['-cf', '-', '-C', folder, 'plain'])
  await expect(buffer(Readable.from([tar.subarray(0, 800)]).compose(new TarMembers()))).rejects.toMatchObject({
    code: 'tar-broken',
  })
})
