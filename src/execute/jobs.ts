/** How many jobs run side by side where nobody said a number: what this host's cores and its memory allow. */
import { availableParallelism } from 'node:os'
import { size } from '../report/size.ts'
import { availableMemory } from '../system/memory.ts'

/**
 * What a job that compiles C++ may take. Gentoo's rule of thumb is the smaller of RAM / 2 GB and the number of threads:
 * https://wiki.gentoo.org/wiki/MAKEOPTS
 */
const A_JOB = 2 * 1024 ** 3

export interface HostJobs {
  readonly jobs: number
  readonly cores: number
  /** Bytes that are available now; undefined where the host does not say. */
  readonly memory: number | undefined
}

export function hostJobs(): HostJobs {
  return jobsFor(availableParallelism(), availableMemory())
}

export function jobsFor(cores: number, memory: number | undefined): HostJobs {
  const inMemory = memory === undefined ? cores : Math.floor(memory / A_JOB)
  return { jobs: Math.max(1, Math.min(cores, inMemory)), cores, memory }
}

/** `2 jobs: 5.0 GiB of memory, 16 cores` */
export function jobsText({ jobs, cores, memory }: HostJobs): string {
  const one = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`
  return `${one(jobs, 'job')}: ${memory === undefined ? '' : `${size(memory)} of memory, `}${one(cores, 'core')}`
}
