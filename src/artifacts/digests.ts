/** The digests that are published beside a stage, in upstream's layout. */
import { join } from 'node:path'
import { writeWhole } from '../system/files.ts'

/** A file with what there is to know of its bytes; digests in hex. */
export interface HashedFile {
  /** Base name. */
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  readonly sha512: string
  /** BLAKE2b with 512 bits, as b2sum gives it. */
  readonly blake2b: string
}

/** The text of DIGESTS: each file's BLAKE2b, then its SHA512. Pure. */
export function digestsText(files: readonly HashedFile[]): string {
  return files
    .flatMap(({ name, blake2b, sha512 }) => [
      '# BLAKE2B HASH',
      `${blake2b}  ${name}`,
      '# SHA512 HASH',
      `${sha512}  ${name}`,
    ])
    .map((line) => `${line}\n`)
    .join('')
}

/** Writes `TARBALL.DIGESTS`, unsigned (`signStage` puts the signed one in its place), and `TARBALL.sha256` for sha256sum -c. */
export async function writeDigests(folder: string, tarball: HashedFile, contents: HashedFile): Promise<void> {
  await writeWhole(join(folder, `${tarball.name}.DIGESTS`), digestsText([tarball, contents]))
  await writeWhole(join(folder, `${tarball.name}.sha256`), `${tarball.sha256}  ${tarball.name}\n`)
}
