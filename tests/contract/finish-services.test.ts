/** What of a machine starts: OpenRC's runlevels by a stand-in for rc-update, systemd's presets by this host's own systemctl. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { TreeRef } from '../../src/engine/engine.ts'
import { PRESETS } from '../../src/execute/finish/systemd.ts'
import type { PlannedService } from '../../src/plan/machines.ts'
import { Finishing } from './finishing.ts'
import { hasProgram } from './small-tree.ts'

const systemctl = await hasProgram('systemctl')
const on = new Finishing(systemctl ? ['systemctl'] : [])

/** @param line as in `services` */
function service(line: string): PlannedService {
  const [, sign = '', name = '', runlevel] = /^([-!]?)(\S+)(?: (\S+))?$/.exec(line) ?? []
  const is = sign === '-' ? 'rests' : sign === '!' ? 'masked' : 'starts'
  return { name, is, runlevel, file: 'stage4.defines/x/services', line: 3 }
}

/** Words and statuses are rc-update's own (OpenRC's src/rc-update/rc-update.c). */
const RC_UPDATE = `
what=$1 name=$2 level=$3
[[ -d /etc/runlevels/$level ]] || { echo " * rc-update: \\\`$level' is not a valid runlevel" >&2; exit 1; }
link=/etc/runlevels/$level/$name
if [[ $what == add ]]; then
  [[ -e /etc/init.d/$name ]] || { echo " * rc-update: service \\\`$name' does not exist" >&2; exit 1; }
  [[ -x /etc/init.d/$name ]] || { echo " * rc-update: service \\\`$name' is not executable" >&2; exit 1; }
  [[ ! -L $link ]] || { echo " * rc-update: $name already installed in runlevel \\\`$level'; skipping"; exit 0; }
  ln -s "/etc/init.d/$name" "$link" && echo " * service $name added to runlevel $level"
elif [[ $what == del ]]; then
  [[ -L $link ]] || { echo " * rc-update: service \\\`$name' is not in the runlevel \\\`$level'" >&2; exit 1; }
  rm "$link" && echo " * service $name removed from runlevel $level"
fi`

const OPENRC = `
cat > /bin/rc-update <<'EOF'
#!/bin/bash${RC_UPDATE}
EOF
mkdir -p /etc/init.d /etc/runlevels/boot /etc/runlevels/default
touch /etc/init.d/{sshd,cronie,netmount,notes}; chmod 755 /bin/rc-update /etc/init.d/{sshd,cronie,netmount}
ln -s /etc/init.d/netmount /etc/runlevels/default/netmount; ln -s /etc/init.d/netmount /etc/runlevels/boot/netmount`

