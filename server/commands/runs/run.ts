import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Benchmark } from '#benchmarks/benchmark.ts'
import { readSecretVariable } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { exitCodes } from '#server/core/terminal/exit.ts'
import { notice } from '#server/core/terminal/notices.ts'
import { getTask, loadBenchmarks, type Task } from '#server/datasets/catalogue.ts'
import { openReading } from '#server/datasets/service.ts'
import { PromptProfileName, Protocol } from '#server/endpoints/schema.ts'
import { createRunOver, type RunSettings } from '#server/runs/create-run.ts'
import { runCustomerOver } from '#server/runs/run-customer.ts'
import type { Run } from '#server/runs/schema.ts'
import { defaultProfile, refuseWithoutJudge, scorerOf } from '#server/runs/scoring/score-response.ts'
import { ownSettingsOf, presetOf, withSamplingOptions, type SamplingOptions } from '../sampling-options.ts'
import { readDollars, tellEstimate } from './cost-options.ts'
import { carryOut } from './carry-out-run.ts'
import { exitCodeHelp, refuseUnwritable, report } from './telling/report-runs.ts'
import { dryRun } from './dry-run.ts'
import { preflight } from './preflight.ts'
import { refuseMissingData } from './refuse-missing-data.ts'
import { withRunInHand, type RunInHand } from './run-in-hand.ts'
import {
  endpointAt,
  judgeOf,
  keyVariableOf,
  makerOf,
  namedEndpoint,
  withJudgeOptions,
  type JudgeOptions,
} from './endpoint-options.ts'

interface Options extends JudgeOptions, SamplingOptions {
  tasks: string[]
  split?: string
  endpoint?: string
  baseUrl?: string
  model?: string
  protocol: Protocol
  keyEnv?: string
  data?: string
  limit?: number
  seed: number
  scoringProfile?: string
  promptProfile?: PromptProfileName
  maxConcurrency: number
  timeout: number
  retries: number
  costLimit?: number
  reuse: boolean
  json: boolean
  output?: string
  dryRun: boolean
}

/** `arena run`: benchmarks against one endpoint, here and now, without a server. */
export function runCommand(): Command {
  return withSamplingOptions(withJudgeOptions(new Command('run')))
    .alias('eval')
    .description('run benchmarks against a model endpoint; no server needed')
    .requiredOption('--tasks <ids>', 'benchmarks, separated by commas: chartqa,docvqa; or all', (text: string) =>
      text
        .split(',')
        .map((id) => id.trim())
        .filter(Boolean),
    )
    .option('--split <name>', 'split to run; by default the one that is published')
    .option(
      '--base-url <url>',
      'address of the endpoint, with or without /chat/completions (else OPENAI_BASE_URL; ANTHROPIC_BASE_URL, GEMINI_BASE_URL)',
    )
    .option('--model <name>', 'the name that the endpoint gives the model')
    .option('--endpoint <name>', 'a registered endpoint, instead of --base-url and --model')
    .addOption(new Option('--protocol <name>', 'wire format').choices(Protocol.options).default('openai'))
    .option(
      '--key-env <variable>',
      'environment variable that holds the key (else OPENAI_API_KEY; ANTHROPIC_API_KEY, GEMINI_API_KEY)',
    )
    .option('--data <path>', 'folder or file with the data, instead of its usual place')
    .option('--limit <n>', 'only this many examples, chosen by --seed', positive)
    .option('--seed <n>', 'seed of that choice; the model’s own is --sampling-seed', whole, 0)
    .option(
      '--profile, --scoring-profile <name>',
      'official, or no_judge where official needs a judge and none is named',
    )
    .addOption(
      new Option('--prompt-profile <name>', "prompts to send; by default the endpoint's own").choices(
        PromptProfileName.options,
      ),
    )
    .option('--max-concurrency <n>', 'calls at once', positive, 8)
    .option('--timeout <seconds>', 'longest wait for one answer', positive, 120)
    .option('--retries <n>', 'tries after the first one, when the endpoint fails', whole, 6)
    .option('--cost-limit <dollars>', 'stop each benchmark here; it can be resumed with a higher limit', readDollars)
    .option('--reuse', 'take replies to the same requests, asked before, instead of asking again', false)
    .option('--json', 'print the result as JSON', false)
    .option(
      '--dry-run',
      'print the first five requests of each benchmark, pictures abbreviated; nothing is sent',
      false,
    )
    .option('--output <file>', 'write the result to a file too, as JSON')
    .addHelpText('after', exitCodeHelp)
    .action((options: Options) => withRunInHand((ctx, hand, signal) => run(ctx, options, hand, signal)))
}

