import { describe, expect, test } from 'vitest'
import { parsePackageFile } from './packageFile.ts'
import type { PackageKind } from './packageKinds.ts'
import { said } from './said.ts'

const flags = (kind: PackageKind, text: string) =>
  parsePackageFile(kind, text).entries.map(({ atom, flags: found }) => [
    atom,
    found.map(({ flag, on }) => (on ? flag : `-${flag}`)).join(' '),
  ])
const entries = (kind: PackageKind, text: string) =>
  parsePackageFile(kind, text).entries.map(({ prefix, atom }) => [prefix, atom])

describe('package.use', () => {
  test('has flags, groups to the end of the line, and what turns all off', () => {
    const text = 'a/b c -d VIDEO_CARDS: e -f L10N: de -*\n*/* -* x_* -y_*\n# a/c\n  a/d\u00A0g # h\n'
    expect(flags('use', text)).toEqual([
      ['a/b', 'c -d video_cards_e -video_cards_f l10n_de -l10n_*'],
      ['*/*', '-* x_* -y_*'],
      ['a/d', 'g'],
    ])
    expect(parsePackageFile('use', text).mistakes).toEqual([])
  })

  test('a group ends with its line; in a profile it goes on where the same atom comes again', () => {
    const text = 'a/b X: c\na/c d\na/b e\n'
    expect(flags('use', text)).toEqual([
      ['a/b', 'x_c'],
      ['a/c', 'd'],
      ['a/b', 'e'],
    ])
    expect(flags('profile-use', text)).toEqual([
      ['a/b', 'x_c'],
      ['a/c', 'd'],
      ['a/b', 'x_e'],
    ])
  })

  test('each entry and each flag says where it stands', () => {
    const { entries: found, nodes } = parsePackageFile('use', '\n  a/b  -c # d\n')
    expect(found).toEqual([
      {
        atom: 'a/b',
        prefix: '',
        column: 3,
        words: [{ text: '-c', column: 8 }],
        line: 2,
        node: 1,
        flags: [{ flag: 'c', on: false, line: 2, column: 8 }],
      },
    ])
    expect(nodes[1]).toMatchObject({ raw: '  a/b  -c # d\n', comment: { text: '# d', column: 11 } })
  })

  test.each([
    ['a/b', 'file:1: a/b stands alone, so the line does nothing: USE flags were wanted behind it.'],
    ['a/b c,d', 'file:1: A USE flag was wanted (letters, digits and + _ @ -, a letter or digit first); found c,d.'],
    ['a/b -', 'file:1: A USE flag was wanted (letters, digits and + _ @ -, a letter or digit first); found -.'],
    ['a/b *', 'file:1: A USE flag was wanted (letters, digits and + _ @ -, a letter or digit first); found *.'],
    ['a/b X: +c', 'file:1: A USE flag was wanted (letters, digits and + _ @ -, a letter or digit first); found +c.'],
    ['a/b -X: c', 'file:1: The name of a USE_EXPAND group was wanted before the colon, as in VIDEO_CARDS:; found -X:.'],
    [
      'a/b X:',
      'file:1: X: has no flags behind it in the line, so it does nothing. Write X: -* to turn off all flags of the group.',
    ],
    ['a/b +c', 'file:1: USE flags do not begin with +; Portage takes +c for c and complains. Write c.'],
    [
      '\uFEFFa/b c',
      'file:1: The file begins with a byte order mark, which Portage takes for a part of the first word. Save it as UTF-8 without a byte order mark.',
    ],
  ])('%j', (text, message) => {
    expect(said(parsePackageFile('use', text).mistakes)).toContain(message)
  })

  test('what is no flag is not among the flags, and + is no part of one', () => {
    expect(flags('use', 'a/b c,d +e f')).toEqual([['a/b', 'e f']])
  })

  test('in a profile nothing stands for all flags', () => {
    expect(flags('profile-use', 'a/b -* x_* c')).toEqual([['a/b', 'c']])
    expect(parsePackageFile('profile-use', 'a/b -* x_* c').mistakes).toHaveLength(2)
  })
})

