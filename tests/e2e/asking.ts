/** why and logs on the demo as it was built: what people ask when something took long, or was built again. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { blocksOf, callOf, partsOf, readPage } from '../docs-page.ts'
import type { Person } from './kit.ts'

export function asking(person: () => Person): void {
  const ask = (args: readonly string[], accept: readonly number[] = [0]) =>
    person().gentoomuch([...args, ...person().flags], accept)

  test('logs: runs, one run, a machine, a package; a misspelt name gets a suggestion', async () => {
    const { stdout } = await ask(['logs', '--json'])
    const runs = JSON.parse(stdout) as { run: string; command: string; end: string }[]
    expect(runs.map(({ run }) => run)).toEqual(
      runs
        .map(({ run }) => run)
        .toSorted()
        .toReversed(),
    )
    expect(runs.filter(({ command }) => command === 'pipeline').map(({ end }) => end)).toContain('done')

    const machine = await whoCompiled(person(), 'app-misc/greet-1.1')
    const its = await ask(['logs', machine])
    expect(its.stderr).toMatch(/^note: \d{8}T\d{6}Z-pipeline: done in /)
    const log = `\\d\\d-compile-demo-${machine}\\.log`
    expect(its.stderr).toMatch(
      new RegExp(`^ +ran +compile ${machine} {2}.* {2}\\d+ compiled, \\d+ reused {2}${log}$`, 'm'),
    )
    expect(its.stdout).toMatch(new RegExp(`^==> /.*/${log} <==$`, 'm'))
    expect(its.stdout).toMatch(/^>>> Emerging \(\d+ of \d+\) app-misc\/greet-1\.1::gentoo$/m)
    const [, run = ''] = /^note: (\S+):/.exec(its.stderr) ?? []
    expect((await ask(['logs', run])).stdout).toMatch(new RegExp(`^ran +compile ${machine} `, 'm'))

    const greet = await ask(['logs', 'greet'])
    expect(greet.stdout).toMatch(/^ \* Package: +app-misc\/greet-1\.1:0$/m)
    expect(greet.stdout).toContain('>>> Compiling source in ')
    expect(greet.stderr).toMatch(/^note: app-misc\/greet-1\.1: \/.*app-misc:greet-1\.1:.*\.log$/m)
    const misspelt = await ask(['logs', 'app-misc/gret'], [2])
    expect(misspelt.stderr).toContain('hint: Did you mean app-misc/greet?')
  })

  test('why: nothing is to be done; what pulled a package in', async () => {
    const { stdout } = await ask(['why', 'porch'])
    const words = stdout.split('\n').map((line) => line.split(' ')[0])
    expect(new Set(words)).toEqual(new Set(['have', '', 'No']))
    expect(stdout).toMatch(/\nNo package is to be compiled\.\n$/)
    const libgreet = await ask(['why', 'porch', 'libgreet'])
    expect(libgreet.stdout).toContain(
      [
        'dev-libs/libgreet-1.0:0/1::gentoo, in the root',
        '  USE="amd64 color elibc_glibc kernel_linux nls"',
        '  pulled in by',
        '    @greeting → app-misc/farewell-1.0 → dev-libs/libgreet-1.0 (RDEPEND)',
        '  asked for by 2 packages: app-misc/farewell-1.0 (RDEPEND), app-misc/greet-1.1 (RDEPEND)',
        '  compiled ',
      ].join('\n'),
    )
    expect((await ask(['why', 'porch', 'libgret'], [2])).stderr).toContain('Did you mean libgreet?')
    expect((await ask(['why', 'proch'], [2])).stderr).toContain('Did you mean porch?')
  })

  test('why: a flag that changed, in the words it was written in', async () => {
    const file = join(person().demo, 'config/portage.locals/colourful/package.use')
    const write = (line: string) => person().shell(['bash', '-c', 'printf "%s\\n" "$2" > "$1"', 'bash', file, line])
    await write('dev-libs/libgreet -color')
    const asked = await ask(['why', 'porch'], [0, 1, 2])
    await write('dev-libs/libgreet color')
    const { stdout } = asked
    expect(stdout).toContain('run     resolve porch\n          USE of dev-libs/libgreet: color → -color\n')
    const packages = stdout.slice(stdout.indexOf('\n\n') + 2)
    expect(packages).toMatch(/^3 packages are to be compiled:\n/)
    for (const [cpv, why] of [
      ['dev-libs/libgreet-1.0', 'USE: -color'],
      ['app-misc/farewell-1.0', 'dev-libs/libgreet-1.0, which it is built with, is another one'],
      ['app-misc/greet-1.1', 'dev-libs/libgreet-1.0, which it is built with, is another one'],
    ])
      expect(packages).toContain(`  ${cpv}\n      ${why}\n`)
    expect((await ask(['why', 'porch'])).stdout).toMatch(/\nNo package is to be compiled\.\n$/)
  })

  test('docs/rebuilding.md: what it shows is what is said', async () => {
    const piece = 'portage.locals/colourful'
    const put = (path: string, text: string) =>
      person().shell([
        'bash',
        '-c',
        'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1"',
        'bash',
        join(person().demo, 'config', path),
        text,
      ])
    const blocks = blocksOf(await readPage('rebuilding.md'))
    expect(blocks.filter((block) => callOf(block) !== undefined)).toHaveLength(3)
    try {
      for (const block of blocks) {
        const call = callOf(block)
        if (call === undefined) {
          await put(block.name, block.text)
          continue
        }
        const { stdout } = await ask(call)
        let at = 0
        for (const part of partsOf(block)) {
          const found = stdout.indexOf(part, at)
          expect(found, `${part}\n is not in\n${stdout.slice(at)}`).toBeGreaterThanOrEqual(0)
          at = found + part.length
        }
      }
    } finally {
      await put(`${piece}/package.use`, 'dev-libs/libgreet color\n')
      for (const path of ['package.env', 'env'])
        await person().shell(['rm', '-r', join(person().demo, 'config', piece, path)])
    }
  })
}

/** Machines are built side by side: any of those that want a package may be the one that it was compiled for. */
async function whoCompiled(person: Person, cpv: string): Promise<string> {
  const { stdout } = await person.shell(['grep', '-rhF', `"compiling ${cpv} (`, join(person.demo, 'data/logs')])
  return /"id":"compile:demo\/([^"]+)"/.exec(stdout)?.[1] ?? expect.unreachable(`nothing compiled ${cpv}`)
}
