import { Command, Option } from 'commander'
import type { Context } from '#server/core/context.ts'
import { exitCodes } from '#server/core/terminal/exit.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { MaxTokensName, NewEndpoint, Protocol, type Endpoint } from '#server/endpoints/schema.ts'
import { findEndpoint, listEndpoints, registerEndpoint } from '#server/endpoints/service.ts'
import { ownSettingsOf, presetOf, withSamplingOptions, type SamplingOptions } from '../sampling-options.ts'
import { picturesOf, priceOf, withEndpointOptions, type EndpointOptions } from '../endpoint-options.ts'
import { alignColumns } from '../align-columns.ts'
import { makerOf } from '../runs/endpoint-options.ts'
import { checkAndTell } from './check.ts'
import { importCommand } from './import.ts'
import { releaseCommand } from './release.ts'
import { readKey, type KeyOptions } from './read-key.ts'
import { removeCommand, setCommand } from './set.ts'
import { thinkingTagsOption } from './thinking-tags-option.ts'

/** `arena models`: where models answer, and whether they do. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('register, check, change and take out the endpoints where models answer')
    .addCommand(addCommand())
    .addCommand(importCommand())
    .addCommand(checkCommand())
    .addCommand(setCommand())
    .addCommand(removeCommand())
    .addCommand(releaseCommand('release', 'show a model to everybody, on boards and beside its scores'))
    .addCommand(releaseCommand('withdraw', 'hide a model from visitors again; its votes stay and count'))
    .addCommand(listCommand())
}

interface AddOptions extends SamplingOptions, EndpointOptions, KeyOptions {
  model: string
  baseUrl?: string
  remoteModel?: string
  name?: string
  organisation?: string
  openness?: string
  protocol: Protocol
  maxConcurrency: string
  rpm?: string
  timeout: string
  retries: string
  promptProfile?: string
  styleTag: boolean
  pointsScale: string
  maxTokensName: string
  thinkingTags?: string[]
}

function addCommand(): Command {
  return withEndpointOptions(withSamplingOptions(new Command('add')))
    .description('register an endpoint, then check it')
    .requiredOption('--model <name>', 'name of the model, as boards show it')
    .option(
      '--base-url <url>',
      'its address, with or without what is asked there; by default that of the makers of --protocol anthropic or gemini',
    )
    .option('--remote-model <name>', 'the name that the endpoint gives the model; by default --model')
    .option('--name <name>', 'name of the endpoint; by default model@host')
    .option('--organisation <name>', 'who made the model')
    .addOption(
      new Option('--openness <class>', 'how open the model is')
        .choices(['api_only', 'open_weights', 'open_distilled', 'open'])
        .default('api_only'),
    )
    .addOption(new Option('--protocol <name>', 'wire format').choices(Protocol.options).default('openai'))
    .option('--key-env <variable>', 'environment variable that holds the key')
    .option('--key-stdin', 'read the key from standard input', false)
    .option('--max-concurrency <n>', 'calls at once', '8')
    .option('--rpm <n>', 'requests per minute')
    .option('--timeout <seconds>', 'longest wait for one answer', '120')
    .option('--retries <n>', 'tries after the first one, when the endpoint fails', '6')
    .addOption(
      new Option('--prompt-profile <name>', 'prompts to send').choices(['default', 'molmo', 'vlmevalkit', 'lmms_eval']),
    )
    .option('--style-tag', "begin prompts with the benchmark's style tag, as some models were trained", false)
    .option('--points-scale <n>', 'full width of its point coordinates: 1, 100 or 1000', '100')
    .addOption(
      new Option('--max-tokens-name <name>', 'the member in which it takes the limit of new tokens')
        .choices(MaxTokensName.options)
        .default('max_tokens'),
    )
    .addOption(thinkingTagsOption())
    .action((options: AddOptions) => withContext((ctx) => add(ctx, options)))
}

async function add(ctx: Context, options: AddOptions): Promise<void> {
  const { rpm, timeout, retries, styleTag, pointsScale, keyEnv: _, keyStdin: __, ...named } = options
  const remoteModel = options.remoteModel ?? options.model
  const key = await readKey(options)
  const described = NewEndpoint.safeParse({
    ...named,
    baseUrl: options.baseUrl ?? homeOf(ctx, options.protocol),
    remoteModel,
    promptProfile: options.promptProfile ?? presetOf(options, remoteModel)?.promptProfile,
    maxConcurrency: Number(options.maxConcurrency),
    requestsPerMinute: rpm === undefined ? null : Number(rpm),
    timeoutMs: Number(timeout) * 1000,
    maxRetries: Number(retries),
    sendsStyleTag: styleTag,
    ...ownSettingsOf(options, remoteModel),
    pictures: picturesOf(options),
    price: priceOf(options),
    pointsScale: Number(pointsScale),
    ...(key === undefined ? {} : { key }),
  })
  if (!described.success) {
    const [issue] = described.error.issues
    throw new InputError(`The endpoint cannot be registered: ${issue?.path.join('.')}: ${issue?.message}.`)
  }
  const endpoint = await registerEndpoint(ctx, described.data, { keyVariable: options.keyEnv ?? null })
  console.log(`Registered ${endpoint.name}.`)
  const ready = await checkAndTell(ctx, endpoint)
  const entry = allowEntryFor(ctx, endpoint.baseUrl)
  if (entry)
    console.log(
      `It is not a public address. Where a server is to call it, an admin allows ${entry} on the page Endpoints, or start it with EGRESS_ALLOW=${entry}.`,
    )
  if (!ready) process.exitCode = exitCodes.fault
}

function homeOf(ctx: Context, protocol: Protocol): string {
  const { baseUrl } = makerOf(ctx, protocol)
  if (baseUrl) return baseUrl
  throw new InputError('Say where the model answers: --base-url URL.')
}

/** What EGRESS_ALLOW needs to hold for this address; null when it is public or listed already. */
function allowEntryFor(ctx: Context, baseUrl: string): string | null {
  const { protocol, hostname, port } = new URL(baseUrl)
  const entry = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
  return ctx.egress.faultOf(baseUrl, 'public') === null || ctx.config.egressAllow.includes(entry) ? null : entry
}

