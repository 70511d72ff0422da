/** The example of docs/configuration.md, built: its two machines, on a demo's data directory and with its host's own files. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { run } from '../../src/system/process.ts'
import { blocksOf, callOf, exampleFiles, readPage } from '../docs-page.ts'
import type { Person } from './kit.ts'

/** What belongs to a host and is no part of the example. */
const OF_THE_HOST = ['sign.key', 'sign.home', 'mirrors', 'repositories', 'trusted.keys']

/** What each machine has of the packages that the example speaks of. */
const PACKAGES = {
  desk: ['app-misc/experimental-1.0', 'app-misc/farewell-1.0', 'app-misc/greet-1.1', 'media-libs/screens-1.0'],
  server: ['app-misc/farewell-1.0', 'app-misc/greet-1.0', 'app-misc/licensed-1.0', 'net-misc/greetd-1.0'],
} as const

/** As root: what is published is read as it lies there. */
export async function buildExample(person: Person): Promise<void> {
  const config = await exampleBeside(person)
  const flags = ['--config', config, '--data', join(person.demo, 'data')]
  const checked = await person.gentoomuch(['check', '--strict', ...flags])
  expect(checked.stdout).toContain('3 definitions composed, held against gentoo.')
  await compareWithPortage(person, flags)
  await person.gentoomuch(['pipeline', ...flags])
  const spoken = Object.values(PACKAGES).flat()
  for (const machine of ['desk', 'server'] as const) {
    const { tarball } = await person.published(machine)
    const listed = (await readFile(`${tarball}.packages`, 'utf8')).trim().split('\n')
    expect(listed).toContain('dev-libs/libgreet-1.0')
    expect(listed.filter((one) => spoken.some((other) => other === one))).toEqual(PACKAGES[machine])
  }
  await lookInside(person)
}

async function exampleBeside(person: Person): Promise<string> {
  const config = join(person.home, 'example')
  for (const [path, text] of Object.entries(await exampleFiles())) {
    await mkdir(dirname(join(config, path)), { recursive: true })
    await writeFile(join(config, path), text)
  }
  const demo = join(person.demo, 'config')
  for (const path of [...OF_THE_HOST.map((name) => join('env', name)), 'gentoomuch.lock'])
    await cp(join(demo, path), join(config, path), { recursive: true })
  return config
}

/** The part of `config explain` that unit tests cannot see. */
async function compareWithPortage(person: Person, flags: readonly string[]): Promise<void> {
  const shown = blocksOf(await readPage('configuration.md')).filter((block) => callOf(block)?.[1] === 'explain')
  expect(shown.length).toBeGreaterThan(0)
  for (const block of shown) {
    const { stdout } = await person.gentoomuch([...(callOf(block) ?? []), ...flags, '-q'])
    expect(stdout.trim()).toBe(block.text.trim())
  }
}

/** Traces of the pieces, and of what the machines' own files ask for. */
async function lookInside(person: Person): Promise<void> {
  const desk = (await person.published('desk')).tarball
  const greeting = await run(['tar', '-xOf', desk, './etc/greeting'])
  expect(greeting.stdout).toContain('Hello, dear everyone!')
  expect(greeting.stdout).toContain('greet 1.1 with libgreet 1.0 (color, no nls)')
  expect(greeting.stdout).toContain('-march=x86-64-v2 -g')
  const farewell = await run(['tar', '-xOf', desk, './usr/bin/farewell'])
  expect(farewell.stdout).toContain('dear world')
  const zone = await run(['tar', '-tvf', desk, './etc/localtime'])
  expect(zone.stdout).toContain('/usr/share/zoneinfo/Europe/Berlin')
  const owned = await run(['tar', '--numeric-owner', '-tvf', desk, './etc/motd', './var/lib/visitors/'])
  expect(owned.stdout).toMatch(/^-rw-r----- 0\/0 .*motd\ndrwxrws--- 0\/10 .*visitors\/$/m)
  const server = (await person.published('server')).tarball
  const { stdout } = await run(['tar', '-tf', server])
  const inside = stdout.split('\n')
  expect(inside).toContain('./etc/runlevels/default/greetd')
  expect(inside).toContain('./dev/console')
  expect(inside.filter((path) => /^\.\/usr\/(include\/.|share\/i18n)/.test(path))).toEqual([])
}
