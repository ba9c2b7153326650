import { join } from 'node:path'
import { Command } from 'commander'
import { createAdminLink, hasAdmin } from '../links/service.ts'
import { buildApp, type WebHandler } from '../app.ts'
import { announceProtocolHeader, readConfig, rootDir, type Config } from '../core/config.ts'
import type { Context } from '../core/context.ts'
import { interruption } from '../core/terminal/exit.ts'
import { noteListening, originOn } from '../core/http/listening.ts'
import { openProgram } from '../core/program.ts'
import { StartError } from '../core/problem.ts'
import { loadSamples } from '../samples.ts'
import { work } from '../worker.ts'
import { stoppingWork } from './stopping-work.ts'

/** `arena serve`: pages, API and, unless ARENA_WORKER=off, the worker. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the pages and the API, and work on queued jobs')
    .action(() => serveArena({ dev: false }))
}

/** Listens until SIGINT or SIGTERM, then leaves no process and no port behind. Throws StartError when it cannot begin. */
export async function serveArena({ dev }: { dev: boolean }): Promise<void> {
  const config = readConfig()
  const stopping = new AbortController()
  interruption(stoppingWork).addEventListener('abort', () => stopping.abort())
  const program = await openProgram(config)
  const closers: (() => Promise<unknown>)[] = [() => program.close()]
  try {
    const pages = dev ? undefined : await loadPages()
    let answer: WebHandler = pages ?? ((_request, _response, next) => next())
    const app = await buildApp(program.context, (request, response, next) => answer(request, response, next))
    closers.unshift(() => app.close())
    if (dev) answer = await startVite(app)
    const port = await listen(app, config)
    const origin = originOn(config, port)
    closers.unshift(await noteListening(config.dataDir, { origin, where: program.where }))
    await announce(program.context, program.where, origin)
    if (config.worker) closers.unshift(startWorker(program.context, stopping.signal))
    if (config.samples) closers.unshift(startSamples(program.context, stopping.signal))
    await aborted(stopping.signal)
    setTimeout(() => app.server.closeAllConnections(), 3_000).unref()
  } finally {
    stopping.abort()
    for (const close of closers) await close()
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function loadPages(): Promise<WebHandler> {
  announceProtocolHeader()
  try {
    const { handler } = (await import(join(rootDir, 'web/build/handler.js'))) as { handler: WebHandler }
    return handler
  } catch (cause) {
    throw new StartError('The pages are not built. Run `npm run build`, or start with `npm start`, which does it.', {
      cause,
    })
  }
}

async function startVite(app: Awaited<ReturnType<typeof buildApp>>): Promise<WebHandler> {
  const { createServer } = await import('vite')
  const vite = await createServer({
    configFile: join(rootDir, 'web/vite.config.ts'),
    configLoader: 'native',
    appType: 'custom',
    server: { middlewareMode: true, ws: { server: app.server } },
  })
  app.addHook('preClose', () => vite.close())
  return vite.middlewares as WebHandler
}

async function listen(app: Awaited<ReturnType<typeof buildApp>>, { host, port }: Config): Promise<number> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new StartError(`Port ${port} is in use. Set PORT to another one (PORT=0 takes any that is free).`, {
        cause,
      })
    if (code === 'EACCES')
      throw new StartError(`Port ${port} may not be used by this account. Set PORT to one above 1023.`, { cause })
    if (code === 'EADDRNOTAVAIL')
      throw new StartError(`This machine has no address ${host}. Set HOST to one that it has.`, { cause })
    throw cause
  }
  const address = app.server.address()
  return typeof address === 'object' && address ? address.port : port
}

/** Prints the one address to open: on first start, the link that makes whoever opens it the admin. */
async function announce(ctx: Context, where: string, origin: string) {
  if (await hasAdmin(ctx)) console.log(`VLM Arena is ready: ${origin}`)
  else
    console.log(
      `VLM Arena is ready. Open this link once, it makes you the admin: ${(await createAdminLink(ctx, origin)).url}`,
    )
  console.log(`Data: ${where}. Ctrl+C stops everything.`)
}

function startWorker(ctx: Context, signal: AbortSignal): () => Promise<void> {
  const working = work(ctx, signal).catch((error: unknown) => ctx.log.error({ err: error }, 'the worker stopped'))
  return () => working
}

function startSamples(ctx: Context, signal: AbortSignal): () => Promise<void> {
  const loading = loadSamples(ctx, signal)
  loading.catch((error: unknown) => {
    if (!signal.aborted) console.error(`The samples could not be loaded: ${(error as Error).message}`)
  })
  return async () => {
    const samples = await loading.catch(() => undefined)
    await samples?.stop()
  }
}
