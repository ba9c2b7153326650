export interface Target {
  p50?: number
  p99?: number
}

/** Median, 95th and 99th percentile of times in milliseconds as a line, and whether they meet their target. */
export function timesOf(what: string, times: number[], target: Target = {}): { line: string; holds: boolean } {
  const sorted = times.toSorted((a, b) => a - b)
  const share = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? NaN
  const shown = [0.5, 0.95, 0.99].map((part) => share(part).toFixed(1)).join(' / ')
  const wanted = Object.entries(target).map(([name, ms]) => `${name} at most ${ms}`)
  return {
    line: `${what}: ${shown} ms (p50 / p95 / p99)${wanted.length > 0 ? `, wanted ${wanted.join(', ')}` : ''}`,
    holds: !(share(0.5) > (target.p50 ?? Infinity)) && !(share(0.99) > (target.p99 ?? Infinity)),
  }
}
