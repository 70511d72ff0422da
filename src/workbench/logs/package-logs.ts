/** Portage's logs of single packages, which runs keep in `logs/RUN/portage/`. */
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withoutVersion } from '../../portage/atoms/name.ts'
import { withoutEscapes } from '../../report/text.ts'
import type { Layout } from '../../store/layout.ts'

export interface PackageLog {
  readonly run: string
  /** `category/package-version`. */
  readonly cpv: string
  /** Absolute path. */
  readonly path: string
  /** `20260101-120000`, by Portage's clock. */
  readonly stamp: string
}

/** Those of one run, newest first. */
export async function packageLogsOf({ logs }: Pick<Layout, 'logs'>, run: string): Promise<PackageLog[]> {
  const folder = join(logs, run, 'portage')
  const files = await readdir(folder).catch(() => [])
  return files
    .flatMap((file) => {
      const [, category = '', name = '', stamp = ''] = /^([^:]+):([^:]+):(\d{8}-\d{6})\.log$/.exec(file) ?? []
      return stamp === '' ? [] : [{ run, cpv: `${category}/${name}`, path: join(folder, file), stamp }]
    })
    .toSorted((a, b) => (a.stamp < b.stamp ? 1 : a.stamp > b.stamp ? -1 : a.cpv < b.cpv ? -1 : 1))
}

/** Whether a package is meant by `category/package`, `package`, or one of them with a version. */
export function isMeant(cpv: string, word: string): boolean {
  const whole = word.includes('/') ? cpv : cpv.slice(cpv.indexOf('/') + 1)
  return word === whole || word === withoutVersion(whole)
}

/** Whether it was built: one that was merged from its binary package begins otherwise (Portage 3.0.83). */
export async function isOfBuild({ path }: PackageLog): Promise<boolean> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
    return !withoutEscapes(buffer.subarray(0, bytesRead).toString('latin1')).startsWith('>>> Extracting info')
  } finally {
    await file.close()
  }
}