describe('words behind an atom', () => {
  test.each([
    ['keywords', 'a/b\na/c ~amd64 amd64 -amd64 -~x86 ** * ~* -* -** amd64-linux'],
    ['license', 'a/b * -* @FREE -@EULA GPL-2 -MIT all-rights-reserved CC-BY-SA-4.0 Info-ZIP'],
    ['env', 'a/b debug.conf gcc/old ..x'],
    ['bashrc', 'a/b debug.sh'],
    ['properties', 'a/b -interactive * -*'],
    ['restrict', 'a/b -fetch * -*'],
  ] as const)('%s: these are legal', (kind, text) => {
    expect(parsePackageFile(kind, text).mistakes).toEqual([])
  })

  test.each([
    ['keywords', 'a/b amd64~', 'file:1: A keyword was wanted, such as ~amd64, amd64, ** or -amd64; found amd64~.'],
    ['license', 'a/b @', 'file:1: A license, @GROUP or * was wanted, with - before it to take it back; found @.'],
    ['license', 'a/b', 'file:1: a/b stands alone, so the line does nothing: licenses were wanted behind it.'],
    ['env', 'a/b ../make.conf', 'file:1: The name of a file in the folder was wanted; ../make.conf leaves it.'],
    ['env', 'a/b /etc/x', 'file:1: The name of a file in the folder was wanted; /etc/x leaves it.'],
    ['properties', 'a/b --x', 'file:1: A name or * was wanted, with - before it to take it back; found --x.'],
    ['restrict', 'a/b ~x', 'file:1: A name or * was wanted, with - before it to take it back; found ~x.'],
  ] as const)('%s: %j', (kind, text, message) => {
    expect(said(parsePackageFile(kind, text).mistakes)).toEqual([message])
  })
})

describe('one entry a line', () => {
  test.each([
    [
      'mask',
      'a/b\n-a/c',
      [
        ['', 'a/b'],
        ['-', 'a/c'],
      ],
    ],
    ['unmask', '=a/b-1 # c', [['', '=a/b-1']]],
    [
      'provided',
      'a/b-1\n-*',
      [
        ['', 'a/b-1'],
        ['-', '*'],
      ],
    ],
    [
      'packages',
      '*a/b\na/c\n-a/d\n-*a/e\n-*',
      [
        ['*', 'a/b'],
        ['', 'a/c'],
        ['-', 'a/d'],
        ['-*', 'a/e'],
        ['-', '*'],
      ],
    ],
    [
      'set',
      'a/b\n@other\n-a/c',
      [
        ['', 'a/b'],
        ['', '@other'],
        ['', '-a/c'],
      ],
    ],
  ] as const)('%s', (kind, text, expected) => {
    expect(entries(kind, text)).toEqual(expected)
    expect(parsePackageFile(kind, text).mistakes).toEqual([])
  })

  test('use.mask and its kin have flags there', () => {
    expect(flags('flags', 'a\n-b\n')).toEqual([
      ['a', 'a'],
      ['b', '-b'],
    ])
    expect(said(parsePackageFile('flags', '-*').mistakes)).toEqual([
      'file:1: A USE flag was wanted (letters, digits and + _ @ -, a letter or digit first); found -*.',
    ])
    expect(flags('flags', 'a b')).toEqual([['a', '']])
  })

  test.each([
    [
      'mask',
      'file:1: One word was wanted in the line; found a/c behind a/b, and Portage drops the whole line. Give each a line of its own, and begin comments with #.',
    ],
    [
      'set',
      'file:1: Portage reads only a/b, the first word of the line, and not a/c. Give each a line of its own, and begin comments with #.',
    ],
  ] as const)('%s: more words than one', (kind, message) => {
    expect(said(parsePackageFile(kind, 'a/b a/c').mistakes)).toEqual([message])
  })
})
