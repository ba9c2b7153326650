import { existsSync, globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { locks, studyLocks } from '#server/core/locks.ts'
import {
  circlesIn,
  fullFolders,
  importsOf,
  readSource,
  root,
  sourceFiles,
  type Import,
} from './support/source-files.ts'
import { readTables, tableObjects, tablesTouched, touchesOfSql, type Touch } from './support/tables-touched.ts'

/** The modules of the server in a line: each may know those that stand before it. */
const modules = [
  'accounts',
  'idempotency',
  'models',
  'images',
  'endpoints',
  'datasets',
  'queries',
  'studies',
  'links',
  'raters',
  'calls',
  'runs',
  'comparisons',
  'responses',
  'battles',
  'snapshots',
  'boards',
]

/** What definitions are written with, beside the contract itself. */
const definitionTools = ['benchmarks/metrics.ts', 'benchmarks/prompts.ts', 'benchmarks/hub.ts']

/** Nothing else goes out over HTTP. */
const waysOut = ['server/core/egress.ts', 'server/core/http/proxy.ts']
const mostFilesInAFolder = 16

const isNode = (name: string) => name.startsWith('node:') || builtinModules.includes(name)
const within = (target: string, ...folders: string[]) => folders.some((folder) => target.startsWith(`${folder}/`))
const isSchema = (target: string) => /^server\/[a-z]+\/(?:[a-z]+\/)?schema\.ts$/.test(target)
const isRoutes = (target: string) => /^server\/.*\broutes\.ts$/.test(target)
const moduleOf = (file: string) => /^server\/([a-z]+)\//.exec(file)?.[1] ?? ''

/** Why a file may not import something, types included; null when it may. */
function objection(file: string, { target, ours }: Import): string | null {
  if (file.startsWith('benchmarks/')) return objectionToDefinition(file, target, ours)
  if (file.startsWith('server/ratings/'))
    return ours && !within(target, 'server/ratings') ? 'ratings are pure' : foreign(ours, target, [])
  if (file.startsWith('drizzle/schema/')) return objectionToTable(file, target, ours)
  if (file.startsWith('web/'))
    return ours && within(target, 'server', 'benchmarks', 'drizzle') && !isSchema(target)
      ? 'pages know the server by its schemas'
      : null
  if (isSchema(file) && !(ours && isSchema(target)))
    return ours ? 'browsers read schemas' : foreign(ours, target, ['zod'])
  if (!ours) return target === 'undici' && !waysOut.includes(file) ? 'only egress goes out over HTTP' : null
  if (within(file, 'server/core')) return within(target, 'server/core') ? null : 'core knows no module'
  if (within(file, 'server/formats'))
    return within(target, 'server/formats') || target === 'server/core/problem.ts' ? null : 'formats know no module'
  if (within(file, 'server/baselines')) {
    return within(target, 'server/baselines', 'server/core', 'server/formats', 'benchmarks/scoring')
      ? null
      : 'the baselines are a process of their own'
  }
  if (isRoutes(file) && !(within(target, 'server') && !within(target, 'server/ratings')))
    return 'routes know schemas and services'
  if (modules.includes(moduleOf(file))) return objectionInLine(moduleOf(file), target)
  // What is left are commands and entries: everything but tables.
  return within(target, 'drizzle') ? 'commands and entries hold no SQL' : null
}

function objectionToDefinition(file: string, target: string, ours: boolean): string | null {
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
  return ours && !within(target, 'benchmarks', 'server/formats') ? 'a drawing tool knows benchmarks and formats' : null
}

/** Tables stand in the line of their owners, too. */
function objectionToTable(file: string, target: string, ours: boolean): string | null {
  if (!ours) return foreign(ours, target, ['drizzle-orm'])
  if (!within(target, 'drizzle/schema')) return 'tables know tables'
  return target === 'drizzle/schema/columns.ts' ? null : objectionInLine(ownerOf(file), target)
}

function objectionInLine(module: string, target: string): string | null {
  if (within(target, 'server/core', 'server/formats', 'server/ratings', 'benchmarks')) return null
  const other = within(target, 'drizzle/schema') ? ownerOf(target) : moduleOf(target)
  if (!modules.includes(other)) return 'a module knows no commands and no entry'
  return isBelow(other, module) ? `${other} stands below ${module}` : null
}

/** The module whose tables a file of drizzle/schema/ holds. */
const ownerOf = (file: string) => /^drizzle\/schema\/([a-z]+)\.ts$/.exec(file)?.[1] ?? ''
const isBelow = (other: string, module: string) => modules.indexOf(other) > modules.indexOf(module)

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

  test('what reaches down the line, past the schemas or to the disk would be caught, even for a type alone', () => {
    const wrong: [string, string][] = [
      ['server/models/service.ts', "import type { Board } from '../boards/service.ts'"],
      ['server/models/schema.ts', "import { Board } from '../boards/schema.ts'"],
      ['server/models/routes.ts', "import { readBoard } from '#server/boards/service.ts'"],
      ['server/boards/charts/routes.ts', "import { votes } from '#drizzle/schema/battles.ts'"],
      ['web/src/routes/+page.ts', "import type { Board } from '#server/boards/service.ts'"],
      ['benchmarks/scoring/anls.ts', "import { readFile } from 'node:fs'"],
      ['server/commands/runs/run.ts', "import { runs } from '#drizzle/schema/runs.ts'"],
      ['server/calls/service.ts', "const { request } = await import('undici')"],
      ['drizzle/schema/models.ts', "import { votes } from './battles.ts'"],
    ]
    for (const [file, code] of wrong) {
      const [imported] = importsOf(file, code)
      expect(objection(file, imported!), `${file}: ${code}`).not.toBeNull()
    }
  })

  test('no file imports itself by way of others', () => {
    const ours = (file: string) => importsOf(file).flatMap((imported) => (imported.ours ? [imported.target] : []))
    expect(circlesIn(new Map(sourceFiles().map((file) => [file, ours(file)])))).toEqual([])
  })

  test('a circle of files would be caught, and two ways to one file are none', () => {
    const arrows = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] as string[] }
    expect(circlesIn(new Map(Object.entries(arrows)))).toEqual([])
    expect(circlesIn(new Map(Object.entries({ ...arrows, d: ['b'] })))).toEqual(['b → d → b'])
  })
})

