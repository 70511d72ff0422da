/** A machine as a build gives it that nothing disturbs: what disturbed ones are held against. */
import { hashFile } from '../../src/system/hash.ts'
import type { Person } from '../e2e/kit.ts'
import { forget } from './forget.ts'

export interface Undisturbed {
  /** Of the published tarball. */
  readonly sha512: string
  /** What such a build takes, in milliseconds, once what it does not forget is made. */
  readonly whole: number
}

/** @returns what it gave, which is forgotten again */
export async function undisturbed(who: Person, machine: string): Promise<Undisturbed> {
  const build = () => who.gentoomuch(['stage', 'build', machine, ...who.flags])
  await build()
  await forget(who, machine)
  const since = performance.now()
  await build()
  const whole = performance.now() - since
  const sha512 = await publishedSum(who, machine)
  await forget(who, machine)
  return { sha512, whole }
}

export async function publishedSum(who: Person, machine: string): Promise<string> {
  return hashFile((await who.published(machine)).tarball, 'sha512')
}
