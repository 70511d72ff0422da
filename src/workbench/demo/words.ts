/** What the demo says at its end: what was made, how to verify it, what to try, how to remove it. Every command can be pasted. */
import { join } from 'node:path'
import type { Demo } from './demo.ts'

/** Paths of demos have no blanks (see `demoPlaces`), so they can be pasted unquoted unless the shell would read more into them. */
function quoted(path: string): string {
  return /^[\w./+:@%,=-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}

export function demoWords({ places, stages, keyMade }: Demo, removeCommand: string): string {
  const flags = `--config ${quoted(places.config)} --data ${quoted(places.data)}`
  const last = stages.at(-1)
  const tarball = quoted(last?.tarball ?? '')
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
    `  gpg --homedir ${quoted(places.keys)} --verify ${tarball}.asc ${tarball}`,
    '',
    'Unpack and enter, as root:',
    '  mkdir -p /tmp/stage4',
    `  tar --xattrs --xattrs-include='*.*' -C /tmp/stage4 -xpf ${tarball}`,
    '  chroot /tmp/stage4 greet you',
    '',
    'Or look inside without root:',
    `  gentoomuch freshroot --finished ${name} ${flags} -- greet you`,
    '',
    'Try next:',
    `  gentoomuch pipeline --dry-run ${flags}`,
    `  echo 'dev-libs/libgreet -color' > ${quoted(join(places.config, 'portage.locals', 'colourful', 'package.use'))}`,
    `  gentoomuch pipeline ${flags}`,
    '',
    'Remove the demo:',
    `  ${removeCommand}`,
  ].join('\n')
}
