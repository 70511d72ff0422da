/** Works that do not wait for one another, where the errors must still come as if each had waited for the one before. */
import { setMaxListeners } from 'node:events'

type Works<T extends readonly unknown[]> = { readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> }
type Begun<T extends readonly unknown[]> = { [K in keyof T]: Promise<T[K]> }

/**
 * Begins all works at once and hands their promises to `inTurn`, which awaits them in the order in which errors are to be
 * told. When it ends, by an error too, what is still going is asked to stop, and is waited for.
 */
export async function sideBySide<const T extends readonly unknown[], R>(
  signal: AbortSignal,
  works: Works<T>,
  inTurn: (...begun: Begun<T>) => Promise<R>,
): Promise<R> {
  const enough = new AbortController()
  const both = AbortSignal.any([signal, enough.signal])
  setMaxListeners(0, both)
  const begun = works.map(async (work: (signal: AbortSignal) => Promise<unknown>) => work(both)) as Begun<T>
  const ended = Promise.allSettled(begun)
  try {
    return await inTurn(...begun)
  } finally {
    enough.abort()
    await ended
  }
}

/** All of them, when every one has ended; the error is that of the first in the list that failed. */
export async function allInOrder<T extends readonly unknown[]>(begun: readonly [...Begun<T>]): Promise<T> {
  await Promise.allSettled<unknown>(begun as readonly Promise<unknown>[])
  const values: unknown[] = []
  for (const one of begun) values.push(await one)
  return values as unknown as T
}
