import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { onLoopback } from './loopback.ts'

/** One request as the hub, or the other host that it redirects large files to, saw it. */
export interface SeenByHub {
  host: 'hub' | 'cdn'
  path: string
  range: string | undefined
  authorization: string | undefined
}

/** What goes wrong with one request instead of the right answer. */
export type HubFault =
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  /** The connection breaks after so many bytes of the body. */
  | { kind: 'cut'; after: number }
  /** So many bytes of the body, then silence until the client goes away. */
  | { kind: 'stall'; after: number }
  /** The right length, other bytes. */
  | { kind: 'wrong bytes' }
  /** The whole file where a part was asked for. */
  | { kind: 'no ranges' }

export interface HubServer {
  url: string
  /** `host:port` of both servers, as EGRESS_ALLOW takes them. */
  allow: string
  seen: SeenByHub[]
  /** Asked before each request. */
  fault: (request: SeenByHub) => HubFault | undefined
  /** Writes a commit with these files to `main` of a data set; returns its id. */
  push(repo: string, files: Record<string, Uint8Array>): string
  sizes(repo: string, path: string, bytes: number): void
}

interface Commit {
  id: string
  files: Map<string, Uint8Array>
}

const hex = (algorithm: string, ...parts: (string | Uint8Array)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest('hex')
const sha256 = (bytes: Uint8Array) => hex('sha256', bytes)
const gitSha1 = (bytes: Uint8Array) => hex('sha1', `blob ${bytes.length}\0`, bytes)
const isLarge = (path: string) => path.endsWith('.parquet')
const entriesPerPage = 2

/**
 * The hub's HTTP API on loopback, as far as pulling speaks it: revisions, tree listing in pages, resolve with redirects
 * of large files to a second host, ranges, ETags, and a token where one is set.
 */
export async function hubServer({ token }: { token?: string } = {}): Promise<HubServer> {
  const commits = new Map<string, Commit[]>()
  const announced = new Map<string, number>()
  const seen: SeenByHub[] = []

  const listen = async (
    host: 'hub' | 'cdn',
    answer: (path: URL, request: IncomingMessage, response: ServerResponse, fault?: HubFault) => void,
  ) => {
    const onRequest: RequestListener = (request, response) => {
      const { authorization, range } = request.headers
      const what = { host, path: request.url!, range, authorization }
      seen.push(what)
      const fault = hub.fault(what)
      if (fault?.kind === 'status') return void response.writeHead(fault.status, fault.headers).end('{}')
      answer(new URL(request.url!, 'http://x'), request, response, fault)
    }
    const { origin, close } = await onLoopback(createServer(onRequest))
    onTestFinished(close)
    return origin
  }

  const at = (repo: string, revision: string) =>
    revision === 'main' ? commits.get(repo)?.at(-1) : commits.get(repo)?.find(({ id }) => id === revision)
  const notFound = (response: ServerResponse, code: string) =>
    response.writeHead(404, { 'x-error-code': code, 'content-type': 'application/json' }).end('{"error":"not found"}')

  const cdn = await listen('cdn', ({ pathname }, request, response, fault) => {
    const bytes = [...commits.values()]
      .flat()
      .flatMap(({ files }) => [...files.values()])
      .find((each) => pathname === `/${sha256(each)}`)
    if (!bytes) return void response.writeHead(403).end()
    send(request, response, bytes, { etag: `"${sha256(bytes)}"` }, fault)
  })

  const url = await listen('hub', (path, request, response, fault) => {
    if (token && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { 'x-error-code': 'RepoNotFound', 'content-type': 'application/json' })
      return void response.end('{"error":"Invalid username or password."}')
    }
    const [, repo, verb, revision, rest = ''] =
      /^\/(?:api\/)?datasets\/([^/]+\/[^/]+)\/(revision|tree|resolve)\/([^/]+)(?:\/(.*))?$/.exec(path.pathname) ?? []
    const commit = at(repo ?? '', decodeURIComponent(revision ?? ''))
    if (!commit) return void notFound(response, commits.has(repo ?? '') ? 'RevisionNotFound' : 'RepoNotFound')
    if (verb === 'revision') return void json(response, { _id: '1', id: repo, sha: commit.id, lastModified: 0 })
    if (verb === 'tree') return listTree(path, repo!, commit, rest, response)
    const bytes = commit.files.get(rest)
    if (!bytes) return void notFound(response, 'EntryNotFound')
    response.setHeader('x-repo-commit', commit.id)
    if (!isLarge(rest)) return send(request, response, bytes, { etag: `"${gitSha1(bytes)}"` }, fault)
    const headers = { 'x-linked-etag': `"${sha256(bytes)}"`, 'x-linked-size': bytes.length }
    response.writeHead(302, { ...headers, location: `${cdn}/${sha256(bytes)}?signature=1` }).end()
  })

  function listTree({ searchParams }: URL, repo: string, commit: Commit, folder: string, response: ServerResponse) {
    const entries = [...commit.files].filter(([path]) => folder === '' || path.startsWith(`${folder}/`))
    const start = Number(searchParams.get('cursor') ?? 0)
    const next = start + entriesPerPage
    if (next < entries.length) {
      const query = `recursive=true&expand=false&cursor=${next}`
      const page = `${url}/api/datasets/${repo}/tree/${commit.id}${folder && `/${folder}`}?${query}`
      response.setHeader('link', `<${page}>; rel="next"`)
    }
    json(response, [
      { type: 'directory', oid: '0'.repeat(40), size: 0, path: 'data' },
      ...entries.slice(start, next).map(([path, bytes]) => {
        const size = announced.get(`${repo} ${path}`) ?? bytes.length
        const lfs = isLarge(path) ? { lfs: { oid: sha256(bytes), size, pointerSize: 134 } } : {}
        return { type: 'file', oid: gitSha1(bytes), size, path, ...lfs }
      }),
    ])
  }

  const hub: HubServer = {
    url,
    allow: [url, cdn].map((origin) => new URL(origin).host).join(','),
    seen,
    fault: () => undefined,
    push(repo, files) {
      const history = commits.get(repo) ?? []
      const id = hex('sha1', `${repo} ${history.length}`)
      commits.set(repo, [...history, { id, files: new Map(Object.entries(files)) }])
      return id
    },
    sizes: (repo, path, bytes) => void announced.set(`${repo} ${path}`, bytes),
  }
  return hub
}

function json(response: ServerResponse, value: unknown) {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value))
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  whole: Uint8Array,
  headers: Record<string, string>,
  fault?: HubFault,
) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const inPart = first !== undefined && fault?.kind !== 'no ranges'
  const start = inPart ? Number(first) : 0
  const end = inPart && last ? Math.min(Number(last), whole.length - 1) : whole.length - 1
  if (inPart && start >= whole.length) return void response.writeHead(416).end()
  const bytes =
    fault?.kind === 'wrong bytes'
      ? whole.subarray(start, end + 1).map((byte) => byte ^ 1)
      : whole.subarray(start, end + 1)
  response.writeHead(inPart ? 206 : 200, {
    ...headers,
    'content-length': bytes.length,
    'accept-ranges': 'bytes',
    ...(inPart ? { 'content-range': `bytes ${start}-${end}/${whole.length}` } : {}),
  })
  // The one byte that asks for the size is not the body that breaks.
  if ((fault?.kind === 'cut' || fault?.kind === 'stall') && bytes.length > 1) {
    response.write(bytes.subarray(0, fault.after), () => {
      if (fault.kind === 'cut') response.socket?.end()
    })
    return
  }
  response.end(bytes)
}
