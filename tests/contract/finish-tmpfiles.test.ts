/** tmpfiles.d, by this host's own systemd-tmpfiles. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { TreeRef } from '../../src/engine/engine.ts'
import { Finishing } from './finishing.ts'
import { hasProgram } from './small-tree.ts'

const there = await hasProgram('systemd-tmpfiles')
const on = new Finishing(there ? ['systemd-tmpfiles'] : [])

/** The kinds of line that packages bring: folders, files, links, copies, modes, access lists; some at each start alone (!). */
const LINES = `
mkdir -p /var/lib /usr/lib/tmpfiles.d /usr/share/factory/etc /var/log/old /etc/tmpfiles.d
echo www:x:81:82::/:/bin/false >> /etc/passwd; echo www:x:82: > /etc/group
echo made > /usr/share/factory/etc/conf
cat > /usr/lib/tmpfiles.d/one.conf <<'EOF'
d /run/one 0755 root root -
D! /tmp/.one 1777 root root 10d
d /var/lib/one 2750 www www -
f /var/lib/one/state 0640 www www - begun
L+ /etc/link - - - - ../var/lib/one
C /etc/conf - - - -
z /var/log/old 0700 www root
x /var/tmp/kept
r! /var/lib/one/stale
z /var/log/journal/%m 2755 root root - -
EOF
cat > /usr/lib/tmpfiles.d/two.conf <<'EOF'
d /var/two 0700 root root -
EOF
echo 'd /var/overridden 0700 root root -' > /etc/tmpfiles.d/two.conf
touch /var/lib/one.txt`

describe.skipIf(!there)('tmpfiles', () => {
  let root: TreeRef
  beforeAll(async () => void (root = await on.rootWith(LINES)))

  test('what packages describe is there, as they say; what the machine mounts is left to it', async () => {
    const { tree } = await on.finished(root, {})
    expect(
      await on.say(
        tree,
        "cd /; stat -c '%A %u:%g %n' var/lib/one var/lib/one/state var/log/old etc/conf; cat var/lib/one/state; echo; readlink etc/link; ls -A var run tmp",
      ),
    ).toBe(
      [
        'drwxr-s--- 81:82 var/lib/one',
        '-rw-r----- 81:82 var/lib/one/state',
        'drwx------ 81:0 var/log/old',
        '-rw-r--r-- 0:0 etc/conf',
        'begun',
        '../var/lib/one',
        'run:\n\ntmp:\n\nvar:\nlib\nlog\noverridden\ntmp',
      ].join('\n'),
    )
    expect(on.notes).toEqual([])
  })
  test('twice the same', async () => {
    const [one, two] = [await on.finished(root, {}), await on.finished(root, {})]
    expect(one.tree.digest).toBe(two.tree.digest)
  })
  test('where all is there already the root stays as it is', async () => {
    const { tree } = await on.finished(root, {})
    expect(await on.finished(tree, {})).toEqual({ tree, summary: 'nothing to add' })
  })
  test('what cannot be made is told, and the rest is made', async () => {
    const bad = {
      path: 'etc/tmpfiles.d/bad.conf',
      bytes: 'd /var/bad 0700 nobody-here root -\nd /var/good 0700 root root -\nd /var/worse 0700 root no-group -\n',
      mode: 0o644,
    }
    const { tree } = await on.finished(root, { files: [bad] })
    expect(await on.say(tree, 'ls -d /var/good')).toBe('/var/good')
    expect(on.notes).toHaveLength(1)
    expect(on.notes[0]).toMatch(/^warning: systemd-tmpfiles ended with status \d+: .*nobody-here.*; .*no-group/)
  })
})
