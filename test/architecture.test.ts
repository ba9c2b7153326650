import { existsSync, globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The modules of the server in a line: a service may use those that stand before it. */
const modules = [
  'accounts',
  'models',
  'images',
  'endpoints',
  'datasets',
  'queries',
  'studies',
  'raters',
  'calls',
  'runs',
  'responses',
  'battles',
  'snapshots',
  'boards',
]

/** What definitions are written with, beside the contract itself. */
const definitionTools = ['benchmarks/metrics.ts', 'benchmarks/prompts.ts', 'benchmarks/hub.ts']

interface Import {
  /** A path from the root for our own files, else the package. */
  target: string
  ours: boolean
  typesOnly: boolean
}

function sourceFiles(): string[] {
  const patterns = ['benchmarks/**/*.ts', 'server/**/*.ts', 'drizzle/**/*.ts', 'web/src/**/*.{ts,svelte}']
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !file.endsWith('.svelte.test.ts'))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const code = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, body]) => body).join('\n')
    : text
  const specifiers = ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName)
  return specifiers.map((specifier) => {
    const target = resolveOurs(file, specifier)
    const typesOnly = new RegExp(`import type [^;]*?from '${specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}'`).test(
      code,
    )
    return target === null
      ? { target: packageOf(specifier), ours: false, typesOnly }
      : { target, ours: true, typesOnly }
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
const isNode = (name: string) => name.startsWith('node:') || builtinModules.includes(name)
const within = (target: string, ...folders: string[]) => folders.some((folder) => target.startsWith(`${folder}/`))
const isSchema = (target: string) => /^server\/[a-z]+\/(?:[a-z]+\/)?schema\.ts$/.test(target)
const moduleOf = (file: string) => /^server\/([a-z]+)\//.exec(file)?.[1] ?? ''

/** Why a file may not import something; null when it may. */
function objection(file: string, { target, ours, typesOnly }: Import): string | null {
  if (file.startsWith('benchmarks/scoring/'))
    return ours && !within(target, 'benchmarks/scoring') ? 'scoring is pure' : foreign(ours, target, [])
  if (file === 'benchmarks/benchmark.ts')
    return ours && !within(target, 'benchmarks/scoring')
      ? 'the contract knows only scoring'
      : foreign(ours, target, ['zod'])
  if (definitionTools.includes(file))
    return ours && target !== 'benchmarks/benchmark.ts' && !within(target, 'benchmarks/scoring')
      ? 'the tools of definitions know the contract and scoring'
      : foreign(ours, target, ['zod'])
  const benchmark = /^benchmarks\/([a-z0-9_]+)\/(.*)$/.exec(file)
  if (benchmark && benchmark[2] === 'benchmark.ts') {
    if (!ours) return foreign(ours, target, ['zod'])
    const allowed =
      [...definitionTools, 'benchmarks/benchmark.ts'].includes(target) ||
      within(target, 'benchmarks/scoring', `benchmarks/${benchmark[1]}`)
    return allowed ? null : 'a definition knows the contract, its tools and scoring'
  }
  if (file.startsWith('benchmarks/'))
    return ours && !within(target, 'benchmarks', 'server/formats')
      ? 'a drawing tool knows benchmarks and formats'
      : null
  if (file.startsWith('server/ratings/'))
    return ours && !within(target, 'server/ratings') ? 'ratings are pure' : foreign(ours, target, [])
  if (file.startsWith('drizzle/schema/'))
    return ours && !within(target, 'drizzle/schema') ? 'tables know tables' : foreign(ours, target, ['drizzle-orm'])
  if (file.startsWith('web/'))
    return ours && within(target, 'server', 'benchmarks', 'drizzle') && !isSchema(target)
      ? 'pages know the server by its schemas'
      : null
  if (isSchema(file)) return ours ? (isSchema(target) ? null : 'browsers read schemas') : foreign(ours, target, ['zod'])
  if (!ours) return target === 'undici' && file !== 'server/core/egress.ts' ? 'only egress goes out over HTTP' : null
  if (within(file, 'server/core')) return within(target, 'server/core') ? null : 'core knows no module'
  if (within(file, 'server/formats'))
    return within(target, 'server/formats') || target === 'server/core/problem.ts' ? null : 'formats know no module'
  if (within(file, 'server/baselines')) {
    return within(target, 'server/baselines', 'server/core', 'server/formats', 'benchmarks/scoring')
      ? null
      : 'the baselines are a process of their own'
  }
  if (/^server\/[a-z]+\/(?:[a-z]+\/)?routes\.ts$/.test(file)) {
    const allowed = within(target, 'server') && !within(target, 'server/ratings', 'server/commands')
    return allowed ? null : 'routes know schemas and services'
  }
  const place = modules.indexOf(moduleOf(file))
  if (place >= 0) {
    if (
      within(target, 'drizzle/schema', 'server/core', 'server/formats', 'server/ratings', 'benchmarks') ||
      isSchema(target)
    )
      return null
    const other = modules.indexOf(moduleOf(target))
    if (other < 0) return 'a module knows no commands and no entry'
    return other <= place || typesOnly ? null : `${modules[other]} stands below ${modules[place]}`
  }
  // What is left are commands and entries: everything but tables.
  return within(target, 'drizzle') ? 'commands and entries hold no SQL' : null
}

function foreign(ours: boolean, target: string, allowed: string[]): string | null {
  if (ours || allowed.includes(target)) return null
  return isNode(target) ? 'no Node built-ins here' : `the package ${target} is not for here`
}

describe('who may import whom', () => {
  test.each(sourceFiles())('%s', (file) => {
    const objections = importsOf(file).flatMap((imported) => {
      const reason = objection(file, imported)
      return reason ? [`${imported.target}: ${reason}`] : []
    })
    expect(objections).toEqual([])
  })

  test('a service that reached down the line, a page that reached past the schemas and a scorer that read the disk would be caught', () => {
    const wrong: [string, string, boolean][] = [
      ['server/models/service.ts', 'server/boards/service.ts', true],
      ['web/src/routes/+page.ts', 'server/boards/service.ts', true],
      ['benchmarks/scoring/anls.ts', 'node:fs', false],
      ['server/commands/runs/run.ts', 'drizzle/schema/runs.ts', true],
      ['server/calls/service.ts', 'undici', false],
    ]
    for (const [file, target, ours] of wrong) expect(objection(file, { target, ours, typesOnly: false })).not.toBeNull()
  })
})

describe('what the code never holds', () => {
  const code = sourceFiles().filter((file) => file.startsWith('server/') || file.startsWith('benchmarks/'))
  test.each(['utils', 'helpers', 'common', 'misc'])('no file or folder is called %s', (name) => {
    expect(sourceFiles().filter((file) => file.split('/').some((part) => part.replace(/\.ts$/, '') === name))).toEqual(
      [],
    )
  })
  test('no code is made from data', () => {
    const made = code.filter((file) =>
      /\beval\(|new Function\(|from 'node:vm'/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(made).toEqual([])
  })
  test('no scorer draws at random', () => {
    const random = code.filter(
      (file) =>
        file.startsWith('benchmarks/scoring/') && readFileSync(join(root, file), 'utf8').includes('Math.random'),
    )
    expect(random).toEqual([])
  })
})

describe('the documents name what exists', () => {
  const documents = globSync(['*.md', 'docs/**/*.md', 'benchmarks/*/README.md'], { cwd: root })
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const cli = readFileSync(join(root, 'server/cli.ts'), 'utf8')
  const verbs = [...cli.matchAll(/^ {2}'?([a-z-]+)'?: async \(\)/gm)].map(([, verb]) => verb!)

  test.each(documents)('%s', (document) => {
    const text = readFileSync(join(root, document), 'utf8')
    const paths = [...text.matchAll(/`((?:benchmarks|server|drizzle|web|test|docs|\.ci)\/[\w./-]*)`/g)].map(
      ([, path]) => path!,
    )
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, path]) =>
      join(dirname(document), path!),
    )
    expect([...paths, ...links].filter((path) => !existsSync(join(root, path)))).toEqual([])
    const npmScripts = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!)
    expect(npmScripts.filter((script) => !(script in scripts))).toEqual([])
    const commands = [...text.matchAll(/npx arena ([a-z-]+)/g)].map(([, verb]) => verb!)
    expect(commands.filter((verb) => !verbs.includes(verb))).toEqual([])
  })
})
