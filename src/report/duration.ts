/** Seconds as people say them: `0.4 s`, `5 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`. Two units at most. */
export function duration(seconds: number): string {
  if (seconds < 9.95 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return pair(whole, 60, 'min', 1, 's')
  if (whole < 86_400) return pair(whole, 3600, 'h', 60, 'min')
  return pair(whole, 86_400, 'd', 3600, 'h')
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % large) / small)
  const first = `${Math.floor(seconds / large)} ${largeName}`
  return rest === 0 ? first : `${first} ${rest} ${smallName}`
}
