import { join } from 'node:path'
import { buildApp, type WebHandler } from '#server/app.ts'
import { rootDir } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'

/** The built pages and the API on a port of their own. `close` ends them. */
export async function servePages(ctx: Context): Promise<{ origin: string; close(): Promise<void> }> {
  process.env.PROTOCOL_HEADER = 'x-forwarded-proto'
  const { handler } = (await import(join(rootDir, 'web/build/handler.js'))) as { handler: WebHandler }
  const app = await buildApp(ctx, handler)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  return { origin, close: () => app.close() }
}
