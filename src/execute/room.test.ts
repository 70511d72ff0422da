import { describe, expect, test } from 'vitest'
import type { Room } from '../system/disk.ts'
import { saysFull } from '../system/disk.ts'
import { StepFailure } from './failure.ts'
import { fullFailure, suspecting } from './full.ts'
import { shortageOf } from './room.ts'

const MIB = 1024 ** 2
const room = (free: number, rest: Partial<Room> = {}): Room => ({
  path: '/data/store',
  device: 1,
  free: free * MIB,
  size: 1000 * MIB,
  shares: false,
  hasInodes: true,
  ...rest,
})
const scratch = (free: number, device = 1) => room(free, { path: '/data/scratch', device })

describe('what a run needs', () => {
  const need = { kept: 100 * MIB, working: 60 * MIB }

  test('is asked of the data directory, with a little for logs and records', () => {
    expect(shortageOf(need, room(132), scratch(132))).toBeUndefined()
    expect(shortageOf(need, room(131), scratch(131))).toEqual({ room: room(131), needed: 132 * MIB })
  })

  test('is asked of scratch too where that is another file system', () => {
    expect(shortageOf(need, room(132), scratch(92, 2))).toBeUndefined()
    expect(shortageOf(need, room(132), scratch(91, 2))).toEqual({ room: scratch(91, 2), needed: 92 * MIB })
    expect(shortageOf(need, room(132), scratch(91, 1))).toBeUndefined()
  })

  test('is missing where no file can be made, however many bytes are free', () => {
    expect(shortageOf(need, room(999, { hasInodes: false }), scratch(999))).toMatchObject({
      room: { hasInodes: false },
    })
  })
})

describe('that there was no room', () => {
  test.each<[string, unknown, boolean]>([
    ['a call of ours', Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' }), true],
    ['a quota', Object.assign(new Error('x'), { code: 'EDQUOT' }), true],
    ['a program', new Error('tar could not unpack: tar: a: Cannot write: No space left on device'), true],
    ['what was behind it', new Error('x', { cause: new Error('cp: error: Disk quota exceeded') }), true],
    ['something else', new Error('No such file'), false],
    ['nothing', undefined, false],
  ])('is seen in %s', (_, error, expected) => {
    expect(saysFull(error ?? '')).toBe(expected)
  })

  const failure = new StepFailure({
    code: 'emerge-failed',
    message: 'app-misc/a-1 failed in its install phase.',
    package: 'app-misc/a-1',
    lastLines: ['cp: No space left on device'],
    shell: 'gentoomuch freshroot --failed c',
    hint: 'look at it',
  })

  test('is told with the file system and what it has left; what else is known stays', () => {
    const { failure: told } = fullFailure(failure, [room(3), scratch(3)], 50 * MIB)
    expect(told).toEqual({
      code: 'disk-full',
      message:
        'A file system was full: /data/store is on one with 3.0 MiB of 1000.0 MiB free now, and this step took 50.0 MiB the last time: about 47.0 MiB are missing.\napp-misc/a-1 failed in its install phase.',
      package: 'app-misc/a-1',
      lastLines: ['cp: No space left on device'],
      shell: 'gentoomuch freshroot --failed c',
      hint: 'make room and run again, it goes on where this stopped; gentoomuch clean --dry-run says what nothing needs',
    })
  })

  test('is suspected where a disk is nearly full and nobody says so', () => {
    const silent = new StepFailure({ code: 'emerge-failed', message: 'a failed.', shell: 's' })
    expect(suspecting(silent, [room(16)])).toBe(silent)
    expect(suspecting(silent, [room(99), scratch(15, 2)])).toMatchObject({
      failure: {
        message: 'a failed.',
        shell: 's',
        hint: expect.stringMatching(
          /^the file system of \/data\/scratch has only 15.0 MiB of .* may be why;/,
        ) as string,
      },
    })
    expect(suspecting(silent, [room(99, { hasInodes: false })])).toMatchObject({
      failure: { hint: expect.stringContaining('no room for more files') as string },
    })
  })

  test('names both file systems where scratch has its own, and is no bug', () => {
    const error = new Error('tar could not unpack what was kept: No space left on device')
    const { failure: told } = fullFailure(error, [room(3), scratch(0, 2)])
    expect(told.message.split('\n')[0]).toBe(
      'A file system was full: /data/store is on one with 3.0 MiB of 1000.0 MiB free now; /data/scratch is on one with 0 B of 1000.0 MiB free now.',
    )
    expect(told.message.split('\n').slice(1)).toEqual(['tar could not unpack what was kept: No space left on device'])
  })
})
