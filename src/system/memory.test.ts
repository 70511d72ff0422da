import { expect, test } from 'vitest'
import { availableMemory } from './memory.ts'

const GIB = 1024 ** 3
const meminfo = (gib: number) =>
  `MemTotal:       268435456 kB\nMemFree:        10240 kB\nMemAvailable:   ${gib * 1024 ** 2} kB\nBuffers:    12 kB\n`

/** A host with these files and no others. */
const on = (files: Readonly<Record<string, string>>) => availableMemory((path) => files[path])

const GROUP = '/sys/fs/cgroup'
const group = (folder: string, limit: string, used: number, stat = 'anon 1\nfile 2\n') => ({
  [`${GROUP}${folder}/memory.max`]: `${limit}\n`,
  [`${GROUP}${folder}/memory.high`]: 'max\n',
  [`${GROUP}${folder}/memory.current`]: `${used}\n`,
  [`${GROUP}${folder}/memory.stat`]: stat,
})

test('a host without limits has what the kernel says is available', () => {
  const host = { '/proc/meminfo': meminfo(24), '/proc/self/cgroup': '0::/user.slice/session-1.scope\n' }
  expect(on(host)).toBe(24 * GIB)
  expect(on({ ...host, ...group('/user.slice', 'max', 3 * GIB) })).toBe(24 * GIB)
})

test('a container sees its own limit, at the root of what is mounted in it', () => {
  const container = { '/proc/meminfo': meminfo(250), ...group('', String(4 * GIB), GIB) }
  for (const place of ['/', '/docker/0123abc', '/../../elsewhere'])
    expect(on({ ...container, '/proc/self/cgroup': `0::${place}\n` })).toBe(3 * GIB)
})

test('of all groups above, the one that leaves least counts', () => {
  const files = {
    '/proc/meminfo': meminfo(64),
    '/proc/self/cgroup': '0::/machine.slice/a b.scope/payload\n',
    ...group('/machine.slice', String(8 * GIB), 6 * GIB),
    ...group('/machine.slice/a b.scope', String(6 * GIB), GIB),
    ...group('/machine.slice/a b.scope/payload', 'max', GIB),
  }
  expect(on(files)).toBe(2 * GIB)
  expect(on({ ...files, [`${GROUP}/machine.slice/memory.high`]: `${7 * GIB}\n` })).toBe(GIB)
})

test('files that a group holds to read them again are given back; nothing is below zero', () => {
  const stat = `anon ${GIB}\nfile ${3 * GIB}\ninactive_file ${2 * GIB}\nactive_file ${GIB}\nslab_reclaimable ${GIB / 2}\n`
  const files = { '/proc/meminfo': meminfo(64), '/proc/self/cgroup': '0::/\n' }
  expect(on({ ...files, ...group('', String(4 * GIB), 4 * GIB, stat) })).toBe(3.5 * GIB)
  expect(on({ ...files, ...group('', String(GIB), 2 * GIB) })).toBe(0)
})

test('version 1 of control groups, beside an empty version 2', () => {
  const files = {
    '/proc/meminfo': meminfo(64),
    '/proc/self/cgroup': '5:devices:/\n4:cpu,memory:/lxc/one\n1:name=systemd:/\n0::/\n',
    [`${GROUP}/memory/memory.limit_in_bytes`]: '9223372036854771712\n',
    [`${GROUP}/memory/memory.usage_in_bytes`]: '5000000\n',
    [`${GROUP}/memory/lxc/one/memory.limit_in_bytes`]: `${4 * GIB}\n`,
    [`${GROUP}/memory/lxc/one/memory.usage_in_bytes`]: `${2 * GIB}\n`,
    [`${GROUP}/memory/lxc/one/memory.stat`]: `inactive_file 7\ntotal_active_file ${GIB}\ntotal_inactive_file 0\n`,
  }
  expect(on(files)).toBe(3 * GIB)
})

test('a host that says nothing: nothing is known', () => {
  expect(on({})).toBeUndefined()
  expect(on({ '/proc/meminfo': 'MemFree: 12 kB\n' })).toBeUndefined()
})

test('this host says something', () => {
  expect(availableMemory()).toBeGreaterThan(1024 ** 2)
})
