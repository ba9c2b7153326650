import type { Handle, HandleFetch, HandleServerError } from '@sveltejs/kit/hooks'
import { errorPage } from '#lib/api/error-page.ts'

/** The part of the API server that a page needs while it is rendered. */
interface ApiServer {
  inject(request: {
    method: string
    url: string
    headers: Record<string, string>
    remoteAddress: string
    payload?: string
  }): Promise<{
    statusCode: number
    headers: Record<string, string | string[] | number | undefined>
    rawPayload: Uint8Array
  }>
}

/** The server puts itself there before it listens; absent under a plain `vite dev`. */
function apiServer(): ApiServer | undefined {
  return (globalThis as { [key: symbol]: ApiServer | undefined })[Symbol.for('vlm-arena.app')]
}

/**
 * The page says in which language it is; its document says so too, before any script runs. What it shows depends on who
 * asks, so that nothing keeps a copy.
 */
export const handle: Handle = async ({ event, resolve }) => {
  const response = await resolve(event, {
    transformPageChunk: ({ html }) => {
      const language = /<meta name="language" content="([a-z]{2})"/.exec(html)?.[1]
      return language ? html.replace('<html lang="en"', `<html lang="${language}"`) : html
    },
  })
  response.headers.set('cache-control', 'no-store')
  return response
}

/** Calls to our own API while a page is rendered go straight to the routes, with the visitor's cookies and languages, and open no socket. */
export const handleFetch: HandleFetch = async ({ event, request, fetch }) => {
  const url = new URL(request.url)
  const server = apiServer()
  if (!server || url.origin !== event.url.origin || !url.pathname.startsWith('/api/')) return fetch(request)

  const headers = Object.fromEntries(request.headers)
  const cookie = event.request.headers.get('cookie')
  if (cookie) headers['cookie'] = cookie
  const asked = event.request.headers.get('accept-language')
  if (asked) headers['accept-language'] = asked
  const reply = await server.inject({
    method: request.method,
    url: url.pathname + url.search,
    headers,
    remoteAddress: event.getClientAddress(),
    ...(request.body && { payload: await request.text() }),
  })

  const replyHeaders = new Headers()
  for (const [name, value] of Object.entries(reply.headers))
    for (const each of [value].flat()) if (each !== undefined) replyHeaders.append(name, String(each))
  const empty = reply.statusCode === 204 || reply.statusCode === 304
  return new Response(empty ? null : new Uint8Array(reply.rawPayload), {
    status: reply.statusCode,
    headers: replyHeaders,
  })
}

/** What went wrong inside stays in the server's log; the page says only that it happened. */
export const handleError: HandleServerError = (caught) =>
  errorPage(caught, {
    status: 500,
    message: 'The page could not be made.',
    next: 'Nothing was lost. Try it again in a moment.',
  })
