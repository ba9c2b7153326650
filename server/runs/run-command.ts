import { isDeepStrictEqual } from 'node:util'
import type { StoredOwnSettings } from '#drizzle/schema/runs.ts'
import type { StoredEndpoint } from '../endpoints/call-endpoint.ts'
import type { StoredRun } from './stored-run.ts'

type Endpoint = Pick<StoredEndpoint, 'name' | 'promptProfile' | 'sampling' | 'extraBody'>

/** The command that makes such a run again: it names what could move the number and is not the default. */
export function commandOf(run: StoredRun, endpoint: Endpoint, judge: string | undefined): string {
  const { limit, seed, scoringProfile } = run
  const prompts = run.missingPromptProfile ?? run.promptProfile
  return [
    `npx arena run --tasks ${run.benchmark} --split ${run.split} --endpoint ${quoted(endpoint.name)}`,
    limit === null ? '' : ` --limit ${limit} --seed ${seed}`,
    prompts === endpoint.promptProfile ? '' : ` --prompt-profile ${prompts}`,
    ...generationFlags(ownSettings(run, endpoint)),
    scoringProfile === 'official' && judge === undefined ? '' : ` --scoring-profile ${scoringProfile}`,
    judge === undefined ? '' : ` --judge ${quoted(judge)}`,
  ].join('')
}

/** What the run set itself, and what its endpoint set at the time where it sets otherwise today. */
function ownSettings({ settings: { endpoint: then, run } }: StoredRun, now: Endpoint): StoredOwnSettings {
  const since = <Value>(name: keyof StoredOwnSettings, value: Value) =>
    isDeepStrictEqual(now[name], then[name]) ? {} : value
  return {
    sampling: { ...since('sampling', then.sampling), ...run.sampling },
    extraBody: { ...since('extraBody', then.extraBody), ...run.extraBody },
  }
}

function generationFlags({ sampling, extraBody }: StoredOwnSettings): string[] {
  const { stop, seed, ...others } = sampling
  const named = Object.entries({ ...others, samplingSeed: seed }).filter(([, value]) => value !== undefined)
  const unset = [...named, ['stop', stop] as const].filter(([, value]) => value === null).map(([name]) => flag(name))
  const set = named.filter(([, value]) => value !== null)
  return [
    ...set.map(([name, value]) => ` --${flag(name)} ${quoted(String(value))}`),
    ...(stop ?? []).map((text) => ` --stop ${quoted(text)}`),
    unset.length === 0 ? '' : ` --unset ${unset.join(',')}`,
    Object.keys(extraBody).length === 0 ? '' : ` --extra-body ${quoted(JSON.stringify(extraBody))}`,
  ]
}

const flag = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** As a POSIX shell reads one word. */
const quoted = (text: string) => (/^[\w@.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
