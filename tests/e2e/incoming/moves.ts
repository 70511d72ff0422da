/** Two syncs with a changed ebuild between them: what is built again, and what going back costs. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Person } from '../kit.ts'
import { commitTo } from './place.ts'

/** On the demo itself, which was built. */
export function moves(whose: () => Person): void {
  const tarballs = async (person: Person) =>
    Promise.all(['porch', 'workshop'].map(async (machine) => (await person.published(machine)).tarball))

  test('a changed ebuild: it and what is built against it are compiled, nothing else; going back compiles nothing', async () => {
    const person = whose()
    const upstream = join(person.demo, 'miniature')
    const before = JSON.parse(await readFile(join(person.demo, 'config/gentoomuch.lock'), 'utf8')) as {
      repositories: { gentoo: { revision: string } }
    }
    const first = before.repositories.gentoo.revision
    const builds = await tarballs(person)

    const ebuild = join(upstream, 'gentoo/dev-libs/libgreet/libgreet-1.0.ebuild')
    const text = await readFile(ebuild, 'utf8')
    await writeFile(ebuild, `${text}\npkg_pretend() {\n\t:\n}\n`)
    const second = await commitTo({ person, upstream }, 'libgreet says something else')

    const dry = await person.gentoomuch(['sync', '--dry-run', ...person.flags])
    expect(dry.stdout).toContain(`gentoo went from ${first} to ${second}`)
    expect(dry.stdout).toContain('  dev-libs/libgreet: changed 1.0')
    expect(await readFile(join(person.demo, 'config/gentoomuch.lock'), 'utf8')).toContain(first)

    const synced = await person.gentoomuch(['sync', ...person.flags])
    expect(synced.stdout).toBe(dry.stdout)
    await person.gentoomuch(['pipeline', ...person.flags])
    // greet and farewell are built against libgreet; what only runs with them, or beside them, is not.
    expect(await compiledBy(person)).toEqual(['app-misc/farewell-1.0', 'app-misc/greet-1.0', 'dev-libs/libgreet-1.0'])
    expect(await tarballs(person)).not.toEqual(builds)

    const back = await person.gentoomuch(['sync', '--to', first.slice(0, 10), ...person.flags])
    expect(back.stdout).toContain(`gentoo went from ${second} to ${first}`)
    await person.gentoomuch(['pipeline', ...person.flags])
    expect(await compiledBy(person)).toEqual([])
    expect(await tarballs(person)).toEqual(builds)

    const listed = await person.gentoomuch(['sync', '--list', ...person.flags])
    expect(listed.stdout).toContain(`* gentoo  ${first}`)
    expect(listed.stdout).toContain(`  gentoo  ${second}`)
    await writeFile(ebuild, text)
    await commitTo({ person, upstream }, 'libgreet is as it was')
  })
}

/** Packages that the newest run of the pipeline compiled. */
async function compiledBy(person: Person): Promise<string[]> {
  const events = await person.events('pipeline')
  const words = events.flatMap(({ text }) => /^compiling (\S+) /.exec(text ?? '')?.[1] ?? [])
  return [...new Set(words)].toSorted()
}
