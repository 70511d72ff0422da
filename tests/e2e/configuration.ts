/** check, config and init as somebody uses them who has the demo: on real repositories, with the seed's own Portage. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../src/system/process.ts'
import type { Person } from './kit.ts'

interface Checked {
  readonly errors: number
  readonly warnings: number
  readonly composed: number
  readonly snapshots: readonly string[]
  readonly problems: readonly { code: string; file: string; line?: number; message: string }[]
}

export function configuration(whose: () => Person): void {
  describe('check', () => {
    test('finds nothing wrong with the demo, held against its repository', async () => {
      const { stdout } = await whose().gentoomuch(['check', '--strict', ...whose().flags])
      expect(stdout.trim().split('\n').at(-1)).toBe(
        'no errors, no warnings, 1 note; 3 definitions composed, held against gentoo.',
      )
    })

    test('says with file and line what is wrong, odd and not there; 2 is the exit', async () => {
      const person = whose()
      const config = join(person.home, 'broken')
      await person.shell(['cp', '-r', join(person.demo, 'config'), config])
      await person.shell([
        'bash',
        '-c',
        `cd "$1" && printf 'dev-libs/libgreet colour\\ndev-libs/libgreat nls\\nno-category x\\n' > portage.locals/colourful/package.use &&
         echo demmo > stage4.defines/porch/profile && echo app-misc/nothing >> package.sets/greeting &&
         printf 'VIDEO_CARDS="-fbdev vesa"\\nUSE="a\\n' > portage.global/make.conf`,
        'bash',
        config,
      ])
      const args = ['check', '--json', '--config', config, '--data', join(person.demo, 'data')]
      const { stdout, status } = await person.gentoomuch(args, [2])
      expect(status).toBe(2)
      const checked = JSON.parse(stdout) as Checked
      expect(
        checked.problems.filter(({ code }) => code !== 'no-git').map(({ code, file, line }) => [code, file, line]),
      ).toEqual([
        ['set-wants-nothing', 'package.sets/greeting', 4],
        ['assignment-open-quote', 'portage.global/make.conf', 2],
        ['no-such-flag', 'portage.locals/colourful/package.use', 1],
        ['no-such-package', 'portage.locals/colourful/package.use', 2],
        ['atom-no-category', 'portage.locals/colourful/package.use', 3],
        ['profile-not-bootstrapped', 'stage4.defines/porch/profile', 1],
      ])
      const human = await person.gentoomuch(
        args.filter((word) => word !== '--json'),
        [2],
      )
      expect(human.stdout).toContain(
        'portage.locals/colourful/package.use:2: dev-libs/libgreat matches nothing in the current snapshot. Did you mean dev-libs/libgreet?',
      )
      // What check calls an error stops a build before it begins.
      const built = await person.gentoomuch(['pipeline', ...args.slice(2)], [2])
      expect(built.stderr).toContain('portage.global/make.conf:2: ')
    })
  })

  describe('config', () => {
    test('show prints what the finished root carries', async () => {
      const person = whose()
      const { tarball } = await person.published('workshop')
      for (const path of ['make.conf', 'package.use/0030-local-colourful']) {
        const shown = await person.gentoomuch(['config', 'show', 'workshop', path, ...person.flags])
        const carried = await run(['tar', '-xOf', tarball, `./etc/portage/${path}`])
        expect(shown.stdout).toBe(carried.stdout)
      }
      const all = await person.gentoomuch(['config', 'show', 'workshop', ...person.flags])
      expect(all.stdout).toContain('==> make.conf <==\n# cpu.defines/generic/make.conf\n')
    })

    test('diff says how two machines differ', async () => {
      const { stdout } = await whose().gentoomuch(['config', 'diff', 'porch', 'workshop', ...whose().flags])
      expect(stdout).toContain('--- /dev/null\n+++ workshop/sets/household\n')
      const same = await whose().gentoomuch(['config', 'diff', 'porch', 'porch', ...whose().flags])
      expect(same.stdout).toBe('porch and porch have the same /etc/portage.\n')
    })

    test('explain says where a flag comes from, and what Portage makes of it', async () => {
      const atom = await whose().gentoomuch(['config', 'explain', 'workshop', 'dev-libs/libgreet', ...whose().flags])
      expect(atom.stdout).toBe(
        [
          'package.use:',
          '  portage.locals/colourful/package.use:1 (local colourful): dev-libs/libgreet color',
          '',
          'Portage: dev-libs/libgreet-2.0:0::gentoo is not taken: ~amd64 keyword',
          '  USE="color nls"',
          'Portage: dev-libs/libgreet-1.0:0::gentoo can be taken',
          '  USE="color nls"',
          '',
        ].join('\n'),
      )
      const variable = await whose().gentoomuch(['config', 'explain', 'workshop', 'CFLAGS', ...whose().flags])
      expect(variable.stdout).toContain('cpu.defines/generic/make.conf:3 (cpu generic): -O2 -pipe\n')
      expect(variable.stdout).toContain('Portage: CFLAGS="-O2 -pipe"\n')
      const offline = await whose().gentoomuch(['config', 'explain', 'porch', 'USE', '--offline', ...whose().flags])
      expect(offline.stdout).toBe('No piece says anything of USE.\n\nPortage was not asked: --offline was given.\n')
    })
  })
}

/** What `init` writes is a configuration that builds, for this host's CPU, on whatever repository has its packages. */
export function starter(whose: () => Person): void {
  describe('a starter configuration', () => {
    let config: string
    let flags: string[]

    beforeAll(() => {
      config = join(whose().home, 'starter')
      flags = ['--config', config, '--data', join(whose().demo, 'data')]
    })

    test('is written, is right, and is never written over', async () => {
      await whose().gentoomuch(['init', ...flags])
      const { stdout } = await whose().gentoomuch(['check', '--json', ...flags])
      const checked = JSON.parse(stdout) as Checked
      expect([checked.errors, checked.warnings]).toEqual([0, 0])
      await whose().shell(['bash', '-c', 'echo mine > "$1"/cpu.defines/README.md', 'bash', config])
      const again = await whose().gentoomuch(['init', ...flags])
      expect(again.stdout).toContain('0 files written')
      expect(await readFile(join(config, 'cpu.defines', 'README.md'), 'utf8')).toBe('mine\n')
    })

    test('builds once its sets name what the repository has', async () => {
      const person = whose()
      const demo = join(person.demo, 'config')
      await person.shell([
        'bash',
        '-c',
        `cd "$2" && echo app-misc/greet > package.sets/gentoomuch-builder && echo app-misc/farewell > package.sets/example &&
         cp -r "$1"/env/{mirrors,repositories,trusted.keys,sign.key,sign.home} env/`,
        'bash',
        demo,
        config,
      ])
      const stage3 = await run(['find', join(person.demo, 'miniature'), '-name', 'stage3-*.tar.xz'])
      await person.gentoomuch(['sync', ...flags])
      await person.gentoomuch(['bootstrap', 'default', stage3.stdout.trim(), ...flags])
      expect(JSON.parse((await person.gentoomuch(['check', '--json', ...flags])).stdout)).toMatchObject({ errors: 0 })
      await person.gentoomuch(['pipeline', ...flags])
      const { tarball } = await person.published('example')
      const packages = await readFile(`${tarball}.packages`, 'utf8')
      expect(packages).toContain('app-misc/farewell-')
      expect(packages).not.toContain('app-misc/greet-')
    })
  })
}
