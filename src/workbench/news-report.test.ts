import { expect, test } from 'vitest'
import type { Advisory, NewsAnswer, NewsItem } from '../execute/news.ts'
import { merged, reportOf } from './news-report.ts'

const item = (id: string, machines: string[], repository = 'gentoo'): NewsItem => ({
  id,
  repository,
  title: id,
  authors: [],
  posted: '2026-01-01',
  revision: '1',
  body: '',
  machines,
})
const advisory = (id: string, hits: Advisory['hits']): Advisory => ({
  id,
  title: id,
  synopsis: '',
  impact: '',
  access: '',
  announced: '',
  text: '',
  packages: [],
  hits,
})
const hit = [{ cpv: 'a/b-1', upgrade: null }]
const answer = (parts: Partial<NewsAnswer>): NewsAnswer => ({ items: [], advisories: [], problems: [], ...parts })

test('answers of several containers are one, newest first', () => {
  const problem = { about: 'advisory 200001-01', message: 'odd' }
  const both = merged([
    answer({
      items: [item('2026-01-01-x', ['a'])],
      advisories: [advisory('202601-01', { a: hit })],
      problems: [problem],
    }),
    answer({
      items: [item('2026-02-01-y', ['b']), item('2026-01-01-x', ['b']), item('2026-01-01-x', ['b'], 'own')],
      advisories: [advisory('202602-01', { b: hit }), advisory('202601-01', { b: hit })],
      problems: [problem],
    }),
  ])
  expect(both.items.map(({ id, repository, machines }) => [id, repository, machines])).toEqual([
    ['2026-02-01-y', 'gentoo', ['b']],
    ['2026-01-01-x', 'gentoo', ['a', 'b']],
    ['2026-01-01-x', 'own', ['b']],
  ])
  expect(both.advisories.map(({ id, hits }) => [id, Object.keys(hits)])).toEqual([
    ['202602-01', ['b']],
    ['202601-01', ['a', 'b']],
  ])
  expect(both.problems).toEqual([problem])
})

test('what was read is known by its repository and id', () => {
  const report = reportOf(
    answer({
      items: [item('2026-01-01-x', ['a']), item('2026-01-01-x', ['a'], 'own')],
      advisories: [advisory('202601-01', { a: hit })],
      problems: [{ about: 'news item n', message: 'no\u001bheader' }],
    }),
    ['One note.'],
    new Set(['own/2026-01-01-x', 'glsa-202601-01']),
  )
  expect([...report.items, ...report.advisories].map(({ name, mark, read }) => [name, mark, read])).toEqual([
    ['2026-01-01-x', 'gentoo/2026-01-01-x', false],
    ['2026-01-01-x', 'own/2026-01-01-x', true],
    ['glsa-202601-01', 'glsa-202601-01', true],
  ])
  expect(report.notes).toEqual(['One note.', 'The news item n was left out: no\\u001bheader'])
})
