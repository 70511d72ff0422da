/** What a measurement found, as a table for the terminal and for the documentation. Pure. */

export interface Bench {
  readonly title: string
  /** Of the figures' columns. */
  readonly heads: readonly string[]
  readonly rows: readonly Row[]
  /** Promises that do not hold, as sentences. */
  readonly broken: readonly string[]
}

export interface Row {
  readonly name: string
  readonly figures: readonly string[]
}

export function textTable({ title, heads, rows }: Bench): string {
  const all = [['', ...heads], ...rows.map(({ name, figures }) => [name, ...figures])]
  const widths = ['', ...heads].map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)))
  const lines = all.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2)))
      .join('')
      .trimEnd(),
  )
  return [title, ...lines].join('\n')
}

export function markdownTable({ title, heads, rows, broken }: Bench): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const padded = (figures: readonly string[]) => heads.map((_, column) => figures[column] ?? '')
  return [
    `### ${title}`,
    '',
    line(['', ...heads]),
    line(['---', ...heads.map(() => '---:')]),
    ...rows.map(({ name, figures }) => line([name.trim(), ...padded(figures)])),
    ...(broken.length === 0 ? [] : ['', ...broken.map((one) => `Not held: ${one}.`)]),
  ].join('\n')
}

export const seconds = (value: number) => `${value.toFixed(2)} s`
export const times = (value: number) => `${value.toFixed(2)} times`
export const percent = (value: number) => `${(value * 100).toFixed(1)} %`
export const megabytes = (value: number) => `${value.toFixed(0)} MB`
