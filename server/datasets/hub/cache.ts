import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import type { HubCopy } from '#benchmarks/benchmark.ts'
import { hubFileNames } from '#benchmarks/hub.ts'
import type { Config } from '#server/core/config.ts'
import { hashOfFile, type LockedFile } from '../lock.ts'

/** Where other programs on this machine keep what they fetched from the hub: `snapshots/<commit>/` links to the files. */
function cacheFolder({ hub }: Pick<Config, 'hub'>, repo: string): string {
  return join(hub.home, 'hub', `datasets--${repo.replace('/', '--')}`)
}

/** A file of a commit in that cache, whether or not it is there. */
export function cachedPath(config: Pick<Config, 'hub'>, repo: string, commit: string, path: string): string {
  return join(cacheFolder(config, repo), 'snapshots', commit, path)
}

/** The commit that a revision stood for when it was last fetched; null when the cache knows none. */
export async function cachedCommit(
  config: Pick<Config, 'hub'>,
  repo: string,
  revision: string,
): Promise<string | null> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision
  const text = await readFile(join(cacheFolder(config, repo), 'refs', revision), 'utf8').catch(() => '')
  return /^[0-9a-f]{40}$/.test(text.trim()) ? text.trim() : null
}

/** The files of a split that the cache has of a commit; none when a numbered part of it is missing. */
export async function listCached(
  config: Pick<Config, 'hub'>,
  { repo, folder, splits }: HubCopy,
  split: string,
  commit: string,
): Promise<LockedFile[]> {
  const root = cachedPath(config, repo, commit, '')
  const wanted = hubFileNames(splits[split]!)
  const names = (await readdir(join(root, folder ?? ''), { recursive: true }).catch(() => []))
    .map((name) =>
      join(folder ?? '', name)
        .split(sep)
        .join('/'),
    )
    .filter((name) => wanted.test(name))
    .sort()
  if (!isWhole(names)) return []
  return Promise.all(names.map(async (path) => describe(path, join(root, path))))
}

/** `test-00001-of-00003.parquet` says that there are three of its kind. */
function isWhole(names: string[]): boolean {
  const sets = Map.groupBy(names, (name) => name.replace(/-\d{5}-of-(\d{5}).*$/, ' $1'))
  return [...sets].every(([set, parts]) => parts.length === Number(/ (\d{5})$/.exec(set)?.[1] ?? 1))
}

/** The cache names each file after the hash that the hub gave it. */
async function describe(path: string, place: string): Promise<LockedFile> {
  const { size } = await stat(place)
  const name = basename(await realpath(place))
  if (/^[0-9a-f]{64}$/.test(name)) return { path, size, hash: `sha256:${name}` }
  if (/^[0-9a-f]{40}$/.test(name)) return { path, size, hash: `git-sha1:${name}` }
  return { path, size, hash: await hashOfFile(place) }
}