function checkCommand(): Command {
  return new Command('check')
    .description('ask an endpoint eight small things and say what it did; exit code 1 when it is not ready')
    .argument('[name]', 'the endpoint; by default all that are not switched off')
    .option('--cure', 'take the settings with which it answers, where it refuses ours, and check again', false)
    .action((name: string | undefined, { cure }: { cure: boolean }) =>
      withContext((ctx) => checkNamed(ctx, name, cure)),
    )
}

async function checkNamed(ctx: Context, name: string | undefined, cure: boolean): Promise<void> {
  const wanted = name === undefined ? await endpointsInUse(ctx) : [await findEndpoint(ctx, name)]
  if (name === undefined && wanted.length === 0) {
    throw new InputError('No endpoint is registered yet: npx arena models add --help')
  }
  for (const endpoint of wanted) {
    if (!endpoint) throw new InputError(`No endpoint is called '${name}'. \`npx arena models list\` shows them.`)
    ctx.egress.allow(endpoint.baseUrl)
    if (!(await checkAndTell(ctx, endpoint, { cure }))) process.exitCode = exitCodes.fault
  }
}

/** Built-in ones answer only beside the server that started them. */
async function endpointsInUse(ctx: Context): Promise<Pick<Endpoint, 'id' | 'name' | 'baseUrl'>[]> {
  return (await listEndpoints(ctx)).filter(({ status, builtIn }) => status !== 'off' && !builtIn)
}

function listCommand(): Command {
  return new Command('list')
    .description('all registered endpoints and how they are')
    .option('--json', 'print them as JSON', false)
    .action(({ json }: { json: boolean }) => withContext((ctx) => list(ctx, json)))
}

async function list(ctx: Context, json: boolean): Promise<void> {
  const endpoints = await listEndpoints(ctx)
  if (json) return console.log(JSON.stringify(endpoints, null, 2))
  if (endpoints.length === 0) return console.log('No endpoint is registered yet: npx arena models add --help')
  const lines = endpoints.map(({ name, model, status, keyHint, baseUrl, statusReason }) => [
    name,
    model.name,
    status,
    keyHint ?? 'no key',
    baseUrl,
    statusReason.slice(0, 80),
  ])
  console.log(alignColumns([['endpoint', 'model', 'status', 'key', 'address', 'why'], ...lines]))
}
