/** Changes of a data directory, as steps and runs make them, for processes that are killed at them. */
import { join } from 'node:path'
import { pointLatest, publishBuild } from '../../src/artifacts/publish.ts'
import { layoutOf } from '../../src/store/layout.ts'
import { PackageStore } from '../../src/store/packages.ts'
import { StepStore } from '../../src/store/steps.ts'
import { exists, writeWhole } from '../../src/system/files.ts'
import { moveFile, replaceFolder } from '../../src/system/move.ts'

export type ChangeName = 'write' | 'file' | 'package' | 'record' | 'folder' | 'publish'

/** @param from a folder with what the change takes in: a file `new` and a folder `build` */
export async function change(name: ChangeName, data: string, from: string): Promise<void> {
  const layout = layoutOf(data)
  const output = { digest: 'new', value: null }
  const home = join(layout.stages, 'porch')
  switch (name) {
    case 'write':
      return writeWhole(layout.configurations, 'new')
    case 'file':
      return moveFile(join(from, 'new'), layout.configurations)
    case 'package':
      return void (await new PackageStore(layout).keep(
        { fingerprint: 'f', cpv: 'app-misc/greet-1', ingredients: {} },
        join(from, 'new'),
      ))
    case 'record':
      return new StepStore(layout).keep({ id: 'i', kind: 'seed', key: 'k', output, seconds: 1 }, {})
    case 'folder':
      return replaceFolder(join(from, 'build'), join(layout.packed, 'k'))
    case 'publish':
      // As the step does that publishes.
      if (await exists(join(home, 'new'))) return pointLatest(home, 'new')
      return void (await publishBuild({
        stages: layout.stages,
        name: 'porch',
        build: 'new',
        from: join(from, 'build'),
      }))
  }
}
