/** Which news somebody has read: names in a text file of the data directory, a line each. Users may edit it. */
import type { Layout } from '../store/layout.ts'
import { readIfThere, writeWhole } from '../system/files.ts'

/** Names as `NewsReport` has them (`mark`). */
export async function readMarks(layout: Pick<Layout, 'newsRead'>): Promise<ReadonlySet<string>> {
  const text = (await readIfThere(layout.newsRead)) ?? ''
  return new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )
}

/** To be called while holding the data directory's lock. */
export async function markRead(layout: Pick<Layout, 'newsRead'>, marks: Iterable<string>): Promise<void> {
  const before = await readMarks(layout)
  const after = [...new Set([...before, ...marks])].toSorted()
  if (after.length > before.size) await writeWhole(layout.newsRead, after.map((mark) => `${mark}\n`).join(''))
}