const tables = await readTables()

/** What a file does to tables although it stands where that is not its business. */
function wrongTouches(file: string, touches: Touch[]): string[] {
  const module = isRoutes(file) ? '' : moduleOf(file)
  return touches.flatMap(({ table, way }) => {
    if (table === '?') return [`${way} a table that its SQL does not name`]
    const owner = tables.get(table)?.owner
    if (owner === undefined) return []
    if (!modules.includes(module)) return [`${way} ${table}: only modules hold SQL`]
    if (way === 'writes') return owner === module ? [] : [`writes ${table} of ${owner}`]
    return isBelow(owner, module) ? [`reads ${table} of ${owner}, which stands below`] : []
  })
}

describe('every table has one owner', () => {
  const files = sourceFiles().filter((file) => file.startsWith('server/'))

  test.each(files)('%s', (file) => {
    const code = readSource(file)
    expect(wrongTouches(file, tablesTouched(code, tableObjects(code, tables)))).toEqual([])
  })

  test('each file of drizzle/schema/ is the tables of one module', () => {
    const owners = globSync('drizzle/schema/*.ts', { cwd: root }).map(ownerOf)
    expect(owners.filter((owner) => owner !== 'columns' && !modules.includes(owner))).toEqual([])
  })

  test('a module that wrote what another owns, or read what stands below it, would be caught', () => {
    const touches = (code: string) => tablesTouched(code, tableObjects(code, tables))
    const wrong: [string, string][] = [
      ['server/raters/service.ts', 'await sql`update links set uses = uses - 1`'],
      ['server/runs/service.ts', "import { plans } from '#drizzle/schema/calls.ts'\nawait ctx.db.delete(plans)"],
      ['server/boards/read.ts', 'await ctx.sql`with x as (insert into votes (id) values (1) returning id) select 1`'],
      [
        'server/studies/read.ts',
        'await ctx.sql<Row[]>`select 1 from studies s join lateral (select 1 from votes) v on true`',
      ],
      ['server/studies/read.ts', 'await sql`select 1 from unnest(${ids}::uuid[]) as t (id), studies s, pair_counts p`'],
      [
        'server/endpoints/read.ts',
        "import { plans as jobs } from '#drizzle/schema/calls.ts'\nctx.db.select().from(endpoints).leftJoin(jobs, on)",
      ],
      ['server/boards/read.ts', 'await sql`select 1 from ${table}`'],
      ['server/boards/routes.ts', 'await app.arena.sql`select 1 from votes`'],
      ['server/commands/doctor.ts', 'await ctx.sql`delete from runs`'],
    ]
    for (const [file, code] of wrong) expect(wrongTouches(file, touches(code)), code).toHaveLength(1)
  })

  test('names of a statement\u2019s own, functions and columns are no tables', () => {
    const own = `with votes as (select extract(epoch from calls), 'from runs' from battles for update of runs)
      update battles b set x = 1 from votes v where v.id is distinct from runs -- join links`
    expect(touchesOfSql(own)).toEqual([
      { table: 'battles', way: 'reads' },
      { table: 'battles', way: 'writes' },
    ])
  })
})

