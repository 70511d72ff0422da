/** Portage's source distribution, by pip, pinned by its hash. */
import { rename, writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../src/system/process.ts'
import { keyOf } from './content.ts'
import { kept } from './kept.ts'
import { progress, recipe, type Making } from './making.ts'
import { PORTAGE } from './pins.ts'

/** The path of the gzip-compressed tar. */
export async function portageSource(making: Making): Promise<string> {
  return kept(making.cache, 'portage.tar.gz', keyOf(PORTAGE), async (path) => {
    progress(making, 2, `fetching Portage ${PORTAGE.version}`)
    const folder = await mkdtemp(join(tmpdir(), 'gm-portage-'))
    try {
      const requirements = join(folder, 'requirements.txt')
      await writeFile(requirements, `portage==${PORTAGE.version} --hash=sha256:${PORTAGE.sha256}\n`)
      await run(downloadArgv(folder, requirements), {
        env: {
          // pip asks the archive's build system for metadata; ours answers without a compiler.
          PYTHONPATH: recipe('recipe', 'pip'),
          PORTAGE_VERSION: PORTAGE.version,
          PYTHONDONTWRITEBYTECODE: '1',
        },
        signal: making.signal,
        purpose: 'to fetch Portage’s sources',
      })
      const archive = join(folder, `portage-${PORTAGE.version}.tar.gz`)
      await run(['cp', '--', archive, `${path}.part`], { signal: making.signal })
      await rename(`${path}.part`, path)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

/** Pure. */
export function downloadArgv(folder: string, requirements: string): [string, ...string[]] {
  return [
    'pip3',
    '--disable-pip-version-check',
    '--quiet',
    'download',
    '--no-deps',
    '--no-binary=portage',
    '--no-build-isolation',
    '--require-hashes',
    `--dest=${folder}`,
    `--requirement=${requirements}`,
  ]
}
