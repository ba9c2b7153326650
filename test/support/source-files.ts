import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Import {
  /** A path from the root for our own files, else the package. */
  target: string
  ours: boolean
}

/** Code of the project, by paths from the root; tests that stand beside their component are left out. */
export function sourceFiles(): string[] {
  const patterns = ['benchmarks/**/*.ts', 'server/**/*.ts', 'drizzle/**/*.ts', 'web/src/**/*.{ts,svelte}']
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !file.endsWith('.svelte.test.ts'))
}

export const readSource = (file: string) => readFileSync(join(root, file), 'utf8')

/** All that a file imports, types too, whether at its head or while it runs. */
export function importsOf(file: string, code = readSource(file)): Import[] {
  const scripts = file.endsWith('.svelte')
    ? [...code.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, body]) => body).join('\n')
    : code
  return ts.preProcessFile(scripts, true, true).importedFiles.map(({ fileName }) => {
    const target = resolveOurs(file, fileName)
    return target === null ? { target: packageOf(fileName), ours: false } : { target, ours: true }
  })
}

function resolveOurs(file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return relative(root, join(root, dirname(file), specifier))
  if (specifier.startsWith('#lib/')) return `web/src/lib/${specifier.slice('#lib/'.length)}`
  const alias = /^#(benchmarks|server|drizzle)\/(.*)$/.exec(specifier)
  return alias ? `${alias[1]}/${alias[2]}` : null
}

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Circles in who points at whom, each once, as `a → b → a`; where several share a file not all are found. */
export function circlesIn(arrows: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Set(arrows.keys())
  const circles: string[] = []
  const walk = (at: string, path: string[]) => {
    if (path.includes(at)) circles.push([...path.slice(path.indexOf(at)), at].join(' → '))
    else if (left.has(at)) {
      for (const next of arrows.get(at) ?? []) walk(next, [...path, at])
      left.delete(at)
    }
  }
  for (const file of arrows.keys()) walk(file, [])
  return circles
}

/** Folders of these roots that hold more code files than `most`, as `folder: count`. */
export function fullFolders(files: string[], roots: string[], most: number): string[] {
  const counts = new Map<string, number>()
  for (const file of files.filter((name) => roots.some((folder) => name.startsWith(`${folder}/`)))) {
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  }
  return [...counts].filter(([, count]) => count > most).map(([folder, count]) => `${folder}: ${count}`)
}
