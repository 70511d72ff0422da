import { openEngine } from '../src/engine/open.ts'
import { makeMiniature } from './miniature.ts'
const [at, cache] = process.argv.slice(2) as [string, string]
const t = Date.now()
const sec = () => ((Date.now() - t) / 1000).toFixed(2)
const engine = await openEngine('embedded', { data: `${cache}/engine` })
const emit = (e: any) => { if (e.type === 'step-output') { if (process.env['V']) console.log('   ', e.line) } else console.log(sec(), JSON.stringify(e)) }
try { const m = await makeMiniature({ at, cache, engine, emit, signal: new AbortController().signal })
console.log(sec(), m) } catch (e) { console.log(sec(), e, (e as any).hint) ; process.exitCode = 1 }
