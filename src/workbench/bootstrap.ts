/** bootstrap: a stage3 whose signature was verified becomes the seed of a profile. */
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '../config/model.ts'
import { readLock, writeLock } from '../config/lock.ts'
import { UserError } from '../errors.ts'
import { outputOf, realiseSteps } from '../execute/realise.ts'
import type { Run } from '../execute/run.ts'
import { valueOf, type SeedValue } from '../execute/values.ts'
import type { Step } from '../plan/step.ts'
import { builderDefine, listsOf, planBuilder } from '../pipeline.ts'
import { writeWhole } from '../system/files.ts'
import { hashFile } from '../system/hash.ts'
import { moveFolder, sweepMoves } from '../system/move.ts'
import { verifyStage3 } from '../upstream/stage3.ts'
import { failIfAny } from './failures.ts'

/** A profile's name stands in paths and in definitions. */
const PROFILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/

export interface Bootstrapped {
  readonly profile: string
  readonly stage3: string
  readonly sha512: string
  readonly signedBy: string
  /** False where no repository has been synced yet: the builder is then made by the first build. */
  readonly builder: boolean
}

export async function bootstrap(config: Config, run: Run, profile: string, stage3: string): Promise<Bootstrapped> {
  if (!PROFILE_NAME.test(profile))
    throw new UserError(
      'bad-profile-name',
      `A profile's name holds letters, digits and _ . + - (not first); found ${JSON.stringify(profile)}.`,
    )
  const path = resolve(stage3)
  await access(path).catch(() => {
    throw new UserError('no-stage3-file', `There is no file ${path}.`, {
      hint: 'name the stage3 tarball; its .asc has to lie beside it',
    })
  })
  const seed = await takeIn(config, run, path)
  const lock = await readLock(config.path)
  const entry = { stage3: seed.name, sha512: seed.sha512, signedBy: seed.primary }
  const next = { ...lock, profiles: { ...lock.profiles, [profile]: entry } }
  // The lock changes only once the new seed has shown that it can be unpacked.
  const synced = Object.keys(next.repositories).length > 0
  const steps: Step[] = synced
    ? planBuilder(
        config,
        next,
        profile,
        await listsOf({ config, lock: next }, [builderDefine(config)], run.data, run.signal),
      )
    : [
        {
          id: `seed:${profile}`,
          kind: 'seed',
          label: `unpack the seed of ${profile}`,
          input: { sha512: seed.sha512, primary: seed.primary, name: seed.name },
          parents: {},
        },
      ]
  const result = await realiseSteps(steps, run)
  failIfAny(result)
  const { version, incrementals } = valueOf<SeedValue>(outputOf(result, `seed:${profile}`)).portage
  const portage = { version, incrementals: [...incrementals] }
  await writeLock(config.path, { ...next, profiles: { ...next.profiles, [profile]: { ...entry, portage } } })
  if (config.env.profile === undefined) await setProfile(config, profile)
  if (!synced)
    run.emit({
      type: 'note',
      level: 'info',
      text: `The builder of ${profile} is made once the repositories are here.`,
      hint: 'gentoomuch sync',
    })
  return { profile, stage3: seed.name, sha512: seed.sha512, signedBy: seed.primary, builder: synced }
}

/** Verifies a private copy and keeps that very copy: builds disappear from mirrors after a few weeks. */
async function takeIn(config: Config, run: Run, stage3: string) {
  run.emit({ type: 'step-started', id: 'verify', label: 'verify the stage3' })
  const since = performance.now()
  const aside = await mkdtemp(join(run.layout.scratch, 'stage3-'))
  try {
    const trusted = join(config.path, 'env', 'trusted.keys', 'stage3')
    const verified = await verifyStage3({ tarball: stage3, to: aside, trusted, signal: run.signal })
    if (verified.arch !== undefined && gentooArch(verified.arch) !== config.env.arch)
      throw new UserError(
        'wrong-architecture',
        `${verified.name} is for ${verified.arch}; the configuration is for ${config.env.arch}.`,
        {
          hint: `take a stage3 of ${config.env.arch}, or change env/arch`,
        },
      )
    const home = join(run.layout.seeds, verified.sha512)
    const kept = await hashFile(join(home, verified.name), 'sha512').catch(() => undefined)
    if (kept !== verified.sha512) {
      await mkdir(run.layout.seeds, { recursive: true })
      await rm(home, { recursive: true, force: true })
      await sweepMoves(run.layout.seeds)
      await moveFolder(aside, home)
    }
    const seconds = (performance.now() - since) / 1000
    run.emit({
      type: 'step-done',
      id: 'verify',
      label: 'verify the stage3',
      how: 'ran',
      seconds,
      summary: `signed by ${verified.primary}`,
    })
    return verified
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** Upstream's words in stage3 names that are not Gentoo's ARCH already. */
const ARCH_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^i[4-6]86/, 'x86'],
  [/^armv/, 'arm'],
  [/^rv\d/, 'riscv'],
  [/^(ppc64|power\d)/, 'ppc64'],
  [/^(hppa|mips|sparc|s390|loong)/, ''],
]

/** `armv7a_hardfp` → `arm`: what a stage3's name calls its architecture → Gentoo's ARCH. */
export function gentooArch(word: string): string {
  const found = ARCH_WORDS.find(([pattern]) => pattern.test(word))
  if (found === undefined) return word
  return found[1] === '' ? (found[0].exec(word)?.[0] ?? word) : found[1]
}

/** The profile that commands take when none is named. */
export async function setProfile(config: Config, profile: string): Promise<void> {
  await writeWhole(join(config.path, 'env', 'profile'), `${profile}\n`)
}
