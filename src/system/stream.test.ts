import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { Interrupted } from '../errors.ts'
import { programBetween, programBytes, programFilter, programSink, programSource } from './stream.ts'

const sink = async (from: AsyncIterable<unknown>) => void (await buffer(from as AsyncIterable<Buffer>))

test('a filter passes everything, at any size', async () => {
  const chunks = Array.from({ length: 64 }, (_, n) => Buffer.alloc(100_000, n))
  let got = Buffer.alloc(0)
  await pipeline(Readable.from(chunks), programFilter(['cat']), async (from) => {
    got = await buffer(from as AsyncIterable<Buffer>)
  })
  expect(got.equals(Buffer.concat(chunks))).toBe(true)
})

test('a failed program fails the stream after what it wrote', async () => {
  const failing = programBytes(['sh', '-c', 'echo something; echo why >&2; exit 3'], { purpose: 'to fail' })
  await expect(failing).rejects.toThrow('sh (to fail) ended with status 3:\nwhy')
})

test('a program that stops reading is a failure, whatever its status', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(65536)
    })(),
  )
  await expect(pipeline(endless, programFilter(['head', '-c', '10']), sink)).rejects.toThrow('head ended with status 0')
})

test('a sink has finished when its program has, and fails as it does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  const file = await open(join(folder, 'out'), 'w+')
  const into = (script: string, from: Iterable<string>) =>
    pipeline(Readable.from(from), programSink(['sh', '-c', script], file.fd, { purpose: 'to count' }))
  try {
    await into('sleep 0.1; tr a b; printf end', ['aa', 'a'])
    expect((await readFile(join(folder, 'out'))).toString()).toBe('bbbend')
    await expect(into('cat >/dev/null; echo why >&2; exit 3', ['a'])).rejects.toThrow(
      '(to count) ended with status 3:\nwhy',
    )
    const endless = (function* () {
      for (;;) yield 'a'.repeat(65536)
    })()
    await expect(into('head -c 10', endless)).rejects.toThrow('ended with status 0')
    await expect(pipeline(Readable.from(['a']), programSink(['gm-no-such-program'], file.fd))).rejects.toMatchObject({
      code: 'missing-program',
    })
  } finally {
    await file.close()
    await rm(folder, { recursive: true })
  }
})

test('a program between two files has ended, well or badly, when it is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gm-test-'))
  const [from, to] = [await open(join(folder, 'from'), 'w+'), await open(join(folder, 'to'), 'w+')]
  const between = (script: string, signal?: AbortSignal) =>
    programBetween(
      ['sh', '-c', script],
      { from: from.fd, to: to.fd },
      { purpose: 'to count', ...(signal && { signal }) },
    )
  try {
    await from.write('aaa', 0)
    await between('sleep 0.1; tr a b; printf end')
    expect((await readFile(join(folder, 'to'))).toString()).toBe('bbbend')
    await expect(between('echo why >&2; exit 3')).rejects.toThrow('sh (to count) ended with status 3:\nwhy')
    const stop = new AbortController()
    const stopped = between('exec sleep 100', stop.signal)
    stop.abort()
    await expect(stopped).rejects.toBeInstanceOf(Interrupted)
    await expect(between('exec sleep 100', AbortSignal.abort())).rejects.toBeInstanceOf(Interrupted)
    await expect(between('kill -9 $$')).rejects.toThrow('was ended by SIGKILL')
    const missing = programBetween(['gm-no-such-program'], { from: from.fd, to: to.fd })
    await expect(missing).rejects.toMatchObject({ code: 'missing-program' })
  } finally {
    await Promise.all([from.close(), to.close()])
    await rm(folder, { recursive: true })
  }
})

test('a missing program is named', async () => {
  await expect(programBytes(['gm-no-such-program'])).rejects.toMatchObject({ code: 'missing-program' })
})

test('abort and destroy end the program', async () => {
  const stop = new AbortController()
  const aborted = programBytes(['sleep', '100'], { signal: stop.signal })
  stop.abort()
  await expect(aborted).rejects.toBeInstanceOf(Interrupted)
  await expect(programBytes(['sleep', '100'], { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted)
  const source = programSource(['yes'])
  source.resume()
  await sleep(10)
  source.destroy()
  await new Promise((resolve) => void source.once('close', resolve))
})
