/** What a sync did, as data and in words, with the news and advisories that came with it. */
import type { Lock } from '../../config/lock.ts'
import type { Config } from '../../config/model.ts'
import { exitOf } from '../../execute/failure.ts'
import type { Run } from '../../execute/run.ts'
import type { Json } from '../../plan/json.ts'
import { newsFor } from '../news.ts'
import { newsLines, unread, type Chosen } from '../news-text.ts'
import { syncedLines } from './changes-text.ts'
import { sync, type SyncOptions } from './sync.ts'

export interface SyncReport {
  readonly json: Json
  readonly lines: readonly string[]
  readonly exit: 0 | 1 | 3
}

/** @param all shows every package that changed */
export async function syncWithNews(config: Config, run: Run, options: SyncOptions, all: boolean): Promise<SyncReport> {
  const { synced, failures, lock } = await sync(config, run, options)
  const news = options.dryRun ? NO_NEWS : await newsOf(config, lock, run)
  const json = {
    repositories: synced.map((one) => ({ ...one })),
    failures: [...failures].map(([repository, failure]) => ({ repository, ...failure })),
    news: news.items.map(({ name, repository, title, posted, machines }) => ({
      name,
      repository,
      title,
      posted,
      machines,
    })),
    advisories: news.advisories.map(({ name, title, impact, hits }) => ({ name, title, impact, hits })),
  } as unknown as Json
  return {
    json,
    lines: [...syncedLines(synced, all), ...newsPart(news)],
    exit: failures.size === 0 ? 0 : exitOf(failures.values()),
  }
}

const NO_NEWS: Chosen = { items: [], advisories: [] }

/** News that nobody read yet; advisories as long as they hit. That they cannot be told does not undo a sync. */
async function newsOf(config: Config, lock: Lock, run: Run): Promise<Chosen> {
  try {
    const report = await newsFor(config, lock, run)
    for (const text of report.notes) run.emit({ type: 'note', level: 'info', text })
    return { items: unread(report).items, advisories: report.advisories }
  } catch (error) {
    if (run.signal.aborted) throw error
    const why = error instanceof Error ? error.message : String(error)
    run.emit({ type: 'note', level: 'warning', text: `The news cannot be told: ${why}` })
    return NO_NEWS
  }
}

function newsPart(news: Chosen): string[] {
  const lines = newsLines(news, false)
  return lines.length === 0
    ? []
    : ['', 'For these machines (gentoomuch news NAME shows it whole):', ...lines.map((line) => `  ${line}`)]
}
