import { expect, test } from 'vitest'
import { elfArches } from './elf.ts'

function head(bits: 1 | 2, data: 1 | 2, machine: number): Buffer {
  const bytes = Buffer.alloc(20)
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits, data])
  if (data === 1) bytes.writeUInt16LE(machine, 18)
  else bytes.writeUInt16BE(machine, 18)
  return bytes
}

test.each([
  ['amd64', 2, 1, 62],
  ['amd64', 1, 1, 62],
  ['x86', 1, 1, 3],
  ['arm64', 2, 1, 183],
  ['arm', 1, 1, 40],
  ['ppc', 1, 2, 20],
  ['ppc64', 2, 1, 21],
  ['ppc64', 2, 2, 21],
  ['riscv', 2, 1, 243],
  ['s390', 2, 2, 22],
  ['sparc', 1, 2, 2],
  ['sparc', 1, 2, 18],
  ['sparc', 2, 2, 43],
  ['mips', 1, 2, 8],
  ['loong', 2, 1, 258],
  ['alpha', 2, 1, 0x9026],
  ['hppa', 1, 2, 15],
  ['m68k', 1, 2, 4],
  ['ia64', 2, 1, 50],
] as const)('%s', (arch, bits, data, machine) => {
  expect(elfArches(head(bits, data, machine))).toEqual([arch])
})

test('a machine that Gentoo does not know, or of the wrong class, has no word', () => {
  expect(elfArches(head(2, 1, 250))).toEqual([])
  expect(elfArches(head(1, 1, 183))).toEqual([])
})

test('what is no ELF file has no machine', () => {
  expect(elfArches(Buffer.from('#!/bin/sh\necho this is a script\n'))).toBeUndefined()
  expect(elfArches(head(2, 1, 62).subarray(0, 19))).toBeUndefined()
  expect(elfArches(Buffer.alloc(0))).toBeUndefined()
  const odd = head(2, 1, 62)
  odd[5] = 3
  expect(elfArches(odd)).toBeUndefined()
})
