import { expect, test } from 'vitest'
import { createdLine } from './created-list.ts'

const line = createdLine(1_700_000_000)

test.each([
  ['-rw-r--r-- 0/0               6 2020-01-01 10:00 ./a', '-rw-r--r-- 0/0               6 2020-01-01 10:00 ./a'],
  ['-rwsr-xr-T  0/0              6 2020-01-01 10:00 ./ a', '-rwsr-xr-T 0/0              6 2020-01-01 10:00 ./ a'],
  ['drwxr-xr-x+ 0/0              0 2023-11-14 22:14 ./', 'drwxr-xr-x 0/0              0 2023-11-14 22:13 ./'],
  ['-rw-r--r--* 1/2              0 1969-12-31 23:59 ./a', '-rw-r--r-- 1/2              0 1970-01-01 00:00 ./a'],
  // A longer time makes the column wider from there on.
  ['-rw-r--r-- 0/0               0 20000-01-01 00:00 ./a', '-rw-r--r-- 0/0               0 2023-11-14 22:13 ./a'],
  ['-rw-r--r-- 0/0               0 2020-01-01 00:00  ./a', '-rw-r--r-- 0/0               0 2020-01-01 00:00 ./a'],
  ['-rw-r--r-- 0/0               0 -500-01-01 00:00  ./a', '-rw-r--r-- 0/0               0 1970-01-01 00:00 ./a'],
  ['-rw-r--r-- 0/0               0 99999999999999999 ./a', '-rw-r--r-- 0/0               0 2023-11-14 22:13 ./a'],
  [
    'lrwxrwxrwx 0/0 0 2030-01-01 00:00 ./a -> -rw-r--r-- 0/0 6 2030-01-01 10:00 ./b',
    'lrwxrwxrwx 0/0 0 2023-11-14 22:13 ./a -> -rw-r--r-- 0/0 6 2030-01-01 10:00 ./b',
  ],
])('%s', (created, listed) => {
  expect(line(created)).toBe(listed)
})