async function run(ctx: Context, options: Options, hand: RunInHand, signal: AbortSignal): Promise<void> {
  const tasks = await tasksOf(options)
  if (options.output) await refuseUnwritable(options.output)
  const dataPath = options.data && resolve(options.data)
  if (tasks.length > 1) await refuseMissingData(ctx, tasks, dataPath)
  const endpoint = await endpointOf(ctx, options)
  ctx.egress.allow(endpoint.baseUrl)
  const judge = await judgeOf(ctx, options)
  const judged = tasks.filter(({ benchmark }) => isJudged(benchmark, options, judge !== undefined))
  if (judge && judged.length === 0) {
    throw new InputError('A judge is named, and nothing here would ask one: all responses are read by rule.')
  }
  if (!options.dryRun) for (const { id } of judge ? [endpoint, judge] : [endpoint]) await preflight(ctx, id, signal)
  if (signal.aborted) {
    notice(hand.next)
    process.exitCode = exitCodes.interrupted
    return
  }
  const finished: Run[] = []
  try {
    for (const task of tasks) {
      const settings: RunSettings = {
        endpointId: endpoint.id,
        task,
        seed: options.seed,
        limit: options.limit,
        dataPath,
        promptProfile: options.promptProfile ?? presetOf(options, endpoint.remoteModel)?.promptProfile,
        scoringProfile: options.scoringProfile,
        ...ownSettingsOf(options, endpoint.remoteModel),
        judgeEndpointId: judged.includes(task) ? judge?.id : undefined,
        costLimit: options.costLimit,
        reuse: options.reuse,
      }
      if (options.dryRun) {
        await dryRun(ctx, endpoint, settings)
        continue
      }
      if (endpoint.price && !options.json) await tellEstimate(ctx, settings)
      await using data = await openReading(ctx, task, settings.dataPath)
      const created = await createRunOver(ctx, settings, data)
      hand.run = created.id
      finished.push(await carryOut(ctx, created, signal, runCustomerOver(data)))
      if (signal.aborted || finished.at(-1)?.status === 'paused') break
    }
  } finally {
    // What was scored before a later benchmark stopped is reported all the same.
    if (finished.length > 0) await report(finished, options)
    const left = tasks.slice(finished.length).map(({ benchmark, split }) => `${benchmark.id} ${split}`)
    if (finished.length > 0 && left.length > 0) console.error(`Not run: ${left.join(', ')}.`)
  }
}

/** The named benchmarks, or with `all` each of them but their variants. */
async function tasksOf({ tasks, split }: Options): Promise<Task[]> {
  const all = tasks.length === 1 && tasks[0] === 'all'
  const names = all ? [...(await loadBenchmarks()).values()].filter(({ variantOf }) => !variantOf) : undefined
  return Promise.all((names?.map(({ id }) => id) ?? tasks).map((name) => getTask(name, split)))
}

/** Whether a judge reads responses of this benchmark. Throws InputError for a profile that it cannot be scored under. */
function isJudged(benchmark: Benchmark, { scoringProfile }: Options, judged: boolean): boolean {
  const profile = scoringProfile ?? defaultProfile(benchmark, { judged })
  if (!judged) refuseWithoutJudge(benchmark, profile)
  return scorerOf(benchmark, profile).needsJudge !== undefined
}

/** The named endpoint, or the one at this address with this model: registered on its first use. */
async function endpointOf(ctx: Context, options: Options) {
  if (options.endpoint) return namedEndpoint(ctx, options.endpoint)
  const maker = makerOf(ctx, options.protocol)
  const baseUrl = options.baseUrl ?? maker.baseUrl
  if (!baseUrl || !options.model) {
    throw new InputError(
      'Say where the model answers: --base-url URL --model NAME, or --endpoint NAME for a registered one.',
    )
  }
  const key = options.keyEnv ? readSecretVariable(options.keyEnv) : maker.apiKey
  const described = {
    model: options.model,
    remoteModel: options.model,
    baseUrl,
    protocol: options.protocol,
    promptProfile: options.promptProfile,
    maxConcurrency: options.maxConcurrency,
    timeoutMs: options.timeout * 1000,
    maxRetries: options.retries,
    key,
  }
  return endpointAt(ctx, described, options.keyEnv ?? keyVariableOf(options.protocol))
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It takes a whole number from 1.')
  return value
}

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It takes a whole number from 0.')
  return value
}
