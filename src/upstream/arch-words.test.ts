import { expect, test } from 'vitest'
import { archWord, gentooArch } from './arch-words.ts'

test.each([
  ['amd64', 'amd64'],
  ['arm64', 'arm64'],
  ['aarch64_be', 'arm64'],
  ['x32', 'amd64'],
  ['i486', 'x86'],
  ['i686', 'x86'],
  ['armv7a_hardfp', 'arm'],
  ['rv64_lp64d', 'riscv'],
  ['ppc64le', 'ppc64'],
  ['power9le', 'ppc64'],
  ['ppc', 'ppc'],
  ['hppa1.1', 'hppa'],
  ['mips64_n64', 'mips'],
  ['s390x', 's390'],
])('%s is %s', (word, arch) => expect(gentooArch(word)).toBe(arch))

test.each([
  ['stage3-amd64-openrc-20260101T000000Z.tar.xz', 'amd64'],
  ['stage3-armv7a_hardfp-systemd-20260101T000000Z.tar.xz', 'armv7a_hardfp'],
  ['stage3-hppa1.1-openrc-20260101T000000Z.tar.xz', 'hppa1.1'],
  ['mine.tar.xz', undefined],
])('%s', (name, word) => expect(archWord(name)).toBe(word))
