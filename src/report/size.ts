const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Bytes as people read them: `512 B`, `12.3 MiB`, `1.0 GiB`. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  // 1023.95 would be printed as 1024.0 of the smaller unit.
  while (value >= (unit === 0 ? 1024 : 1023.95) && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}
