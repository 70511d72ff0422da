import { describe, expect, test } from 'vitest'
import { describeProblem } from '../config/problem.ts'
import { compose } from './compose.ts'
import { LISTS, makeConfs, piece } from './pieces.testkit.ts'

/** The composed make.conf without the line that names each piece's file. */
const stacked = (...texts: string[]) => {
  const { directory } = compose(makeConfs(...texts), [], LISTS)
  const text = directory.files.find(({ path }) => path === 'make.conf')?.bytes ?? ''
  return text.split('\n').filter((line) => line !== '' && !/^# p\d/.test(line))
}
const problems = (...texts: string[]) => compose(makeConfs(...texts), [], LISTS).problems.map(describeProblem)

describe('lists', () => {
  test('go on from piece to piece; what the profile has, Portage adds itself', () => {
    expect(stacked('USE="simd"\n', 'USE="-simd ssl"\n')).toEqual(['USE="simd"', 'USE="${USE} -simd ssl"'])
  })
  test('say in each piece what its last assignment says', () => {
    expect(stacked('USE="a"\nUSE="${USE} b"\n', 'USE="c"\nUSE="d"\n')).toEqual(['USE="a b"', 'USE="${USE} d"'])
  })
  test('need no reference to themselves in front', () => {
    expect(stacked('USE="${USE} a"\nFEATURES="$FEATURES x"\n', 'FEATURES="${FEATURES} y"\n')).toEqual([
      'FEATURES="x"',
      'USE="a"',
      'FEATURES="${FEATURES} x y"',
    ])
  })
  test('know what other variables of the pieces hold', () => {
    expect(stacked('DIR="/srv"\n', 'CONFIG_PROTECT="${DIR}/www /opt"\n')).toEqual([
      'DIR="/srv"',
      'CONFIG_PROTECT="/srv/www /opt"',
    ])
  })
  test('leave to Portage what only Portage knows', () => {
    expect(stacked('CONFIG_PROTECT="${EPREFIX}/etc"\n')).toEqual(['CONFIG_PROTECT="${EPREFIX}/etc"'])
  })
  test('that are long go on in the next line', () => {
    const words = Array.from({ length: 30 }, (_, index) => `a-word-${index}`)
    const lines = stacked(`USE="${words.join(' ')}"\n`)
    expect(lines.length).toBe(3)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(112)
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toBe(`USE="${words.join(' ')}"`)
  })

  test('keep the words of the profile under another name where they stand behind others', () => {
    expect(stacked('FEATURES="${FEATURES} a"\n', 'FEATURES="-b ${FEATURES}"\nX="${FEATURES}"\n')).toEqual([
      '# What the profile has, for pieces that put it behind words of their own.',
      '__PROFILE_FEATURES="${FEATURES}"',
      'FEATURES="a"',
      'X="-b ${__PROFILE_FEATURES} a"',
      'FEATURES="${FEATURES} -b ${__PROFILE_FEATURES} a"',
    ])
  })
})

describe('USE_EXPAND groups', () => {
  test('are written as the USE flags they mean, before the piece own USE', () => {
    expect(stacked('USE="-video_cards_intel a"\nVIDEO_CARDS="intel -vesa"\n', 'VIDEO_CARDS="-* amdgpu"\n')).toEqual([
      "# VIDEO_CARDS: as USE flags, which add to the profile's",
      'USE="video_cards_intel -video_cards_vesa -video_cards_intel a"',
      "# VIDEO_CARDS: as USE flags, which add to the profile's",
      'USE="${USE} -video_cards_* video_cards_amdgpu"',
    ])
  })
  test('may be declared by a piece', () => {
    expect(stacked('USE_EXPAND="SOUND_CARDS"\n', 'SOUND_CARDS="hda"\n')).toEqual([
      'USE_EXPAND="SOUND_CARDS"',
      "# SOUND_CARDS: as USE flags, which add to the profile's",
      'USE="sound_cards_hda"',
    ])
  })
})

describe('every other variable', () => {
  test('keeps its line as it was written', () => {
    expect(stacked('CFLAGS=\'-O2\'  # fast\nexport X="a \\\n b"\n')).toEqual(["CFLAGS='-O2'", 'export X="a \\', ' b"'])
  })
  test('has a list written out, since its name will mean the stacked one', () => {
    expect(stacked('FEATURES="a"\n', 'FEATURES="b"\nX="${FEATURES} \\$1 ${Y}"\n')).toEqual([
      'FEATURES="a"',
      String.raw`X="b \$1 ${'${Y}'}"`,
      'FEATURES="${FEATURES} b"',
    ])
  })
})

test('sourced files of the piece stand where they are sourced', () => {
  const one = piece('cpu', 'c', {
    'make.conf': 'A="1"\nsource more.conf\nUSE="${USE} z"\n',
    'more.conf': 'USE="y"\nsource /etc/portage/even/more\n',
    'even/more': 'B="2"\n',
  })
  const { directory, steps } = compose([one], [], LISTS)
  expect(directory.files.find(({ path }) => path === 'make.conf')?.bytes).toBe(
    '# c/make.conf\nA="1"\nB="2"\nUSE="y z"\n',
  )
  expect(steps.get('make.conf')?.map(({ name, file, line }) => [name, file, line])).toEqual([
    ['A', 'c/make.conf', 1],
    ['B', 'c/even/more', 1],
    ['USE', 'c/make.conf', 3],
  ])
})

describe('refused, with place and way out:', () => {
  test.each([
    [
      ['VIDEO_CARDS="-intel ${VIDEO_CARDS}"'],
      "VIDEO_CARDS repeats the profile's words behind its own, where they cannot be known. The profile's words count already; take the reference away.",
    ],
    [
      ['USE="-video_cards_*"\n', 'VIDEO_CARDS="${VIDEO_CARDS} intel"'],
      "VIDEO_CARDS repeats the profile's words behind its own, where they cannot be known. The profile's words count already; take the reference away.",
    ],
    [
      ['VIDEO_CARDS="${CARDS} intel"'],
      'VIDEO_CARDS becomes USE flags, so its words must be known here; no piece before this one sets CARDS. Write the words themselves.',
    ],
    [
      ['VIDEO_CARDS=""'],
      'VIDEO_CARDS is empty here, which changes nothing: lists add to what was there. Write -* to empty it.',
    ],
    [['USE="+a"'], 'a word or -word was wanted in USE; found +a. Write a.'],
    [
      ['USE="\'a\'"'],
      'words were wanted in the list USE; found a quotation mark among them. Words of a list hold no quotation marks.',
    ],
    [
      ['CONFIG_PROTECT="${DIR}"\nDIR="/a"'],
      'CONFIG_PROTECT uses DIR, which this piece sets only later. Move the line that sets DIR up.',
    ],
    [
      ['FEATURES="a"\n', 'X="\\"a\\" ${FEATURES}"'],
      'X holds a list and quotation marks; what the list is cannot be written between them. Write the words themselves.',
    ],
    [
      ['source /etc/passwd'],
      'source reads files of the same piece; there is no /etc/passwd in it. Put the lines here, or the file into the piece.',
    ],
    [['source make.conf'], 'source goes in a circle at make.conf.'],
  ])('%j', (texts, message) => {
    expect(problems(...texts)).toEqual([`p${texts.length - 1}/make.conf:1: ${message}`])
  })
})
