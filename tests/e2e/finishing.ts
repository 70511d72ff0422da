/**
 * What is done to a root besides packages, with everything that a list can hold to get out of it: the host is unchanged, the
 * root is as documented, and what fails publishes nothing.
 */
import { readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { run } from '../../src/system/process.ts'
import type { Person } from './kit.ts'

/** Beside the demo's own configuration: `trapped` is the workshop, without locales, with all this. Runs in a copy of it; $1 is the folder of the canaries. */
const SET_TRAPS = `set -eu
mkdir -p "$1/folder" && echo alive > "$1/folder/inside" && echo alive > "$1/file"
rm -r stage4.defines/porch && mv stage4.defines/workshop stage4.defines/trapped && cd stage4.defines/trapped
rm locales && echo trap >> files && echo trap >> removes && echo relink >> scripts
cd ../.. && mkdir -p user.files/trap/srv/x/sub user.files/trap/etc && cd user.files/trap
echo root > etc/canary && cd srv/x
touch -- 'a b' '*' starboard '$(touch gone)' $'new\\nline' -rf .hidden plain climbed sub/one.tmp two.tmp kept
ln -s "$1/file" ../out-file && ln -s "$1/folder" ../out-folder && ln -s "../../../../../../../../$1" ../up
ln -s /etc ../host && ln -s kept link && ln -s nowhere dangling
printf '%s\\n' 'srv/x/* greetd:greetd 640' 'srv/x/plain root:greetd 4750' 'srv/own/ 700:greetd 1770' > ../../../trap.owners
cd ../../../../user.scripts
echo 'echo again >> /usr/share/oddfiles/links/first' > relink
cd ../user.removes
cat > trap <<'EOF'
srv/x/a b
/srv/x/\\*                # one star, and not all that it could mean
/srv/x/$(touch gone)
/srv/x/new?line
/srv/x/-rf
/srv//x/./sub/../*.tmp
../../../../../../../../srv/x/climbed
/srv/x/.h*
/srv/x/link
/srv/x/dangling
/srv/out-file
/srv/out-folder/*
/srv/up/folder/inside
/srv/up
/srv/host/canary
/tmp/*
EOF
`

/** All of /srv afterwards, as tar lists it. */
const LEFT = [
  'drwxr-xr-x 0/0 ./srv/',
  '-rw-r--r-- 0/0 ./srv/.keep_sys-apps_baselayout-0',
  'lrwxrwxrwx 0/0 ./srv/host -> /etc',
  'lrwxrwxrwx 0/0 ./srv/out-folder -> CANARIES/folder',
  'drwxrwx--T 700/GREETD ./srv/own/',
  'drwxr-xr-x 0/0 ./srv/x/',
  '-rw-r----- GREETD/GREETD ./srv/x/kept',
  '-rwsr-x--- 0/GREETD ./srv/x/plain',
  '-rw-r----- GREETD/GREETD ./srv/x/starboard',
  'drwxr-xr-x 0/0 ./srv/x/sub/',
  '-rw-r--r-- 0/0 ./srv/x/sub/one.tmp',
]

export function finishing(whose: () => Person): void {
  let config: string
  let canaries: string
  let flags: string[]
  let before: string

  beforeAll(async () => {
    const person = whose()
    config = join(person.home, 'trapped')
    canaries = join(person.home, 'canaries')
    flags = ['--config', config, '--data', join(person.demo, 'data')]
    await person.shell(['cp', '-r', join(person.demo, 'config'), config])
    await person.shell(['bash', '-c', `cd "$2" && ${SET_TRAPS}`, 'bash', canaries, config])
    before = await host(person)
  })

  /** Everything outside of the store that a list could have reached: the canaries, both configurations, published builds, /etc. */
  async function host(person: Person): Promise<string> {
    const places = [canaries, config, join(person.demo, 'config'), join(person.demo, 'data/stages/workshop'), '/etc']
    const script =
      'find "$@" -printf "%p %y %m %U:%G %s %l\\n" 2> /dev/null | LC_ALL=C sort; cat "$1/file" "$1/folder/inside"'
    return (await run(['bash', '-c', script, 'bash', ...places])).stdout
  }

  const publishedNow = async (person: Person) =>
    readlink(join(person.demo, 'data/stages/trapped/latest')).catch(() => 'nothing')

  test('a removal list with all that could lead out: the host is unchanged, the root as documented', async () => {
    const person = whose()
    const { stderr } = await person.gentoomuch(['stage', 'build', 'trapped', ...flags])
    expect(stderr).toContain('user.removes/trap:12: "/srv/out-folder/*" matches nothing in the root.')
    expect(stderr).toContain('user.removes/trap:13: "/srv/up/folder/inside" matches nothing in the root.')
    expect(stderr).toMatch(/user\.removes\/trap:16: "\/tmp\/\*" matches (nothing|only what is mounted)/)
    const { tarball } = await person.published('trapped')
    const { stdout } = await run(['tar', '--numeric-owner', '-tvf', tarball])
    const lines = stdout.split('\n').map((line) => line.replace(/^(\S+ \S+) +.*? (\.\/)/, '$1 $2'))
    const greetd = /^\S+ (\d+)\/\d+ \.\/var\/log\/greetd\/$/m.exec(lines.join('\n'))?.[1] ?? 'nobody'
    expect(lines.filter((line) => line.includes(' ./srv/'))).toEqual(
      LEFT.map((line) => line.replace('CANARIES', canaries).replaceAll('GREETD', greetd)),
    )
    expect(lines.filter((line) => line.endsWith('./etc/canary'))).toEqual([])
    expect(await host(person)).toBe(before)
  })

  test('hard links of packages stay links when a script writes through one, in the tarball as well', async () => {
    const { tarball } = await whose().published('trapped')
    const links = './usr/share/oddfiles/links'
    const { stdout } = await run(['tar', '-tvf', tarball, `${links}/first`, `${links}/second`])
    expect(stdout).toMatch(/links\/second link to \S*links\/first$/m)
    expect((await run(['tar', '-xOf', tarball, `${links}/first`])).stdout).toBe('two names, one file\nagain\n')
  })

  test('what empties a root is refused with file and line before any work starts', async () => {
    const person = whose()
    const list = join(config, 'user.removes/trap')
    const mine = await readFile(list, 'utf8')
    const lines = ['/', '.', '..', '/srv/..', '/*', '/usr', 'bin', '/etc/*', '/[!.]*', '/us{r,x}']
    await person.shell(['bash', '-c', 'printf "%s\\n" "${@:2}" > "$1"', 'bash', list, ...lines])
    const checked = await person.gentoomuch(['check', ...flags], [2])
    for (const line of lines.keys()) expect(checked.stdout).toContain(`user.removes/trap:${line + 1}: `)
    const built = await person.gentoomuch(['stage', 'build', 'trapped', ...flags], [2])
    expect(built.stderr).toContain('user.removes/trap:10: ')
    await person.shell(['bash', '-c', 'printf %s "$2" > "$1"', 'bash', list, mine])
    expect(await host(person)).toBe(before)
  })

  test.each([
    [
      'a list that only the root shows to be too much',
      'echo "/srv/host/*" >> user.removes/trap',
      'user.removes/trap:17: "/srv/host/*" would remove all of /etc, without which no root runs. Nothing was removed.',
    ],
    [
      'a script that fails',
      'printf "%s\\n" "cat > /srv/input" "exit 3" > user.scripts/relink',
      'user.scripts/relink ended with status 3.',
    ],
  ])('%s ends the build, and nothing is published', async (_, change, message) => {
    const person = whose()
    const published = await publishedNow(person)
    expect(published).not.toBe('nothing')
    const changes = `cd "$1" && cp -r . "$1.kept" && ${change}`
    await person.shell(['bash', '-c', changes, 'bash', config])
    const { stderr } = await person.gentoomuch(['stage', 'build', 'trapped', ...flags], [1])
    expect(stderr).toContain(message)
    const shell = /freshroot --failed (\w+)/.exec(stderr)?.[1] ?? 'none'
    const looked = ['freshroot', '--failed', shell, ...flags, '-q', '--', 'bash', '-c', 'ls /srv/x; cat /srv/input']
    expect((await person.gentoomuch(looked, [0, 1])).stdout).toContain('starboard')
    expect(await publishedNow(person)).toBe(published)
    await person.shell(['bash', '-c', 'rm -r "$1" && mv "$1.kept" "$1"', 'bash', config])
    expect(await host(person)).toBe(before)
  })
}
