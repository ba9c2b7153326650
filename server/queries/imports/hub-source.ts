import { InputError } from '#server/core/problem.ts'

/** A data set of the hub, or a part of it. */
export interface HubSource {
  /** Owner and name. */
  repo: string
  /** Branch, tag or commit. */
  revision: string
  /** A folder or file of it; empty: all. */
  path: string
}

const part = '[A-Za-z0-9][A-Za-z0-9._-]{0,95}'
const address = new RegExp(`^(?:hf://datasets/)?(${part}/${part})(?:@([A-Za-z0-9._~%-]{1,200}))?(?:/(.{0,500}))?$`)
const page = new RegExp(
  `^https://huggingface\\.co/datasets/(${part}/${part})(?:/(?:tree|blob|resolve)/([^/?#]{1,200})(?:/([^?#]{0,500}))?)?/?(?:[?#].{0,500})?$`,
)

/**
 * Reads `hf://datasets/OWNER/NAME[@REVISION][/PATH]`, the same without its beginning, or the address of the data set's
 * page; null for anything else.
 */
export function readHubSource(text: string): HubSource | null {
  const [, repo, revision, path] = page.exec(text.trim()) ?? address.exec(text.trim()) ?? []
  if (repo === undefined) return null
  try {
    const clean = decodeURIComponent(path ?? '').replace(/^\/|\/$/g, '')
    if (/(^|\/)\.{0,2}(\/|$)/.test(clean) && clean !== '') return null
    return { repo, revision: decodeURIComponent(revision ?? 'main'), path: clean }
  } catch {
    return null
  }
}

/** A source as readHubSource reads it. Throws InputError for a text that names none. */
export function requireHubSource(text: string): HubSource {
  const source = readHubSource(text)
  if (source) return source
  throw new InputError(
    `'${text.slice(0, 200)}' names no data set of the hub: write hf://datasets/OWNER/NAME, with @REVISION or /PATH behind it.`,
  )
}

/** A source as readHubSource reads it. */
export function hubAddress({ repo, revision, path }: HubSource): string {
  return `hf://datasets/${repo}@${encodeURIComponent(revision)}${path && `/${path}`}`
}
