/** config show: a composed directory, or what is below a path of it. */
import { suggest } from '../../config/names.ts'
import { UserError } from '../../errors.ts'
import type { Composed } from '../../portage/compose.ts'
import { textOf } from '../../portage/model.ts'

export interface ShownFile {
  readonly path: string
  readonly text: string
  /** The files of the configuration directory that it was made of. */
  readonly from: readonly string[]
}

/** @throws UserError `unknown-path` for a path that the directory does not have */
export function shownFiles({ directory, origins }: Composed, path: string | undefined): ShownFile[] {
  const wanted = path?.replace(/^(\/?etc\/portage\/|\.?\/)/, '').replace(/\/+$/, '')
  const files = directory.files.filter(
    (file) => wanted === undefined || wanted === '' || file.path === wanted || file.path.startsWith(`${wanted}/`),
  )
  if (files.length === 0 && wanted !== undefined) throw unknownPath(wanted, directory.files)
  return files.map((file) => ({ path: file.path, text: textOf(file.bytes), from: origins.get(file.path) ?? [] }))
}

function unknownPath(wanted: string, files: readonly { readonly path: string }[]): UserError {
  const tops = [...new Set(files.map(({ path }) => path.split('/')[0] ?? ''))]
  const hint = suggest(wanted, [...files.map(({ path }) => path), ...tops])
  return new UserError(
    'unknown-path',
    `The composed /etc/portage has no ${wanted}; it has ${tops.join(', ')}.`,
    hint === undefined ? {} : { hint },
  )
}
