import type { Command } from 'commander'
import { readSecretVariable } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import type { StoredEndpoint } from '#server/endpoints/call-endpoint.ts'
import { NewEndpoint, type Protocol } from '#server/endpoints/schema.ts'
import { findEndpoint, registerEndpoint } from '#server/endpoints/service.ts'

/** What a command was told about a judge. */
export interface JudgeOptions {
  judge?: string
  judgeBaseUrl?: string
  judgeModel?: string
  judgeKeyEnv?: string
}

/** Adds the options that name a judge. */
export function withJudgeOptions(command: Command): Command {
  return command
    .option('--judge <name>', 'a registered endpoint that reads the responses which rules cannot')
    .option('--judge-base-url <url>', 'address of such an endpoint, instead of its name')
    .option('--judge-model <name>', 'the name that this endpoint gives the judge')
    .option('--judge-key-env <variable>', "environment variable that holds the judge's key")
}

/**
 * The judge that the options name, opened to calls; registered on its first use. Undefined when they name none. The
 * model's key is never sent to it.
 */
export async function judgeOf(ctx: Context, options: JudgeOptions): Promise<StoredEndpoint | undefined> {
  const { judge, judgeBaseUrl, judgeModel, judgeKeyEnv } = options
  if (!judge && !judgeBaseUrl && !judgeModel && !judgeKeyEnv) return undefined
  if (!judge && !(judgeBaseUrl && judgeModel)) {
    throw new InputError(
      'Say where the judge answers: --judge-base-url URL --judge-model NAME, or --judge NAME for a registered one.',
    )
  }
  const endpoint = judge
    ? await namedEndpoint(ctx, judge)
    : await endpointAt(
        ctx,
        {
          model: judgeModel,
          remoteModel: judgeModel,
          baseUrl: judgeBaseUrl,
          key: judgeKeyEnv && readSecretVariable(judgeKeyEnv),
        },
        judgeKeyEnv ?? null,
      )
  ctx.egress.allow(endpoint.baseUrl)
  return endpoint
}

/** The endpoint of this name or id. Throws InputError. */
export async function namedEndpoint(ctx: Context, name: string): Promise<StoredEndpoint> {
  const endpoint = await findEndpoint(ctx, name)
  if (endpoint) return endpoint
  throw new InputError(`No endpoint is called '${name}'. \`npx arena models list\` shows them.`)
}

const variables = { openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY', gemini: 'GEMINI_API_KEY' } as const
const makers: Partial<Record<Protocol, keyof typeof variables>> = {
  openai: 'openai',
  openai_responses: 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
}

/** The address and the key that the environment holds for those who made a wire format; nobody else is sent that key. */
export function makerOf(
  { config }: Pick<Context, 'config'>,
  protocol: Protocol,
): Context['config']['makers']['openai'] {
  const maker = makers[protocol]
  return maker ? config.makers[maker] : { apiKey: undefined, baseUrl: undefined }
}

/** The variable from which the key of those who made a wire format is read; null where none is. */
export function keyVariableOf(protocol: Protocol): string | null {
  const maker = makers[protocol]
  return maker ? variables[maker] : null
}

/**
 * The endpoint at this address with this model, registered on its first use. `keyVariable`: where its key is read from.
 * Throws InputError with the first thing that does not fit.
 */
export async function endpointAt(
  ctx: Context,
  described: { [Name in keyof NewEndpoint]?: unknown },
  keyVariable: string | null,
): Promise<StoredEndpoint> {
  const given = Object.entries(described).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const endpoint = NewEndpoint.safeParse({ ...described, key: described.key || undefined })
  if (endpoint.success) return registerEndpoint(ctx, endpoint.data, { reuse: given, keyVariable })
  const [issue] = endpoint.error.issues
  throw new InputError(`The endpoint cannot be used: ${issue?.path.join('.')}: ${issue?.message}.`)
}
