import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { marksAt, withMarks } from './function-marks.ts'
import { ImportGraph, type Distances } from './import-graph.ts'
import { digestOf, type Ledger } from './ledger.ts'
import type { Mutation } from './mutation.ts'
import type { TestRunner } from './test-runner.ts'

/** A mutant that so many test files let live has survived. */
const nearest = 8

/** What the mutants are tried on. */
export interface Bench {
  /** A private copy of the project: as it was at the start, but for the mutant that is tried. */
  tree: string
  runner: TestRunner
  ledger: Ledger
}

export interface TestFile {
  name: string
  distances: Distances
  /** Of all that it leads to. */
  ground: string
}

export const parse = (root: string, file: string) =>
  ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)

/** The test files that lead to these folders; what each calls there is looked at first, unless an earlier run did. */
export async function readReach(bench: Bench, folders: string[]): Promise<TestFile[]> {
  const { tree, runner, ledger } = bench
  const inside = (file: string) => folders.some((folder) => file.startsWith(`${folder}/`))
  const graph = new ImportGraph(tree)
  const tests = (await runner.files())
    .map((name) => ({ name, distances: graph.distancesFrom(name) }))
    .filter(({ distances }) => [...distances.keys()].some(inside))
    .map((test) => ({ ...test, ground: digestOf(tree, test.distances.keys()) }))
  const unknown = tests.filter(({ name }) => {
    const known = ledger.reach[name]
    return !known?.passed || known.digest !== digestOf(tree, [name])
  })
  if (unknown.length > 0) {
    console.log(`Looking at what ${unknown.length} of ${tests.length} test files call`)
    await look(bench, unknown)
  }
  return tests
}

async function look(bench: Bench, tests: TestFile[]): Promise<void> {
  const { tree, runner, ledger } = bench
  const log = join(tree, 'calls.log')
  const sources = globSync('server/**/*.ts', { cwd: tree, exclude: ['**/*.d.ts'] }).map((file) => parse(tree, file))
  const write = (textOf: (source: ts.SourceFile) => string) => {
    for (const source of sources) {
      writeFileSync(join(tree, source.fileName), textOf(source))
      runner.changed(source.fileName)
    }
  }
  write((source) => withMarks(source, log))
  for (const { name, ground } of tests) {
    writeFileSync(log, '')
    const { outcome, seconds, reason } = await runner.run(name, 600)
    const marks = [...new Set(readFileSync(log, 'utf8').split('\n').filter(Boolean))]
    const passed = outcome === 'passed'
    ledger.reach[name] = { digest: digestOf(tree, [name]), ground, passed, seconds, marks }
    ledger.save()
    if (!passed) console.log(`${name} ${outcome} before any change and is left out: ${reason}`)
  }
  rmSync(log)
  write(({ text }) => text)
}

/** The test files to try a mutant on: of its own folder first, then by steps of import, then by the time they take. */
export function nearestTests({ tree, ledger }: Bench, tests: TestFile[], { file, start }: Mutation): TestFile[] {
  const home = `test/${file.split('/').slice(0, 2).join('/')}/`
  const away = ({ name, distances }: TestFile) =>
    (name.startsWith(home) ? 0 : 1000) + (distances.get(file) ?? 100) + ledger.reach[name]!.seconds / 1000
  const passing = tests.filter(({ name }) => ledger.reach[name]!.passed)
  const callersOf = (marks: string[]) =>
    passing.filter(({ name }) => marks.some((mark) => ledger.reach[name]!.marks.includes(mark)))
  const callers = marksAt(parse(tree, file), start).map(callersOf)
  const reaching = callers.find(({ length }) => length > 0) ?? []
  return reaching.toSorted((a, b) => away(a) - away(b)).slice(0, nearest)
}
