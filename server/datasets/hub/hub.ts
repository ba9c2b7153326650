import { open, rm, writeFile } from 'node:fs/promises'
import type { ReadableStream } from 'node:stream/web'
import { datasetInfo, downloadFile, HubApiError, listFiles } from '@huggingface/hub'
import type { HubCopy } from '#benchmarks/benchmark.ts'
import { hubFileNames } from '#benchmarks/hub.ts'
import { hubToken } from '#server/core/config.ts'
import type { Context } from '#server/core/context.ts'
import { EgressError } from '#server/core/egress.ts'
import { InputError, StartError } from '#server/core/problem.ts'
import { hubFetch, type HubFetchOptions } from './fetch.ts'
import { sizeOf, type LockedFile } from '../lock.ts'

/** The hub as pulling needs it. Every verb throws one sentence for what a person can act on. */
export interface Hub {
  /** The commit that a branch, tag or commit stands for now. */
  resolve(repo: string, revision: string): Promise<string>
  /** The files of one of our splits at a commit, in order. */
  list(copy: HubCopy, split: string, commit: string): Promise<LockedFile[]>
  /** All files of a data set at a commit that `wanted` takes, in order; with `folder`, those below it. */
  listAll(repo: string, commit: string, wanted: (path: string) => boolean, folder?: string): Promise<LockedFile[]>
  /** Appends to a file what it still lacks. Throws what broke the connection, keeping what came in the file. */
  download(
    repo: string,
    commit: string,
    file: LockedFile,
    place: string,
    onBytes: (count: number) => void,
  ): Promise<void>
}

/** Opens the hub that the environment names, with its token where there is one. */
export function openHub(
  { config, egress }: Pick<Context, 'config' | 'egress'>,
  options: Omit<HubFetchOptions, 'hubUrl'>,
): Hub {
  const hubUrl = config.hub.url
  const fault = egress.faultOf(hubUrl, 'listed')
  if (fault) throw new InputError(`HF_ENDPOINT is ${hubUrl}. ${fault}.`)
  const accessToken = hubToken(config)
  if (accessToken && !accessToken.startsWith('hf_')) {
    throw new InputError(`The token for the hub (HF_TOKEN, or ${config.hub.home}/token) does not begin with hf_.`)
  }
  const client = { hubUrl, fetch: hubFetch(egress, { ...options, hubUrl }), ...(accessToken ? { accessToken } : {}) }

  async function listAll(repo: string, commit: string, wanted: (path: string) => boolean, folder?: string) {
    const files: LockedFile[] = []
    const at = { repo: { type: 'dataset', name: repo }, revision: commit, recursive: true } as const
    const asked = async () => {
      for await (const { type, path, size, oid, lfs } of listFiles({
        ...client,
        ...at,
        ...(folder ? { path: folder } : {}),
      })) {
        if (type !== 'file' || !wanted(path)) continue
        if (/^\/|\\|\0|(^|\/)\.\.?(\/|$)/.test(path))
          throw new InputError(`${repo} names a file ${path}, which leaves its folder.`)
        files.push({ path, size: lfs?.size ?? size, hash: lfs ? `sha256:${lfs.oid}` : `git-sha1:${oid}` })
      }
    }
    await inWords(asked, `${repo} at ${commit}`, hubUrl)
    return files.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  return {
    async resolve(repo, revision) {
      const asked = () => datasetInfo({ ...client, name: repo, revision, additionalFields: ['sha'] })
      const { sha } = await inWords(asked, `${repo} at ${revision}`, hubUrl)
      if (/^[0-9a-f]{40}$/.test(sha)) return sha
      throw new StartError(`${hubUrl} names no commit for ${repo} at ${revision}. Is HF_ENDPOINT a hub?`)
    },

    list: ({ repo, folder, splits }, split, commit) => {
      const wanted = hubFileNames(splits[split]!)
      return listAll(repo, commit, (path) => wanted.test(path), folder)
    },
    listAll,

    async download(repo, commit, { path, size }, place, onBytes) {
      if (size === 0) return writeFile(place, '')
      const at = { repo: { type: 'dataset', name: repo }, path, revision: commit } as const
      const begun = (await sizeOf(place)) ?? 0
      if (begun > size) await rm(place)
      const start = begun > size ? 0 : begun
      const file = await inWords(() => downloadFile({ ...client, ...at, xet: false }), `${path} of ${repo}`, hubUrl)
      if (!file)
        throw new InputError(`${hubUrl} no longer has ${path} of ${repo} at ${commit}. Pull with --revision main.`)
      if (start === size) return
      const body = file.slice(start, size).stream() as ReadableStream<Uint8Array>
      await using unfinished = await open(place, 'a')
      let left = size - start
      // Each piece is on the disk before the next one is asked for: whatever breaks, the file holds all that was counted.
      for await (const piece of body) {
        left -= piece.length
        if (left < 0) throw new StartError(`${hubUrl} sends more of ${path} than the ${size} bytes it has. Pull again.`)
        await unfinished.appendFile(piece)
        onBytes(piece.length)
      }
    },
  }
}

/** Turns what the hub answers, or that it does not answer, into sentences. */
async function inWords<Answer>(ask: () => Promise<Answer>, what: string, hubUrl: string): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof HubApiError)) throw otherFailure(error, what, hubUrl)
    switch (error.statusCode) {
      case 401:
        throw new InputError(
          `${hubUrl} shows ${what} to nobody without a token (401): set HF_TOKEN, or see whether the name is right.`,
          { cause: error },
        )
      case 403:
        throw new InputError(
          `${hubUrl} refuses ${what} to this token (403): accept the terms on the data set's page there.`,
          { cause: error },
        )
      case 404:
        throw new InputError(
          `${hubUrl} does not have ${what} (404): see whether its name, its revision and HF_ENDPOINT are right.`,
          {
            cause: error,
          },
        )
      case 429:
        throw new StartError(
          `${hubUrl} asks for a pause (429). Wait some minutes, then begin again; what came is kept.`,
          {
            cause: error,
          },
        )
      default:
        throw new StartError(
          `${hubUrl} answered ${error.statusCode} for ${what}. Begin again later; what came is kept.`,
          { cause: error },
        )
    }
  }
}

function otherFailure(error: unknown, what: string, hubUrl: string): unknown {
  if (!(error instanceof EgressError)) {
    const reason = error instanceof Error ? error.message : String(error)
    return new StartError(`${hubUrl} does not answer as the hub does (${reason}). Is HF_ENDPOINT right?`, {
      cause: error,
    })
  }
  switch (error.kind) {
    case 'refused':
      return new InputError(`${what} cannot be fetched from ${hubUrl}. ${error.message}.`, { cause: error })
    case 'aborted':
      return error
    case 'connection':
    case 'timeout':
    case 'too_large':
      return new StartError(
        `${what} cannot be fetched from ${hubUrl}. ${error.message}. What came is kept: begin again, or name a mirror with HF_ENDPOINT.`,
        { cause: error },
      )
  }
}
