/** The live display: lines that stay scroll by above, what is going on right now is redrawn below them. */
import { createLogUpdate } from 'log-update'
import { width, withoutEscapes } from './text.ts'

export type Terminal = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export interface Display {
  /** Lines that stay. */
  print(lines: readonly string[]): void
  /** Draws the live part anew; call it when something changed. Between calls it redraws itself while it is not empty. */
  refresh(): void
  close(): void
}

const EVERY_MS = 125

/**
 * @param view the live part for a size of the terminal
 * The cursor is never hidden: then nothing, kill -9 included, can leave it hidden.
 */
export function openTerminal(
  terminal: Terminal,
  view: (size: { columns: number; rows: number }) => readonly string[],
): Display {
  const log = createLogUpdate(terminal, { showCursor: true })
  let drawn: readonly string[] = []
  let timer: NodeJS.Timeout | undefined

  const clear = (): void => {
    if (drawn.length > 0) log.clear()
    drawn = []
  }
  const draw = (): void => {
    const lines = view({ columns: terminal.columns ?? 80, rows: terminal.rows ?? 24 })
    if (lines.length === 0) {
      clear()
      stop()
      return
    }
    log(lines.join('\n'))
    drawn = lines
    timer ??= setInterval(draw, EVERY_MS).unref()
  }
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  // A narrower terminal has broken our lines in two by itself: those rows are above what log-update knows of.
  const resized = (): void => {
    const columns = terminal.columns ?? 80
    const broken = drawn.reduce(
      (rows, line) => rows + Math.max(0, Math.ceil(width(withoutEscapes(line)) / columns) - 1),
      0,
    )
    clear()
    terminal.write('\u001B[1A\u001B[2K'.repeat(broken))
    draw()
  }
  terminal.on('resize', resized)

  return {
    print(lines) {
      if (lines.length === 0) return
      clear()
      terminal.write(`${lines.join('\n')}\n`)
      draw()
    },
    refresh: draw,
    close() {
      stop()
      clear()
      terminal.off('resize', resized)
    },
  }
}
