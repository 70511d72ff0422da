/** What the base has that is written in Python and no part of Debian: by pip, pinned by its hash. */
import { rename, writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../src/system/process.ts'
import { keyOf } from './content.ts'
import { kept } from './kept.ts'
import { progress, recipe, type Making } from './making.ts'
import { GEMATO, PORTAGE } from './pins.ts'

export interface Distribution {
  readonly name: string
  readonly version: string
  readonly sha256: string
  /** An archive of sources, or what is installed as it is. */
  readonly form: 'source' | 'wheel'
}

/** The path of Portage's source distribution, a gzip-compressed tar. */
export async function portageSource(making: Making): Promise<string> {
  return kept(making.cache, 'portage.tar.gz', keyOf(PORTAGE), async (path) => {
    progress(making, 2, `fetching Portage ${PORTAGE.version}`)
    await download(making, { name: 'portage', form: 'source', ...PORTAGE }, path)
  })
}

/** The path of gemato's wheel. */
export async function gematoWheel(making: Making): Promise<string> {
  return kept(making.cache, 'gemato.whl', keyOf(GEMATO), async (path) => {
    progress(making, 2, `fetching gemato ${GEMATO.version}`)
    await download(making, { name: 'gemato', form: 'wheel', ...GEMATO }, path)
  })
}

async function download(making: Making, what: Distribution, path: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gm-python-'))
  try {
    const requirements = join(folder, 'requirements.txt')
    await writeFile(requirements, `${what.name}==${what.version} --hash=sha256:${what.sha256}\n`)
    await run(downloadArgv(what, folder, requirements), {
      env: {
        // pip asks the archive's build system for metadata; ours answers without a compiler.
        PYTHONPATH: recipe('recipe', 'pip'),
        PORTAGE_VERSION: PORTAGE.version,
        PYTHONDONTWRITEBYTECODE: '1',
      },
      signal: making.signal,
      purpose: `to fetch ${what.name}`,
    })
    await run(['cp', '--', join(folder, fileOf(what)), `${path}.part`], { signal: making.signal })
    await rename(`${path}.part`, path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Pure. */
export function downloadArgv(what: Distribution, folder: string, requirements: string): [string, ...string[]] {
  return [
    'pip3',
    '--disable-pip-version-check',
    '--quiet',
    'download',
    '--no-deps',
    what.form === 'source' ? `--no-binary=${what.name}` : `--only-binary=${what.name}`,
    '--no-build-isolation',
    '--require-hashes',
    `--dest=${folder}`,
    `--requirement=${requirements}`,
  ]
}

/** Pure. The name under which pip writes it. */
export function fileOf({ name, version, form }: Distribution): string {
  return form === 'source' ? `${name}-${version}.tar.gz` : `${name}-${version}-py3-none-any.whl`
}
