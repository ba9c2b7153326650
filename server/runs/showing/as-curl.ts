import { and, eq } from 'drizzle-orm'
import { predictions } from '#drizzle/schema/runs.ts'
import { CallResources } from '#server/calls/call-resources.ts'
import type { OutgoingPrompt } from '#server/calls/customer.ts'
import type { Context } from '#server/core/context.ts'
import { shellWord } from '#server/core/printable.ts'
import { notFound } from '#server/core/problem.ts'
import { Secret } from '#server/core/secrets.ts'
import { endpointSettings, urlOf } from '#server/endpoints/call-endpoint.ts'
import { protocols } from '#server/endpoints/protocols.ts'
import { mergeSettings } from '#server/endpoints/sampling.ts'
import { describeImages } from '#server/images/service.ts'
import { endpointOf } from '../endpoint-settings.ts'
import { getUsableRun } from '../read-runs.ts'
import type { StoredRun } from '../stored-run.ts'

/** Stands for the key until it becomes the name of a variable. */
const keyMark = 'KEY-OF-THE-ENDPOINT'
const lastLine = 'END-OF-REQUEST'

/**
 * The request of one example as a command for a POSIX shell, pictures in base64 as they are sent, whatever their size. The
 * key is a variable of the shell that runs it. Throws not-found and not-allowed for what is not the actor's to use.
 */
export async function exampleAsCurl(ctx: Context, runId: number, exampleId: string): Promise<string> {
  const run = await getUsableRun(ctx, runId)
  const endpoint = await endpointOf(ctx, run.endpointId)
  const { baseUrl, remoteModel } = run.endpointSettings as { baseUrl: string; remoteModel: string }
  const address = endpoint.builtIn ? endpoint.baseUrl : baseUrl
  const settings = { ...endpointSettings(endpoint), baseUrl: address, remoteModel, ...mergeSettings(run.settings) }
  const key = endpoint.sealedKey === null ? null : new Secret(keyMark)
  const prompt = await promptOf(ctx, run, exampleId)
  const { path, headers, body } = protocols[endpoint.protocol].buildRequest(settings, key, prompt)
  const named = Object.entries(headers).map(([name, value]) => header(name, value, variableOf(endpoint.keyVariable)))
  return [
    `curl -sS ${shellWord(urlOf(address, path))} \\`,
    ...named.map((line) => `  -H ${line} \\`),
    `  --data-binary @- <<'${lastLine}'`,
    Buffer.concat(body).toString('utf8'),
    `${lastLine}\n`,
  ].join('\n')
}

async function promptOf(ctx: Context, run: StoredRun, exampleId: string) {
  const [row] = await ctx.db
    .select({ prompt: predictions.prompt, fault: predictions.fault })
    .from(predictions)
    .where(and(eq(predictions.runId, run.id), eq(predictions.exampleId, exampleId)))
  if (!row) throw notFound(`Run ${run.id} has no example ${exampleId}`)
  if (row.fault !== null) throw notFound(`Example ${exampleId} is never asked: ${row.fault}`)
  const parts = row.prompt.map(({ text = '', imageSha256 }): OutgoingPrompt['parts'][number] =>
    imageSha256 ? { kind: 'image', sha256: imageSha256 } : { kind: 'text', text },
  )
  const images = await describeImages(
    ctx,
    parts.flatMap((part) => (part.kind === 'image' ? part.sha256 : [])),
  )
  const { prompt } = await new CallResources().encode(ctx, { parts }, images, run.settings.pictures ?? {})
  return prompt
}

/** The variable that commands read the key from, where it has one. */
function variableOf(keyVariable: string | null): string {
  return keyVariable !== null && /^[A-Za-z_]\w*$/.test(keyVariable) ? keyVariable : 'KEY'
}

/** Within double quotes a shell still reads \, ", $ and `: they are escaped, and only the key is a variable. */
function header(name: string, value: string, variable: string): string {
  return `"${`${name}: ${value}`.replaceAll(/[\\"$`]/g, '\\$&').replace(keyMark, () => `$${variable}`)}"`
}
