import { expect, test } from 'vitest'
import { notificationArgv } from './announce.ts'
import { newTally } from './tally.ts'

test('what is said are arguments, and no markup of the notification', () => {
  const tally = newTally()
  const failure = { code: 'x', message: '<b>$(reboot)</b> & -h\u001B[31m failed.' }
  tally.failed.push({ label: "compile it's; --help", failure })
  expect(notificationArgv('stage build', { ok: false, seconds: 70 }, tally)).toEqual([
    'notify-send',
    '--app-name=gentoomuch',
    '--urgency=critical',
    '--',
    'gentoomuch stage build',
    "1 step failed, 0 skipped, after 1 min 10 s:\n  compile it's; --help: &lt;b&gt;$(reboot)&lt;/b&gt; &amp; -h failed.",
  ])
})
