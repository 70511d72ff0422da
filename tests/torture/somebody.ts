/** Whose program is tortured: a newcomer with a demo of his own, or who is named in GENTOOMUCH_TORTURE_HOME. */
import { join } from 'node:path'
import { Person } from '../e2e/kit.ts'
import { Lab, type LabOptions } from '../lab/lab.ts'

/** The home of somebody who has a clone and a demo: it saves making them, and stays. */
const HOME = process.env['GENTOOMUCH_TORTURE_HOME']

export interface Tortured {
  readonly who: Person
  readonly lab: Lab
  leave(): Promise<void>
}

/** A demo with the lab's machines beside its own, synced and not built. */
export async function somebody(options: LabOptions): Promise<Tortured> {
  const who = HOME === undefined ? await Person.newcomer('root') : Person.returning(HOME)
  if (HOME === undefined) await who.gentoomuch(['demo', '--yes', '--dir', who.demo])
  const lab = await Lab.write({ config: join(who.demo, 'config'), overlay: join(who.home, 'lab') }, options)
  await who.gentoomuch(['sync', 'lab', ...who.flags])
  return {
    who,
    lab,
    async leave() {
      if (HOME !== undefined) return
      await who.gentoomuch(['demo', '--remove', '--dir', who.demo], [0, 2])
      await who.leave()
    },
  }
}
