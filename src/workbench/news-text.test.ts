import { expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import type { NewsReport } from './news-report.ts'
import { named, newsLines, noNews, unread, unreadSentence, wholeNews } from './news-text.ts'

const report: NewsReport = {
  items: [
    {
      id: '2026-02-01-new',
      name: '2026-02-01-new',
      mark: 'gentoo/2026-02-01-new',
      read: false,
      repository: 'gentoo',
      title: 'A new \u001b[31mthing',
      authors: ['A <a@b.invalid>', 'B <b@b.invalid>'],
      posted: '2026-02-01',
      revision: '1',
      body: 'One.\n\n\tTwo\u202e.',
      machines: ['porch', 'den'],
    },
    {
      id: '2026-01-01-old',
      name: '2026-01-01-old',
      mark: 'gentoo/2026-01-01-old',
      read: true,
      repository: 'gentoo',
      title: 'An old thing',
      authors: [],
      posted: '2026-01-01',
      revision: '1',
      body: 'Old.',
      machines: ['den'],
    },
  ],
  advisories: [
    {
      id: '202601-01',
      name: 'glsa-202601-01',
      mark: 'glsa-202601-01',
      read: false,
      title: 'greet: Worse',
      synopsis: 'Short.',
      impact: 'high',
      access: 'remote',
      announced: '2026-01-15',
      text: '\nGLSA 202601-01: \n       \nBackground:  a b\n',
      packages: [],
      hits: {
        porch: [{ cpv: 'app-misc/greet-1.0', upgrade: 'app-misc/greet-1.1' }],
        den: [
          { cpv: 'app-misc/greet-1.0', upgrade: 'app-misc/greet-1.1' },
          { cpv: 'dev-libs/libgreet-1', upgrade: null },
        ],
      },
    },
  ],
  notes: [],
}

test('a line each, advisories first, with the machines', () => {
  expect(newsLines(unread(report), false)).toEqual([
    'glsa-202601-01  greet: Worse (high): app-misc/greet-1.0 of porch, den; dev-libs/libgreet-1 of den',
    '2026-02-01-new  A new \\u001b[31mthing: porch, den',
  ])
  expect(newsLines(report, true).map((line) => line.slice(0, 5))).toEqual(['* gls', '* 202', '  202'])
})

test('whole, with nothing that draws on a terminal', () => {
  expect(wholeNews(named(report, ['gentoo/2026-02-01-new', '202601-01']))).toBe(`GLSA 202601-01:

Background:  a b

porch has app-misc/greet-1.0: app-misc/greet-1.1 is not affected.
den has app-misc/greet-1.0: app-misc/greet-1.1 is not affected.
den has dev-libs/libgreet-1: the repositories have nothing better yet.


2026-02-01-new (gentoo)
A new \\u001b[31mthing
Posted 2026-02-01 by A <a@b.invalid>, B <b@b.invalid>; concerns porch, den.

One.

\tTwo\\u202e.`)
})

test('a name is an id, with its repository or without, or glsa-ID', () => {
  const ids = (word: string) => {
    const { items, advisories } = named(report, [word])
    return [...items, ...advisories].map(({ id }) => id)
  }
  expect(ids('2026-01-01-old')).toEqual(['2026-01-01-old'])
  expect(ids('gentoo/2026-01-01-old')).toEqual(['2026-01-01-old'])
  expect(ids('glsa-202601-01')).toEqual(['202601-01'])
  expect(ids('202601-01')).toEqual(['202601-01'])
})

test.each([
  ['glsa-202601-02', 'Did you mean glsa-202601-01?'],
  ['gentoo/2026-02-01-mew', 'Did you mean gentoo/2026-02-01-new?'],
  ['x\u001b', 'gentoomuch news --all lists those that do'],
])('no news is called %j', (word, hint) => {
  const wrong = () => named(report, ['202601-01', word])
  expect(wrong).toThrow(UserError)
  expect(wrong).toThrow(
    expect.objectContaining({
      code: 'unknown-news',
      hint,
      message: `No news item or advisory ${word.replace('\u001b', '\\u001b')} concerns a machine.`,
    }),
  )
})

test('a sync ends with how much is unread', () => {
  expect(unreadSentence(report)).toBe('Unread: 1 advisory and 1 news item for these machines.')
  expect(unreadSentence({ items: [], advisories: [] })).toBeUndefined()
  expect(unreadSentence({ items: [...report.items, ...unread(report).items], advisories: [] })).toBe(
    'Unread: 2 news items for these machines.',
  )
})

test('where nothing is listed, what is read is counted', () => {
  expect([noNews(false, 0), noNews(false, 2), noNews(true, 0)]).toEqual([
    'No unread news.',
    'No unread news; 2 read: gentoomuch news --all',
    'No news.',
  ])
})
