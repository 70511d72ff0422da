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

const limits = { maxBytes: 10_000_000, maxMembers: 100 }

/** As the network would bring it: in pieces that fit no block. */
function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
}

test.each(['gnu', 'pax', 'ustar', 'oldgnu', 'v7'])('a %s tar passes unchanged, up to its end mark', async (format) => {
  const long = format === 'ustar' || format === 'v7' ? ['--exclude=nnn*'] : []
  const sparse = format === 'v7' || format === 'ustar' ? [] : ['--sparse']
  const blocks = ['--blocking-factor=1']
  const words = [`--format=${format}`, ...blocks, ...long, ...sparse, '-C', folder, '-cf', '-', '.']
  const tar = execFileSync('tar', words, { maxBuffer: 1 << 28 })
  for (const size of [100, 511, 65_536]) {
    const behind = Buffer.alloc(10_000, 'more')
    const all = pieces(Buffer.concat([tar, behind]), size)
    const passed = await buffer(Readable.from(all).pipe(new TarMembers(limits)))
    expect(passed.equals(tar)).toBe(true)
  }
})

test('device nodes are left out, their neighbours stay', async () => {
  const members = ['a', 'null', 'b']
  writeFileSync(join(folder, 'a'), 'a')
  writeFileSync(join(folder, 'b'), 'b')
  const from = ['-C', folder, 'a', '-C', '/dev', 'null', '-C', folder, 'b']
  const tar = execFileSync('tar', ['--format=pax', '-cf', '-', ...from])
  expect(execFileSync('tar', ['-tf', '-'], { input: tar }).toString().trim().split('\n')).toEqual(members)
  const out = await buffer(Readable.from([tar]).pipe(new TarMembers(limits)))
  expect(execFileSync('tar', ['-tf', '-'], { input: out }).toString()).toBe('a\nb\n')
})

test.each([
  ['../up', 'tar-climbs-out'],
  ['/abs', 'tar-climbs-out'],
])('%s is refused', async (name, code) => {
  const tar = execFileSync('tar', [`--transform=s,^plain$,${name},`, '-P', '-cf', '-', '-C', folder, 'plain'])
  await expect(buffer(Readable.from([tar]).compose(new TarMembers(limits)))).rejects.toMatchObject({ code })
})

test.each([0, 512, 800, 1024])('a tar that is cut short after %i bytes is told', async (bytes) => {
  const tar = execFileSync('tar', ['-cf', '-', '-C', folder, 'plain'])
  const reading = buffer(Readable.from([tar.subarray(0, bytes)]).compose(new TarMembers(limits)))
  await expect(reading).rejects.toMatchObject({ code: 'tar-cut-short' })
})

test.each(['gnu', 'pax', 'oldgnu'])('the holes of a sparse file count as bytes in a %s tar', async (format) => {
  const hollow = join(folder, 'hollow')
  writeFileSync(hollow, '')
  truncateSync(hollow, 1024 ** 4)
  const tar = execFileSync('tar', [`--format=${format}`, '--sparse', '-C', folder, '-cf', '-', 'hollow'])
  rmSync(hollow)
  expect(tar.length).toBeLessThan(100_000)
  const reading = buffer(Readable.from([tar]).compose(new TarMembers(limits)))
  await expect(reading).rejects.toMatchObject({ code: 'tar-too-large' })
})

test.each(['gnu', 'pax', 'ustar'])('a %s tar of plain files has no odd member', async (format) => {
  const how = [`--format=${format}`, '--owner=0', '--group=0', '--mode=go-w', '--exclude=nnn*', '--sort=name']
  const tar = execFileSync('tar', [...how, '-C', folder, '-cf', '-', 'plain', 'a', 'b'])
  const members = new TarMembers(limits, { plain: true })
  await buffer(Readable.from([tar]).compose(members))
  expect(members.oddAt).toBeUndefined()
})
