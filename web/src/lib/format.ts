const minus = '\u2212'
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** 12,345; a true minus sign. */
export function integer(value: number): string {
  return whole.format(value).replace('-', minus)
}

/** A share in [0, 1] as percent with one decimal and no sign: 84.1. Null: an en dash. */
export function percent(share: number | null, decimals = 1): string {
  return share === null ? '\u2013' : (share * 100).toFixed(decimals)
}

/** A rating: whole Elo points without a separator, or an en dash where no finite rating exists. */
export function elo(value: number | null): string {
  return value === null ? '\u2013' : String(Math.round(value)).replace('-', minus)
}

/** "3", or "1–5" where the interval allows several places. */
export function rankRange(best: number, worst: number): string {
  return best === worst ? String(best) : `${best}\u2013${worst}`
}

/** A 95 % interval of shares, in percent points: "± 1.4" where it is even about the value, else "2.7 to 32.4". */
export function interval(metric: { value: number | null; low: number | null; high: number | null }): string {
  const { value, low, high } = metric
  if (value === null || low === null || high === null) return ''
  const even = Math.abs(high - value - (value - low)) < 0.002
  return even ? `\u00b1 ${(((high - low) / 2) * 100).toFixed(1)}` : `${percent(low)} to ${percent(high)}`
}

/** "1 vote", "2 votes". The plural is the singular with an s unless given. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${integer(count)} ${count === 1 ? one : many}`
}

/** Milliseconds as a person says them: "380 ms", "3.1 s", "2 min 5 s", "1 h 20 min". */
export function duration(ms: number): string {
  if (ms < 995) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return seconds % 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds / 60} min`
  const minutes = Math.round(seconds / 60)
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`
}

/** Time left, as roughly as it is known: "a few seconds", "about 20 s", "about 9 min". */
export function timeLeft(ms: number): string {
  if (ms < 10_000) return 'a few seconds'
  const unit = ms < 55_000 ? 5_000 : 60_000
  return `about ${duration(Math.round(ms / unit) * unit).replace('.0 s', ' s')}`
}

/** US dollars: "$0.0042", "$1.20", "$1,204.00". */
export function dollars(amount: number): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2
  return `$${amount.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
})

/** "23 Nov 2026", in UTC so that server and browser write the same. */
export function day(iso: string): string {
  return dayFormat.format(Date.parse(iso))
}

/** "14:02:11", in UTC. */
export function clock(iso: string): string {
  return clockFormat.format(Date.parse(iso))
}

/** "31 kB", "2.4 MB". */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`
  if (count < 1_000_000) return `${Math.round(count / 1000)} kB`
  return `${(count / 1_000_000).toFixed(1)} MB`
}

/** "HuggingFaceM4/ChartQA@0f3a91bc" for data of the hub, else layout and hash: what a run says of its data. Null: it is not read whole yet. */
export function dataName(layout: string, revision: string | null): string {
  if (revision === null) return `${layout}, being read`
  const [, repo, commit, pictures] = /^(.+)@([0-9a-f]+)(.*)$/.exec(revision) ?? []
  return repo && commit ? `${repo}@${shortHash(commit)}${pictures}` : `${layout}@${shortHash(revision)}`
}

/** The first digits of a hash, enough to tell two apart by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8)
}

/** A change with its sign: "+1.2", "−0.3", "0.0" without one. Null: an en dash. */
export function signed(value: number | null, decimals = 1): string {
  if (value === null) return '\u2013'
  const text = Math.abs(value).toFixed(decimals)
  if (Number(text) === 0) return text
  return `${value > 0 ? '+' : minus}${text}`
}

/** A correlation with two decimals and a true minus sign: "0.81". */
export function correlation(value: number): string {
  return value.toFixed(2).replace('-', minus)
}

/** A p-value with its sign, which a line does not break: "p = 0.27", "p = 0.032", "p < 0.001". */
export function pValue(p: number): string {
  return (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`).replaceAll(' ', '\u00a0')
}

/** Places won or lost with a mark that needs no colour: "▲ 2", "▼ 1", "=". Null: nothing. */
export function placesGained(places: number | null): string {
  if (places === null) return ''
  return places === 0 ? '=' : `${places > 0 ? '▲' : '▼'} ${Math.abs(places)}`
}

/** A count that is only roughly known, to two digits: "about 38,000". */
export function about(count: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return `about ${integer(Math.ceil(count / unit) * unit)}`
}

/** How many were left out in all, from counts by reason. */
export function sumOfReasons(reasons: Record<string, number>): number {
  return Object.values(reasons).reduce((sum, count) => sum + count, 0)
}
