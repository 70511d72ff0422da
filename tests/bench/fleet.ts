/**
 * Nothing to do for 200 machines: twenty stage4s of each of ten machines. They are small, for how large a root is makes no
 * difference to who has nothing to do, and building them comes first.
 */
import { nothingToDo } from './nothing.ts'
import type { Bench } from './table.ts'
import type { World } from './world.ts'

const [MACHINES, STAGE3S] = [200, 10]

export async function benchFleet(world: World): Promise<Bench> {
  const { machines, profile } = await world.lab({ machines: STAGE3S, packages: STAGE3S, small: true })
  await world.configure('env/compression', 'zstd 1\n')
  const names = Array.from({ length: MACHINES }, (_, index) => `fleet-${index + 1}`)
  for (const [index, name] of names.entries()) {
    await world.configure(`stage4.defines/${name}/stage3`, `${machines[index % machines.length] ?? ''}\n`)
    await world.configure(`stage4.defines/${name}/profile`, `${profile}\n`)
  }
  await world.run(['pipeline', ...names])
  return nothingToDo(world, names, 1)
}
