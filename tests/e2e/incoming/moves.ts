/** Two syncs with a changed ebuild between them: what is built again, and what going back costs. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeAdvisory, writeNewsItem, type Advisory } from '../../../miniature/advisories.ts'
import type { Person } from '../kit.ts'
import { commitTo } from './place.ts'

const ITEM = {
  id: '2026-01-02-greetings',
  title: 'Greetings have changed',
  restrictions: ['Display-If-Installed: app-misc/greet'],
  body: 'They are longer now.',
}
const ADVISORY = {
  id: '202601-07',
  title: 'greetd: greets anybody',
  synopsis: 'It does not look whom it greets.',
  package: 'net-misc/greetd',
  vulnerable: [['lt', '2.0']],
  unaffected: [['ge', '2.0']],
} satisfies Advisory

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
    await writeNewsItem(join(upstream, 'gentoo'), ITEM)
    await writeAdvisory(join(upstream, 'gentoo'), ADVISORY)
    const second = await commitTo({ person, upstream }, 'libgreet says something else')

    const dry = await person.gentoomuch(['sync', '--dry-run', ...person.flags])
    expect(dry.stdout).toContain(`gentoo went from ${first} to ${second}`)
    expect(dry.stdout).toContain('  dev-libs/libgreet: changed 1.0')
    expect(await readFile(join(person.demo, 'config/gentoomuch.lock'), 'utf8')).toContain(first)

    const synced = await person.gentoomuch(['sync', ...person.flags])
    expect(synced.stdout.startsWith(dry.stdout.trimEnd())).toBe(true)
    // Portage says whom the news concerns: porch and workshop have the one package, workshop alone the other.
    expect(synced.stdout).toContain(`glsa-${ADVISORY.id}`)
    expect(synced.stdout).toMatch(/glsa-\S+ .*net-misc\/greetd-1\.0 of workshop$/m)
    expect(synced.stdout).toMatch(new RegExp(`${ITEM.id} +${ITEM.title}: porch, workshop$`, 'm'))
    const whole = await person.gentoomuch(['news', ITEM.id, ...person.flags])
    expect(whole.stdout).toContain(ITEM.body)
    const left = JSON.parse((await person.gentoomuch(['news', '--json', ...person.flags])).stdout) as {
      items: unknown[]
      advisories: { id: string }[]
    }
    expect(left.items).toEqual([])
    expect(left.advisories.map(({ id }) => id)).toEqual([ADVISORY.id])
    await person.gentoomuch(['pipeline', ...person.flags])
    // Three have libgreet in DEPEND; what only runs with them, or beside them, is not compiled again.
    expect(await compiledBy(person)).toEqual([
      'app-misc/farewell-1.0',
      'app-misc/greet-1.1',
      'dev-libs/libgreet-1.0',
      'net-misc/greetd-1.0',
    ])
    expect(await tarballs(person)).not.toEqual(builds)

    const back = await person.gentoomuch(['sync', '--to', first.slice(0, 10), ...person.flags])
    expect(back.stdout).toContain(`gentoo went from ${second} to ${first}`)
    await person.gentoomuch(['pipeline', ...person.flags])
    expect(await compiledBy(person)).toEqual([])
    expect(await tarballs(person)).toEqual(builds)

    const listed = await person.gentoomuch(['sync', '--list', ...person.flags])
    // Both are kept: published stage4s name them, and the lock one of them.
    expect(listed.stdout).toMatch(new RegExp(`^\\* gentoo  ${first}  \\S+  in \\d+ published stage4s$`, 'm'))
    expect(listed.stdout).toMatch(new RegExp(`^  gentoo  ${second}  \\S+  in 2 published stage4s$`, 'm'))
    await writeFile(ebuild, text)
    for (const path of [`metadata/news/${ITEM.id}`, `metadata/glsa/glsa-${ADVISORY.id}.xml`])
      await rm(join(upstream, 'gentoo', path), { recursive: true })
    await commitTo({ person, upstream }, 'libgreet is as it was')
  })
}

/** Packages that the newest run of the pipeline compiled. */
async function compiledBy(person: Person): Promise<string[]> {
  const events = await person.events('pipeline')
  const words = events.flatMap(({ text }) => /^compiling (\S+) /.exec(text ?? '')?.[1] ?? [])
  return [...new Set(words)].toSorted()
}