describe('OpenRC', () => {
  let openrc: TreeRef
  beforeAll(async () => void (openrc = await on.rootWith(OPENRC)))
  const settled = async (...lines: string[]) => {
    const { tree, summary } = await on.finished(openrc, { services: lines.map(service) })
    return { runlevels: await on.say(tree, 'cd /etc/runlevels; printf "%s\\n" */*'), summary }
  }

  test('in their runlevels, `default` where none is named; what is there is there', async () => {
    expect(await settled('sshd', 'cronie boot', 'netmount')).toEqual({
      runlevels: 'boot/cronie\nboot/netmount\ndefault/netmount\ndefault/sshd',
      summary: '3 services',
    })
  })
  test('taken out of a runlevel, or of all; moved', async () => {
    expect((await settled('-netmount boot')).runlevels).toBe('default/netmount')
    expect((await settled('-netmount')).runlevels).toBe('*/*')
    expect((await settled('-netmount', 'netmount default')).runlevels).toBe('default/netmount')
    expect(on.notes).toEqual([])
    expect((await settled('!netmount', '-sshd', '-sshd boot')).runlevels).toBe('*/*')
    expect(on.notes).toEqual([
      'warning: stage4.defines/x/services:3: OpenRC masks nothing; netmount is taken out of every runlevel.',
      'info: stage4.defines/x/services:3: sshd starts in no runlevel anyway.',
      'info: stage4.defines/x/services:3: sshd does not start in boot anyway.',
    ])
  })
  test('one that the machine brings itself', async () => {
    const own = { path: 'etc/init.d/mine', bytes: '#!/sbin/openrc-run\n', mode: 0o755 }
    const { tree } = await on.finished(openrc, { files: [own], services: [service('mine')] })
    expect(await on.say(tree, 'ls /etc/runlevels/default')).toBe('mine\nnetmount')
  })
  test('one that is not there, a runlevel that is not there, one that cannot be executed', async () => {
    expect(await on.failed(openrc, { services: [service('sshdd')] })).toMatchObject({
      code: 'no-such-service',
      message: 'stage4.defines/x/services:3: a service of the root was wanted; it has no sshdd.',
      hint: 'Did you mean sshd?',
      lastLines: [" * rc-update: service `sshdd' does not exist"],
    })
    expect(await on.failed(openrc, { services: [service('-netmounts')] })).toMatchObject({
      code: 'no-such-service',
      hint: 'Did you mean netmount?',
    })
    for (const line of ['sshd multi', '-sshd multi'])
      expect(await on.failed(openrc, { services: [service(line)] })).toMatchObject({
        code: 'no-such-runlevel',
        message: 'stage4.defines/x/services:3: a runlevel of the root was wanted; it has no multi, but boot, default.',
      })
    expect(await on.failed(openrc, { services: [service('notes')] })).toMatchObject({
      code: 'service-failed',
      message: 'stage4.defines/x/services:3: notes could not be added.',
      lastLines: [" * rc-update: service `notes' is not executable"],
    })
  })
  test('in their order, until one cannot be: it is that one whose words are told', async () => {
    const root = await on.rootWith(`${OPENRC}
mv /bin/rc-update /bin/rc-real
printf '%s\\n' '#!/bin/bash' '[[ $2 != cronie ]] || kill -9 $PPID' '[[ "$1 $3" != "del default" ]] || { echo no; exit 1; }' 'exec rc-real "$@"' > /bin/rc-update
chmod 755 /bin/rc-update`)
    expect(await on.failed(root, { services: ['sshd', '-netmount', 'notes'].map(service) })).toMatchObject({
      code: 'service-failed',
      message: 'stage4.defines/x/services:3: netmount could not be taken out of default.',
      lastLines: ['no'],
    })
    expect(await on.sayKept('cd /etc/runlevels; printf "%s\\n" */*')).toBe('default/netmount\ndefault/sshd')
    expect(on.log).toEqual([
      ' * service sshd added to runlevel default',
      ' * service netmount removed from runlevel boot',
      'no',
    ])
    expect(await on.failed(root, { services: ['sshd', 'cronie', 'notes'].map(service) })).toMatchObject({
      code: 'service-failed',
      message: 'stage4.defines/x/services:3: settling cronie ended with status 137.',
    })
  })
})

test('neither tool', async () => {
  const root = await on.rootWith('rm -f /bin/systemctl')
  expect(await on.failed(root, { services: [service('sshd')] })).toMatchObject({
    code: 'no-service-manager',
    message:
      "stage4.defines/x/services:3: services are settled by OpenRC's rc-update or systemd's systemctl; the root has neither.",
    hint: 'add sys-apps/openrc or sys-apps/systemd to the packages',
  })
})

test('of both tools it is the one that the first process belongs to', async () => {
  const told = (tool: string) =>
    `printf '%s\\n' '#!/bin/bash' '> /asked-${tool}; [[ $1 == list-unit-files ]] && echo sshd.service || echo enabled' > /bin/${tool}; chmod 755 /bin/${tool}`
  const both = `${told('rc-update')}; ${told('systemctl')}; mkdir -p /sbin /lib/systemd; touch /lib/systemd/systemd`
  const asked = async (script: string) => {
    const { tree } = await on.finished(await on.rootWith(script), { services: [service('sshd')] })
    return on.say(tree, 'cd /; echo asked-*')
  }
  expect(await asked(both)).toBe('asked-rc-update')
  expect(await asked(`${both}; ln -s /lib/systemd/systemd /sbin/init`)).toBe('asked-systemctl')
})

const UNITS = `
mkdir -p /usr/lib/systemd/system /usr/lib/systemd/system-preset /etc/systemd/system; cd /usr/lib/systemd/system
unit() { printf '%s\\n' '[Service]' 'ExecStart=/bin/true' "\${@:2}" > "$1"; }
unit sshd.service '[Install]' 'WantedBy=multi-user.target'
unit networkd.service '[Install]' 'WantedBy=multi-user.target' 'Also=networkd.socket'
printf '%s\\n' '[Socket]' 'ListenStream=1' '[Install]' 'WantedBy=sockets.target' > networkd.socket
unit helper.service
unit getty@.service '[Install]' 'WantedBy=getty.target' 'DefaultInstance=tty1'
printf '%s\\n' '[Timer]' 'OnCalendar=daily' '[Install]' 'WantedBy=timers.target' > trim.timer
printf '%s\\n' '[Unit]' > multi-user.target
printf '%s\\n' 'enable networkd.service' 'enable getty@.service' 'disable *' > ../system-preset/90-all.preset
systemctl enable networkd.service getty@tty1.service 2> /dev/null`

