import { Command, Option } from 'commander'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import type { Context } from '#server/core/context.ts'
import { changeEndpoint, removeEndpoint } from '#server/endpoints/change-endpoint.ts'
import { ChangedEndpoint, MaxTokensName, PromptProfileName, type DescribedEndpoint } from '#server/endpoints/schema.ts'
import { findUses } from '#server/runs/changes/endpoint-uses.ts'
import { namedEndpoint } from '../runs/endpoint-options.ts'
import { picturesOf, priceOf, withEndpointOptions, type EndpointOptions } from '../endpoint-options.ts'
import {
  ownSettingsOf,
  readSettingNames,
  withSamplingOptions,
  type SamplingOptions,
  type SettingName,
} from '../sampling-options.ts'
import { checkAndTell } from './check.ts'
import { readKey, type KeyOptions } from './read-key.ts'
import { thinkingTagsOption } from './thinking-tags-option.ts'

interface SetOptions extends SamplingOptions, EndpointOptions, KeyOptions {
  name?: string
  model?: string
  baseUrl?: string
  remoteModel?: string
  forgetKey: boolean
  maxConcurrency?: string
  rpm?: string
  timeout?: string
  retries?: string
  promptProfile?: PromptProfileName
  styleTag?: boolean
  pointsScale?: string
  maxTokensName?: string
  reset?: SettingName[]
  thinkingTags?: string[]
  off: boolean
  on: boolean
}

/** `arena models set`: changes what is given and checks again where that could matter. */
export function setCommand(): Command {
  return withEndpointOptions(withSamplingOptions(new Command('set')))
    .description('change an endpoint: its key, names, address or limits; or switch it off and on')
    .argument('<endpoint>', 'its name, as `models list` shows it')
    .option('--key-env <variable>', 'replace the key by what this environment variable holds')
    .option('--key-stdin', 'replace the key by what standard input holds', false)
    .option('--forget-key', 'keep no key any more', false)
    .option('--remote-model <name>', 'the name that the endpoint gives the model')
    .option('--base-url <url>', 'its address; on another host the key is forgotten')
    .option('--name <name>', 'another name of the endpoint')
    .option('--model <name>', 'another name of its model, while that is not released')
    .option('--max-concurrency <n>', 'calls at once')
    .option('--rpm <n>', 'requests per minute, or none')
    .option('--timeout <seconds>', 'longest wait for one answer')
    .option('--retries <n>', 'tries after the first one, when the endpoint fails')
    .addOption(new Option('--prompt-profile <name>', 'prompts to send').choices(PromptProfileName.options))
    .option('--style-tag', "begin prompts with the benchmark's style tag")
    .option('--no-style-tag', 'send prompts without it')
    .option('--points-scale <n>', 'full width of its point coordinates: 1, 100 or 1000')
    .addOption(
      new Option('--max-tokens-name <name>', 'the member in which it takes the limit of new tokens').choices(
        MaxTokensName.options,
      ),
    )
    .option(
      '--reset <names>',
      'settings of the generation to leave to each benchmark again, by commas',
      readSettingNames,
    )
    .addOption(thinkingTagsOption())
    .option('--off', 'switch it off: it gets no work', false)
    .option('--on', 'switch it on again', false)
    .action((name: string, options: SetOptions) => withContext((ctx) => set(ctx, name, options)))
}

async function set(ctx: Context, name: string, options: SetOptions): Promise<void> {
  const endpoint = await namedEndpoint(ctx, name)
  if (options.off && options.on) throw new InputError('Give --off or --on, not both.')
  const key = options.forgetKey ? null : await readKey(options)
  const change = ChangedEndpoint.safeParse({ ...changeOf(options, endpoint), ...(key !== undefined && { key }) })
  if (!change.success) {
    const [issue] = change.error.issues
    throw new InputError(`The endpoint cannot be changed: ${issue?.path.join('.')}: ${issue?.message}.`)
  }
  if (Object.values(change.data).every((value) => value === undefined))
    throw new InputError('Say what to change: `npx arena models set --help` lists it.')
  const changed = await changeEndpoint(
    ctx,
    endpoint.id,
    { ...change.data, keyVariable: options.keyEnv ?? null },
    findUses,
  )
  console.log(`Changed ${changed.name}. Runs that were paused go on with: npx arena resume`)
  await checkIfUnchecked(ctx, changed)
}

async function checkIfUnchecked(ctx: Context, endpoint: DescribedEndpoint): Promise<void> {
  if (endpoint.status !== 'unchecked') return
  ctx.egress.allow(endpoint.baseUrl)
  await checkAndTell(ctx, endpoint)
}

function changeOf(options: SetOptions, { sampling, extraBody, remoteModel, pictures, price }: SamplingOwner): object {
  const { rpm, timeout, retries, maxConcurrency, pointsScale, styleTag, off, on } = options
  const own = ownSettingsOf(options, options.remoteModel ?? remoteModel)
  const { reset = [] } = options
  const kept = Object.fromEntries(Object.entries(sampling).filter(([name]) => !reset.includes(name as SettingName)))
  const has = (settings: object) => Object.keys(settings).length > 0
  return {
    name: options.name,
    model: options.model,
    baseUrl: options.baseUrl,
    remoteModel: options.remoteModel,
    promptProfile: options.promptProfile,
    maxTokensName: options.maxTokensName,
    thinkingTags: options.thinkingTags,
    sendsStyleTag: styleTag,
    off: off ? true : on ? false : undefined,
    maxConcurrency: maxConcurrency && Number(maxConcurrency),
    requestsPerMinute: rpm === 'none' ? null : rpm && Number(rpm),
    timeoutMs: timeout && Number(timeout) * 1000,
    maxRetries: retries && Number(retries),
    pointsScale: pointsScale && Number(pointsScale),
    pictures: picturesOf(options, pictures),
    price: priceOf(options, price),
    ...((has(own.sampling) || reset.length > 0) && { sampling: { ...kept, ...own.sampling } }),
    ...(has(own.extraBody) && { extraBody: { ...extraBody, ...own.extraBody } }),
  }
}

type SamplingOwner = Pick<DescribedEndpoint, 'sampling' | 'extraBody' | 'remoteModel' | 'pictures' | 'price'>

/** `arena models remove`: takes an endpoint out. */
export function removeCommand(): Command {
  return new Command('remove')
    .description('take an endpoint out: its key is erased; runs and answers stay with their numbers')
    .argument('<endpoint>', 'its name, as `models list` shows it')
    .action((name: string) => withContext((ctx) => remove(ctx, name)))
}

async function remove(ctx: Context, name: string): Promise<void> {
  const { id } = await namedEndpoint(ctx, name)
  const removed = await removeEndpoint(ctx, id, findUses)
  console.log(
    removed.kept === 0
      ? `Took ${removed.name} out. Nothing was ever asked of it.`
      : `Took ${removed.name} out and erased its key. ${removed.kept} runs or collections stay with their numbers; none of them can go on.`,
  )
}
