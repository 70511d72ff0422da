/** News items (GLEP 42) and security advisories (GLSA) for a working tree of the miniature's repository; commit them after. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface NewsItem {
  /** `YYYY-MM-DD-SHORT-NAME`. */
  readonly id: string
  readonly title: string
  readonly revision?: number
  /** Lines such as `Display-If-Installed: app-misc/greet`. */
  readonly restrictions?: readonly string[]
  readonly body: string
}

export interface Advisory {
  /** `YYYYMM-NN`. */
  readonly id: string
  readonly title: string
  readonly synopsis: string
  /** `category/package`. */
  readonly package: string
  /** Keywords, `*` for all of them. */
  readonly arch?: string
  /** Ranges as the format has them: `['lt', '1.1']`, `['rge', '1.0-r3', 'SLOT']`. */
  readonly vulnerable: readonly Range[]
  readonly unaffected: readonly Range[]
}

export type Range = readonly [operator: string, version: string, slot?: string]

/** @param repository the folder of the working tree */
export async function writeNewsItem(repository: string, item: NewsItem): Promise<void> {
  const folder = join(repository, 'metadata', 'news', item.id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${item.id}.en.txt`), newsText(item))
}

/** @param repository the folder of the working tree */
export async function writeAdvisory(repository: string, advisory: Advisory): Promise<void> {
  const folder = join(repository, 'metadata', 'glsa')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `glsa-${advisory.id}.xml`), advisoryText(advisory))
}

/** Pure. */
export function newsText({ id, title, revision = 1, restrictions = [], body }: NewsItem): string {
  return [
    `Title: ${title}`,
    'Author: The miniature <repository@miniature.invalid>',
    `Posted: ${id.slice(0, 10)}`,
    `Revision: ${revision}`,
    'News-Item-Format: 2.0',
    ...restrictions,
    '',
    body,
    '',
  ].join('\n')
}

/** Pure. Texts must be fit for XML as they are. */
export function advisoryText(advisory: Advisory): string {
  const date = `${advisory.id.slice(0, 4)}-${advisory.id.slice(4, 6)}-15`
  const range =
    (element: string) =>
    ([operator, version, slot]: Range) =>
      `<${element} range="${operator}"${slot === undefined ? '' : ` slot="${slot}"`}>${version}</${element}>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE glsa SYSTEM "http://www.gentoo.org/dtd/glsa.dtd">
<glsa id="${advisory.id}">
  <title>${advisory.title}</title>
  <synopsis>${advisory.synopsis}</synopsis>
  <product type="ebuild">${advisory.package.split('/').at(-1)}</product>
  <announced>${date}</announced>
  <revised count="1">${date}</revised>
  <access>remote</access>
  <affected>
    <package name="${advisory.package}" auto="yes" arch="${advisory.arch ?? '*'}">
      ${[...advisory.unaffected.map(range('unaffected')), ...advisory.vulnerable.map(range('vulnerable'))].join('\n      ')}
    </package>
  </affected>
  <background><p>${advisory.package} is a package of the miniature.</p></background>
  <description><p>Written for a test.</p></description>
  <impact type="high"><p>None outside the test.</p></impact>
  <workaround><p>There is no known workaround at this time.</p></workaround>
  <resolution><p>Take a newer version.</p></resolution>
  <references><uri link="https://miniature.invalid/${advisory.id}">${advisory.id}</uri></references>
</glsa>
`
}
