import { isDeepStrictEqual } from 'node:util'
import { eq } from 'drizzle-orm'
import { runs } from '#drizzle/schema/runs.ts'
import { recordAudit } from '#server/accounts/service.ts'
import { planProgress } from '#server/calls/progress.ts'
import type { Context } from '#server/core/context.ts'
import { shellWord } from '#server/core/printable.ts'
import { defineProblem } from '#server/core/problem.ts'
import { getTask } from '#server/datasets/catalogue.ts'
import { requestAsSent } from '#server/endpoints/as-sent.ts'
import { endpointSettings, type StoredEndpoint } from '#server/endpoints/call-endpoint.ts'
import { protocols } from '#server/endpoints/protocols.ts'
import { endpointOf, judgeSettingsOf, settingsOf } from '../endpoint-settings.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { judgeEndpointIdOf } from '../judge/judge.ts'
import { scorerOf } from '../scoring/score-response.ts'
import { runChanged, type StoredRun } from '../stored-run.ts'

export const addressChanged = defineProblem('address-changed', 409, 'The endpoint answers elsewhere now')

interface Difference {
  name: string
  words: string
}

/** One of the endpoints that a run asks: as it was when the run began, as it is now, and how much of it was answered. */
interface Asked {
  endpoint: StoredEndpoint
  differences: Difference[]
  answered: number
}

/** What may be corrected while nothing has been answered. */
const correctable = ['baseUrl', 'remoteModel']

/**
 * Lets a run go on after changes of its endpoints that cannot have moved its number. Key, limits, time limit, retries and
 * names are not compared at all. Before the first answer a corrected address or model name is taken over; after it a new
 * address needs `acceptAddress`, which is noted on the run, and anything else is refused with the difference. Returns the
 * run as it goes on. Throws run-changed and address-changed.
 */
export async function acceptChanges(
  ctx: Context,
  run: StoredRun,
  { acceptAddress }: { acceptAddress: boolean },
): Promise<StoredRun> {
  const { benchmark } = await getTask(run.benchmark, run.split)
  if (benchmark.version !== run.benchmarkVersion) {
    const versions = `${benchmark.id} is now version ${benchmark.version}, the run began with ${run.benchmarkVersion}`
    throw runChanged(`${versions}. Start a new run`)
  }
  const { needsJudge } = scorerOf(benchmark, run.scoringProfile)
  const model = await askedModel(ctx, run)
  const judge = needsJudge ? await askedJudge(ctx, run, needsJudge) : null
  const changed = [model, judge].filter((asked) => asked !== null && asked.differences.length > 0) as Asked[]
  for (const asked of changed) refuseWhatMoves(run, asked, acceptAddress)
  if (changed.length === 0) return run
  const now = model.endpoint
  const next = {
    ...run,
    endpointSettings: settingsOf(now),
    request: run.request && requestAsSent(protocols[now.protocol], endpointSettings(now), run.settings),
    judge: judge && needsJudge ? judgeSettingsOf(judge.endpoint, needsJudge) : run.judge,
  }
  return adopt(ctx, next, changed)
}

async function askedModel(ctx: Context, run: StoredRun): Promise<Asked> {
  const endpoint = await endpointOf(ctx, run.endpointId)
  refuseRemoved(endpoint)
  const { answered } = await planProgress(ctx, run.planId)
  return { endpoint, differences: differencesOf(run.endpointSettings, settingsOf(endpoint)), answered }
}

async function askedJudge(ctx: Context, run: StoredRun, prompt: string): Promise<Asked | null> {
  const id = await judgeEndpointIdOf(ctx, run)
  if (id === undefined || !run.judge || !run.judgePlanId) return null
  const endpoint = await endpointOf(ctx, id)
  refuseRemoved(endpoint)
  const { name: _, ...before } = run.judge
  const { answered } = await planProgress(ctx, run.judgePlanId)
  return {
    endpoint,
    differences: differencesOf(before, { ...judgeSettingsOf(endpoint, prompt) }, ' of the judge'),
    answered,
  }
}

function refuseRemoved({ name, deletedAt }: StoredEndpoint) {
  if (deletedAt) throw runChanged(`The endpoint ${name} was taken out. Start a new run with another one`)
}

function differencesOf(before: object, now: Record<string, unknown>, whose = ''): Difference[] {
  return Object.entries(before)
    .filter(([name, value]) => !isDeepStrictEqual(now[name], value))
    .map(([name, value]) => ({
      name,
      words: `${name}${whose} was ${JSON.stringify(value)}, now ${JSON.stringify(now[name])}`,
    }))
}

function refuseWhatMoves(run: StoredRun, { endpoint, differences, answered }: Asked, acceptAddress: boolean) {
  const corrected = differences.every(({ name }) => correctable.includes(name))
  if (answered === 0 && corrected) return
  const words = differences.map((difference) => difference.words).join('; ')
  if (differences.some(({ name }) => name !== 'baseUrl'))
    throw runChanged(
      `${words}. ${answered} answers are of the former, and a score of both would be of neither. Set it back with \`npx arena models set ${shellWord(endpoint.name)}\` or on the endpoint's page, or start a new run`,
    )
  if (acceptAddress) return
  throw addressChanged(
    `${words}. If the same model answers there, say so: tick it beside Resume, or \`npx arena resume ${run.id} --accept-address\`. It is noted on the run`,
  )
}

async function adopt(ctx: Context, next: StoredRun, changed: Asked[]): Promise<StoredRun> {
  const at = new Date(ctx.now()).toISOString()
  const noted = changed
    .filter(({ answered }) => answered > 0)
    .flatMap(({ differences }) => differences.map(({ words }) => ({ change: words, at })))
  const { endpointSettings, request, judge } = next
  const acceptedChanges = [...next.acceptedChanges, ...noted]
  const fingerprint = fingerprintOf(next)
  const [adopted] = await ctx.db
    .update(runs)
    .set({ endpointSettings, request, judge, acceptedChanges, fingerprint })
    .where(eq(runs.id, next.id))
    .returning()
  const what = changed.flatMap(({ differences }) => differences.map(({ words }) => words)).join('; ')
  await recordAudit(ctx, 'run.changes-accepted', `run:${next.id}`, { what })
  return adopted!
}