/** What a machine without /etc/machine-id does when it starts for the first time. */
const FIRST_START = 'systemctl preset-all --preset-mode=enable-only 2> /dev/null'
const LINKS = 'cd /etc/systemd/system; for link in *.wants/* *.service; do [[ ! -L $link ]] || echo "$link"; done'

describe.skipIf(!systemctl)('systemd', () => {
  let root: TreeRef
  beforeAll(async () => void (root = await on.rootWith(UNITS)))
  const settled = async (...lines: string[]) => {
    const { tree } = await on.finished(root, { services: lines.map(service) })
    const said = await on.say(tree, `cat ${PRESETS}; echo --; ${LINKS}; echo --; ${FIRST_START}; ${LINKS}`)
    const [presets = [], links = [], later = []] = said
      .split('--')
      .map((part) => part.split('\n').filter((line) => line !== ''))
    return { presets: presets.slice(1), links, later }
  }

  test('by presets, which hold at the first start as well', async () => {
    const WANTED = [
      'getty.target.wants/getty@tty1.service',
      'multi-user.target.wants/sshd.service',
      'timers.target.wants/trim.timer',
    ]
    expect(await settled('sshd', '-networkd', 'trim.timer', '-networkd.socket')).toEqual({
      presets: ['enable sshd.service', 'disable networkd.service', 'enable trim.timer', 'disable networkd.socket'],
      links: WANTED,
      later: WANTED,
    })
    expect(on.notes).toEqual([])
  })
  test('instances: as they are named, at the first start as well', async () => {
    const two = ['multi-user.target.wants/networkd.service', 'sockets.target.wants/networkd.socket']
    const only = await settled('getty@tty2', '-getty@tty1', 'getty@ttyS0.service')
    expect(only.presets).toEqual(['disable getty@tty1.service', 'enable getty@.service tty2 ttyS0'])
    expect(only.links).toEqual([
      'getty.target.wants/getty@tty2.service',
      'getty.target.wants/getty@ttyS0.service',
      ...two,
    ])
    expect(only.later).toEqual(only.links)
    const none = await settled('-getty@tty1')
    expect(none.presets).toEqual(['disable getty@tty1.service', 'disable getty@.service'])
    expect(none.links).toEqual(two)
    expect(none.later).toEqual(two)
  })
  test('masked', async () => {
    const { links, later } = await settled('!networkd', '!helper')
    expect(links).toContain('helper.service')
    expect(links).toContain('networkd.service')
    expect(links).not.toContain('multi-user.target.wants/networkd.service')
    expect(later).toEqual(links)
  })
  test('what has no effect is told', async () => {
    await settled('sshd boot', 'helper', '-helper')
    expect(on.notes).toEqual([
      "warning: stage4.defines/x/services:3: runlevels are OpenRC's; of sshd the unit says when it starts.",
      'warning: stage4.defines/x/services:3: the unit of helper says of nothing that it starts it.',
      'warning: stage4.defines/x/services:3: helper starts where another unit wants it; !helper would mask it.',
    ])
  })
  test('a unit that is not there', async () => {
    for (const line of ['sshdd', '!sshdd'])
      expect(await on.failed(root, { services: [service(line)] })).toMatchObject({
        code: 'no-such-service',
        message: 'stage4.defines/x/services:3: a service of the root was wanted; it has no sshdd.',
        hint: 'Did you mean sshd?',
      })
  })
  test("the user's own presets stand; one that says otherwise first is an error", async () => {
    const preset = (path: string, bytes: string) => ({ path: `etc/systemd/system-preset/${path}`, bytes, mode: 0o644 })
    const mine = preset('00-gentoomuch.preset', 'enable sshd.service\n')
    const { tree } = await on.finished(root, { files: [mine], services: [service('sshd')] })
    expect(await on.say(tree, `cat ${PRESETS}`)).toBe('enable sshd.service')
    const first = preset('00-first.preset', 'disable sshd.service\n')
    expect(await on.failed(root, { files: [first], services: [service('sshd')] })).toMatchObject({
      code: 'service-failed',
      message: 'stage4.defines/x/services:3: sshd was to be enabled; systemd says that it is disabled.',
    })
  })
})
