/** A file system of its own that is small: a file behind a loop device. Only root can mount it. */
import { mkdir, rm, statfs, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../src/system/process.ts'

const MIB = 1024 ** 2

export class SmallDisk {
  /** Where it is mounted. */
  readonly at: string
  private readonly image: string

  private constructor(folder: string) {
    this.at = join(folder, 'disk')
    this.image = join(folder, 'disk.img')
  }

  static async mount(folder: string, mib: number): Promise<SmallDisk> {
    const disk = new SmallDisk(folder)
    await mkdir(disk.at, { recursive: true })
    await writeFile(disk.image, '')
    await truncate(disk.image, mib * MIB)
    // Nothing is set aside for root: what is free is free for everybody.
    await run(['mkfs.ext4', '-q', '-F', '-m', '0', disk.image])
    await run(['mount', '-o', 'loop', disk.image, disk.at])
    return disk
  }

  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.at)
    return (bavail * bsize) / MIB
  }

  /** Leaves so many MiB; more than there are leaves what there is. */
  async leave(mib: number): Promise<void> {
    const bytes = Math.floor(((await this.free()) - mib) * MIB)
    // What is being written meanwhile may take it first.
    if (bytes > 0)
      await run(['fallocate', '-l', String(bytes), join(this.at, `ballast-${Date.now()}`)], { accept: [0, 1] })
  }

  async relieve(): Promise<void> {
    await run(['bash', '-c', 'rm -f -- "$1"/ballast-*', 'bash', this.at])
  }

  async unmount(): Promise<void> {
    await run(['umount', this.at])
    await rm(this.image)
    await rm(this.at, { recursive: true })
  }
}
