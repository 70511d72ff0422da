import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLatest } from './latest-list.ts'

const TIME = '20260104T170306Z'
const line = (subject: string, bytes: number | string = 1000, folder = TIME, at = folder) =>
  `${folder}/stage3-${subject}-${at}.tar.xz ${bytes}`

test('a list of one', () => {
  const text = `# Latest as of Sun, 04 Jan 2026 17:03:06 +0000\n# ts=1767546186\n${line('amd64-openrc', 262346240)}\n`
  const name = 'stage3-amd64-openrc-20260104T170306Z.tar.xz'
  const entry = {
    subject: 'amd64-openrc',
    word: 'amd64',
    name,
    path: `${TIME}/${name}`,
    bytes: 262346240,
    time: 1767546186,
  }
  expect(parseLatest(text)).toEqual({ entries: [entry], odd: undefined })
})

test('a list of all flavours, with every word upstream has', () => {
  const subjects = [
    ['armv7a_hardfp-systemd', 'armv7a_hardfp'],
    ['hppa1.1-openrc', 'hppa1.1'],
    ['amd64-hardened-nomultilib-selinux-openrc', 'amd64'],
    ['rv64_lp64d-musl', 'rv64_lp64d'],
  ] as const
  const { entries, odd } = parseLatest(subjects.map(([subject]) => `${line(subject)} # comment\r\n`).join(''))
  expect(entries.map(({ subject, word }) => [subject, word])).toEqual(subjects)
  expect(odd).toBeUndefined()
})

test.each([
  ['climbs', `../${line('amd64-openrc')}`],
  ['climbs in its name', line('amd64-../openrc')],
  ['is absolute', `/${line('amd64-openrc')}`],
  ['lies deeper', `more/${line('amd64-openrc')}`],
  ['has no flavour', line('amd64')],
  ['has an empty flavour', line('amd64-')],
  ['has two times', line('amd64-openrc', 1000, TIME, '20260105T170306Z')],
  ['has no such time', line('amd64-openrc', 1000, '20260230T170306Z')],
  ['has no size', line('amd64-openrc', '')],
  ['has an empty file', line('amd64-openrc', 0)],
  ['has a size of another form', line('amd64-openrc', '1e9')],
  ['has a size that is too great', line('amd64-openrc', '9007199254740993')],
  ['has a third word', line('amd64-openrc', '1000 x')],
  ['is another file', line('amd64-openrc').replace('.tar.xz', '.tar.bz2')],
  ['is a stage of another kind', line('amd64-openrc').replaceAll('stage3', 'stage4')],
  ['has capital letters', line('AMD64-openrc')],
])('a line that %s is odd', (_, text) => {
  expect(parseLatest(`# comment\n\n${text}\n${line('amd64-systemd')}\n`)).toMatchObject({
    entries: [{ subject: 'amd64-systemd' }],
    odd: { line: 3 },
  })
})

test('no text makes a path that climbs', () => {
  const word = fc.constantFrom('..', '/', TIME, 'stage3-', 'amd64', '-', '.tar.xz', ' ', '1000', '\n', '%2e', '#')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      for (const { path } of parseLatest(words.join('')).entries) expect(path).toMatch(/^\d{8}T\d{6}Z\/stage3-[^/]+$/)
    }),
  )
})