describe('what the code never holds', () => {
  const code = sourceFiles().filter((file) => file.startsWith('server/') || file.startsWith('benchmarks/'))
  test.each(['utils', 'helpers', 'common', 'misc'])('no file or folder is called %s', (name) => {
    expect(sourceFiles().filter((file) => file.split('/').some((part) => part.replace(/\.ts$/, '') === name))).toEqual(
      [],
    )
  })
  test('no folder is too full to see what it holds', () => {
    expect(fullFolders(sourceFiles(), ['server', 'benchmarks', 'web/src/lib'], mostFilesInAFolder)).toEqual([])
    const crowd = Array.from({ length: mostFilesInAFolder + 1 }, (_, k) => `server/runs/verb-${k}.ts`)
    expect(fullFolders(crowd, ['server'], mostFilesInAFolder)).toEqual(['server/runs: 17'])
  })
  test('one shape for the database: the context, in which a transaction travels', () => {
    const bare = /\bsql: Sql\b|Pick<Context, [^>]*'(?:sql|db)'|\.begin\(|\.transaction\(/
    const modulesAndCommands = code.filter((file) => !within(file, 'server/core'))
    expect(modulesAndCommands.filter((file) => bare.test(readSource(file)))).toEqual([])
    for (const wrong of ['(sql: Sql, id: string)', "ctx: Pick<Context, 'sql' | 'log'>", 'ctx.sql.begin(work)'])
      expect(wrong).toMatch(bare)
  })
  test('what a row of SQL holds is read by its tables and readers, never typed by hand beside it', () => {
    const byHand = /\b(?:sql|unsafe|execute)<|\.cursor\(/
    const rest = code.filter((file) => !within(file, 'server/core/postgres'))
    expect(rest.filter((file) => byHand.test(readSource(file)))).toEqual([])
    for (const wrong of ['await ctx.sql<{ id: string }[]>`select 1`', 'sql<number>`count(*)`', 'sql`x`.cursor(9)'])
      expect(wrong).toMatch(byHand)
  })
  test('the numbers of advisory locks stand in one file, each once', () => {
    const taking = code.filter((file) => readSource(file).includes('pg_advisory'))
    const unnamed = taking.filter((file) => !importsOf(file).some(({ target }) => target === 'server/core/locks.ts'))
    expect(unnamed).toEqual([])
    const numbers = [...Object.values(locks), ...Object.values(studyLocks)]
    expect(new Set(numbers).size).toBe(numbers.length)
  })
  test('no code is made from data', () => {
    const made = code.filter((file) => /\beval\(|new Function\(|from 'node:vm'/.test(readSource(file)))
    expect(made).toEqual([])
  })
  test('no shape is named in the registry that zod keeps for the whole process', () => {
    const named = code.filter(
      (file) => isSchema(file) && /\.(meta|describe)\(/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(named).toEqual([])
  })
  test('no scorer draws at random', () => {
    const random = code.filter(
      (file) => file.startsWith('benchmarks/scoring/') && readSource(file).includes('Math.random'),
    )
    expect(random).toEqual([])
  })
})

test('a field is bound, so that what was typed before the script of the page came is not lost', () => {
  const oneWay = /<(?:input|textarea)\b(?:[^>]|=>)*\boninput=/
  const pages = globSync('web/src/**/*.svelte', { cwd: root })
  expect(pages.filter((page) => oneWay.test(readFileSync(join(root, page), 'utf8')))).toEqual([])
  expect('<input value={name} oninput={(event) => (name = event.currentTarget.value)} />').toMatch(oneWay)
})

test('what is installed to run is named by code that runs', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const running = sourceFiles().filter(
    (file) => file.startsWith('server/') && !file.startsWith('server/queries/sample/'),
  )
  const code = running.map((file) => readFileSync(join(root, file), 'utf8').replaceAll(/^import type .*$/gm, '')).join()
  expect(Object.keys(dependencies).filter((name) => !new RegExp(`'${name}['/]`).test(code))).toEqual([])
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

  test('docs/architecture.md names the modules in the order that is executed here', () => {
    const text = readSource('docs/architecture.md').replaceAll(/\s+/g, ' ')
    expect(text).toContain(`stand in a line: ${modules.join(', ')}.`)
  })
})
