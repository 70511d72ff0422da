/** What the demo says at its end: what was made, how to verify it, what to try, how to remove it. Every command can be pasted. */
import { join } from 'node:path'
import { shellWord } from '../../system/shell-word.ts'
import type { Demo } from './demo.ts'

export function demoWords({ places, stages, keyMade }: Demo, self: string, removeFlags: string): string {
  const flags = `--config ${shellWord(places.config)} --data ${shellWord(places.data)}`
  const last = stages.at(-1)
  const tarball = shellWord(last?.tarball ?? '')
  const name = last?.machine ?? ''
  return [
    'Made:',
    ...stages.map((stage) => `  ${stage.tarball}`),
    '',
    keyMade
      ? `Signed by a throw-away key, made just now in ${places.keys}.`
      : `Signed by the throw-away key in ${places.keys}.`,
    '',
    'Verify:',
    `  gpg --homedir ${shellWord(places.keys)} --verify ${tarball}.asc ${tarball}`,
    '',
    'Unpack and enter, as root:',
    '  mkdir -p /tmp/stage4',
    `  tar --xattrs --xattrs-include='*.*' -C /tmp/stage4 -xpf ${tarball}`,
    '  chroot /tmp/stage4 greet you',
    '',
    'Or look inside without root:',
    `  ${self} freshroot --finished ${name} ${flags} -- greet you`,
    '',
    'Try next:',
    `  ${self} pipeline --dry-run ${flags}`,
    `  echo 'dev-libs/libgreet -color' > ${shellWord(join(places.config, 'portage.locals', 'colourful', 'package.use'))}`,
    `  ${self} pipeline ${flags}`,
    '',
    'Remove the demo:',
    `  ${self} demo --remove${removeFlags}`,
  ].join('\n')
}
