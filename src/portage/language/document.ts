/**
 * A text cut into nodes that lose no character: `print(parse(text)) === text`. A writer replaces the raw text of single
 * nodes and leaves every other character, comments and blank lines among them, as its author wrote it.
 */
export interface Node {
  readonly raw: string
}

export interface Document {
  readonly nodes: readonly Node[]
}

export function print(document: Document): string {
  return document.nodes.map((node) => node.raw).join('')
}

/** The other nodes keep their indexes. What was parsed from the old text is gone: parse the printed text to read it. */
export function replaceNode(document: Document, index: number, raw: string): Document {
  if (document.nodes[index] === undefined) throw new RangeError(`There is no node ${index}.`)
  return { nodes: document.nodes.with(index, { raw }) }
}
