import { expect, test } from 'vitest'
import { parsePins } from './key-files.ts'

const PIN = '13EBBDBEDE7A12775DFDB1BABB572E0E2D182910'

test.each([
  [PIN, [PIN]],
  ['# Gentoo\n\n  13EB BDBE DE7A 1277 5DFD  B1BA BB57 2E0E 2D18 2910 # weekly\r\n', [PIN]],
  [`0x${PIN.toLowerCase()}\n${'A'.repeat(40)}\n`, [PIN, 'A'.repeat(40)]],
  ['BB572E0E2D182910\n', 'short'],
  [`${PIN}\n2D182910\n`, 'short'],
  [`${PIN}00`, 'short'],
  ['', undefined],
  ['# nothing but words\n', undefined],
  [`${PIN}\nand more\n`, undefined],
  ['-----BEGIN PGP PUBLIC KEY BLOCK-----\n', undefined],
  ['deed\n', undefined],
])('%j', (text, pins) => expect(parsePins(text)).toEqual(pins))
