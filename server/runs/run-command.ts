import { isDeepStrictEqual } from 'node:util'
import type { StoredSampling } from '#drizzle/schema/endpoints.ts'
import type { StoredOwnSettings } from '#drizzle/schema/runs.ts'
import { shellWord } from '../core/printable.ts'
import type { StoredEndpoint } from '../endpoints/call-endpoint.ts'
import type { StoredRun } from './stored-run.ts'

type Endpoint = Pick<StoredEndpoint, 'name' | 'promptProfile' | 'sampling' | 'extraBody'>

/** The command that makes such a run again: it names what could move the number and is not the default. */
export function commandOf(run: StoredRun, endpoint: Endpoint, judge: string | undefined): string {
  const { limit, seed, scoringProfile } = run
  const prompts = run.missingPromptProfile ?? run.promptProfile
  return [
    `npx arena run --tasks ${run.benchmark} --split ${run.split} --endpoint ${shellWord(endpoint.name)}`,
    limit === null ? '' : ` --limit ${limit} --seed ${seed}`,
    prompts === endpoint.promptProfile ? '' : ` --prompt-profile ${prompts}`,
    ...generationFlags(ownSettings(run, endpoint)),
    scoringProfile === 'official' && judge === undefined ? '' : ` --scoring-profile ${scoringProfile}`,
    run.reuse ? ' --reuse' : '',
    judge === undefined ? '' : ` --judge ${shellWord(judge)}`,
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
  const unset = flags.filter(([name]) => sampling[name] === null).map(([, flag]) => flag)
  return [
    ...flags.flatMap(([name, flag]) =>
      [sampling[name] ?? []].flat().map((value) => ` --${flag} ${shellWord(`${value}`)}`),
    ),
    unset.length === 0 ? '' : ` --unset ${unset.join(',')}`,
    Object.keys(extraBody).length === 0 ? '' : ` --extra-body ${shellWord(JSON.stringify(extraBody))}`,
  ]
}

/** In the order in which they are written; the database keeps the names in an order of its own. */
const flags = [
  ['maxTokens', 'max-tokens'],
  ['temperature', 'temperature'],
  ['topP', 'top-p'],
  ['topK', 'top-k'],
  ['seed', 'sampling-seed'],
  ['stop', 'stop'],
  ['system', 'system'],
  ['reasoningEffort', 'reasoning-effort'],
] as const satisfies [keyof StoredSampling, string][]
