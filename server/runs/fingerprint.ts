import { createHash } from 'node:crypto'
import type { StoredRun } from './stored-run.ts'

/** What of a run could move its number. */
type Fingerprinted = Pick<
  StoredRun,
  | 'benchmark'
  | 'benchmarkVersion'
  | 'split'
  | 'layout'
  | 'dataRevision'
  | 'promptProfile'
  | 'scoringProfile'
  | 'judge'
  | 'settings'
  | 'request'
  | 'limit'
  | 'seed'
  | 'endpointSettings'
  | 'codeVersion'
>

/** SHA-256 over what could move the number, in hex: the same settings give the same one, in whatever order they stand. */
export function fingerprintOf(run: Fingerprinted): string {
  const { benchmark, benchmarkVersion, split, layout, dataRevision, promptProfile, scoringProfile, judge } = run
  const { limit, seed, endpointSettings, codeVersion } = run
  const data = { benchmark, benchmarkVersion, split, layout, dataRevision, limit, seed }
  const settings = { promptProfile, scoringProfile, judge, ...sentBy(run), endpointSettings, codeVersion }
  return createHash('sha256')
    .update(JSON.stringify(sorted({ ...data, ...settings })))
    .digest('hex')
}

/** What goes out, whoever set it; where it was not noted, what was set. */
function sentBy({ request, settings }: Fingerprinted) {
  if (!request) return { settings }
  const { pictures } = settings
  const members = request.members.map(({ name, value }) => [name, value])
  return { request: { path: request.path, members }, ...(pictures && { pictures }) }
}

/** A value with the keys of its objects sorted; the database keeps JSON in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
