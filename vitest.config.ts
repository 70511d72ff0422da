import { defineConfig } from 'vitest/config'

const BESIDE = ['src/**/*.test.ts', 'miniature/**/*.test.ts', 'tests/*.test.ts']
const HOST = '**/*.host.test.ts'
const never = ['**/node_modules/**', 'dist/**', '.dist-*/**']

/**
 * `unit` is the developer's loop. `host` (`*.host.test.ts`) stands beside the source as well and calls programs of this host:
 * git, gpg, tar, python. `contract`, `oracle` and `e2e` run real containers. All of these belong to `./test`; `torture` runs
 * for as long as one likes.
 */
export default defineConfig({
  test: {
    exclude: never,
    // Many tests wait for git, gpg and tar: one worker less than there are cores would leave a core of two idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          // Tests keep to folders of their own; a process a file would double the time of the developer's loop.
          isolate: false,
          include: BESIDE,
          exclude: [...never, HOST],
        },
      },
      {
        test: {
          name: 'host',
          isolate: false,
          include: ['{src,miniature}/**/*.host.test.ts', 'tests/*.host.test.ts'],
          exclude: never,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'oracle',
          include: ['tests/oracle/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'torture',
          include: ['tests/torture/**/*.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
