/** A container in which Portage can work: repositories and a composed /etc/portage mounted, results collected in folders. */
import { join } from 'node:path'
import type { Container, Mount, TreeRef } from '../engine/engine.ts'
import type { PortageDirectory } from '../portage/model.ts'
import { PLACES, portageEnvironment } from './environment.ts'
import type { Tools, Work } from './handler.ts'
import { writePortageFolder } from './portageFolder.ts'
import { layOut, type Program } from './programs.ts'
import { epochOf, repositories } from './values.ts'

export interface PortageContainerOptions {
  readonly tree: TreeRef
  readonly portage: PortageDirectory
  readonly seedProfile: string
  readonly mounts?: readonly Mount[]
  /** Besides logs: which of `PLACES` are empty writable folders. */
  readonly folders?: readonly string[]
  /** Which of them begin as a copy of a tree. */
  readonly filled?: Readonly<Record<string, TreeRef>>
  readonly programs?: readonly Program[]
  readonly network?: boolean
  /** Whether ebuild phases run: then the clock is brought in through bashrc. */
  readonly phases: boolean
}

export async function openPortage(work: Work, tools: Tools, options: PortageContainerOptions): Promise<Container> {
  const staging = await tools.folder()
  const locations = Object.fromEntries(repositories(work).map(({ name, location }) => [name, location]))
  await writePortageFolder(join(staging, 'portage'), options.portage, {
    seedProfile: options.seedProfile,
    locations,
    buildTime: options.phases ? epochOf(work) : undefined,
  })
  await layOut(join(staging, 'programs'), options.programs ?? [])
  return tools.engine.open({
    tree: options.tree,
    mounts: [
      { source: join(staging, 'portage'), target: '/etc/portage', readOnly: true },
      { source: join(staging, 'programs'), target: PLACES.programs, readOnly: true },
      ...repositories(work).map(({ location, value }): Mount => ({
        source: value.tree,
        target: location,
        readOnly: true,
      })),
      ...(options.mounts ?? []),
    ],
    folders: [PLACES.logs, ...(options.folders ?? [])],
    ...(options.filled === undefined ? {} : { filled: options.filled }),
    tmpfs: [],
    env: portageEnvironment(tools.allJobs),
    network: options.network ?? false,
  })
}

/** Opens a container, works in it, closes it whatever happened. */
export async function within<T>(opening: Promise<Container>, work: (container: Container) => Promise<T>): Promise<T> {
  const container = await opening
  try {
    return await work(container)
  } finally {
    await container.close()
  }
}
