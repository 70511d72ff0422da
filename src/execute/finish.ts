/** finish: the machine's own files, host name and scripts, all of it inside the root, with no network. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { containerEnvironment } from './environment.ts'
import type { Handler, Tools } from './handler.ts'
import { must } from './must.ts'
import { within } from './portageContainer.ts'
import { runScripts, type Script } from './scripts.ts'
import { asValue, inputOf, parent, valueOf, type TreeValue } from './values.ts'

interface File {
  readonly path: string
  readonly bytes: string
  readonly mode: number
  readonly link?: string
}

interface FinishInput {
  readonly scripts: readonly Script[]
  readonly files: readonly File[]
  readonly hostname?: string
}

const STAGED = '/run/gentoomuch-files'

/**
 * Copies staged files to their places, as root:root with the modes given, whole or not at all. Reads MODE NUL PATH NUL …
 * from stdin; a program in the root's own bash and coreutils, since a root need not have anything else.
 */
const INSTALL = [
  'set -e; umask 022; cd "$1"',
  "while IFS= read -r -d '' mode && IFS= read -r -d '' path; do",
  '  folder="/$path"; folder="${folder%/*}"; mkdir -p -- "${folder:-/}"',
  '  cp -P --no-preserve=all -T -- "./$path" "/$path.gentoomuch-new"',
  '  [[ -L "/$path.gentoomuch-new" ]] || chmod -- "$mode" "/$path.gentoomuch-new"',
  '  mv -fT -- "/$path.gentoomuch-new" "/$path"',
  'done',
].join('\n')

export const finish: Handler = {
  recipe: { version: 1, install: INSTALL, environment: containerEnvironment() },
  present: (output, _work, tools) => tools.engine.has(valueOf<TreeValue>(output).tree),

  async run(work, tools) {
    const input = inputOf<FinishInput>(work)
    const { tree } = valueOf<TreeValue>(parent(work, 'root'))
    const files = withHostname(input)
    if (files.length === 0 && input.scripts.length === 0)
      return { digest: tree.digest, value: asValue({ tree }), summary: 'nothing to add' }
    const staging = await stage(files, tools)
    const opening = tools.engine.open({
      tree,
      root: 'copied',
      mounts: [{ source: staging, target: STAGED, readOnly: true }],
      folders: [],
      tmpfs: [],
      env: containerEnvironment(),
      network: false,
    })
    return within(opening, async (container) => {
      if (files.length > 0) {
        const list = files.map((file) => `${file.mode.toString(8)}\0${file.path}\0`).join('')
        await must(container, ['bash', '-c', INSTALL, 'bash', STAGED], tools, {
          stdin: Readable.from([Buffer.from(list)]),
        })
      }
      await runScripts(container, input.scripts, tools)
      const finished = await container.keepTree('/')
      return {
        digest: finished.digest,
        value: asValue({ tree: finished }),
        summary: `${files.length} files, ${input.scripts.length} scripts`,
      }
    })
  },
}

/** OpenRC reads /etc/conf.d/hostname, systemd and others /etc/hostname; a file of the user's own stands. */
function withHostname(input: FinishInput): readonly File[] {
  if (input.hostname === undefined) return input.files
  const own = new Set(input.files.map((file) => file.path))
  const made: File[] = [
    { path: 'etc/hostname', bytes: `${input.hostname}\n`, mode: 0o644 },
    { path: 'etc/conf.d/hostname', bytes: `hostname="${input.hostname}"\n`, mode: 0o644 },
  ]
  return [...made.filter((file) => !own.has(file.path)), ...input.files]
}

async function stage(files: readonly File[], tools: Tools): Promise<string> {
  const folder = await tools.folder()
  const content = join(folder, 'files')
  await mkdir(content)
  for (const file of files) {
    const path = join(content, file.path)
    await mkdir(dirname(path), { recursive: true })
    if (file.link === undefined) await writeFile(path, Buffer.from(file.bytes, 'latin1'), { mode: 0o644 })
    else await symlink(file.link, path)
  }
  return content
}
