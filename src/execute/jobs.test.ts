import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { hostJobs, jobsFor, jobsText } from './jobs.ts'

const GIB = 1024 ** 3

test.each([
  [16, 64 * GIB, 16, '16 jobs: 64.0 GiB of memory, 16 cores'],
  [16, 5 * GIB, 2, '2 jobs: 5.0 GiB of memory, 16 cores'],
  [4, 4 * GIB - 1, 1, '1 job: 4.0 GiB of memory, 4 cores'],
  [1, GIB / 2, 1, '1 job: 512.0 MiB of memory, 1 core'],
  [8, undefined, 8, '8 jobs: 8 cores'],
])('%d cores and %d bytes: %d', (cores, memory, jobs, text) => {
  expect(jobsFor(cores, memory).jobs).toBe(jobs)
  expect(jobsText(jobsFor(cores, memory))).toBe(text)
})

test('this host has jobs, and no more than cores', () => {
  const { jobs } = hostJobs()
  expect(jobs).toBeGreaterThanOrEqual(1)
  expect(jobs).toBeLessThanOrEqual(availableParallelism())
})
