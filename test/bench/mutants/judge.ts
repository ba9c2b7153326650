import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf, Ledger, type Result } from './ledger.ts'
import { applied, keyOf, type Mutation } from './mutation.ts'
import { openPrivateTree } from './private-tree.ts'
import { nearestTests, readReach, type Bench, type TestFile } from './reach.ts'
import { TestRunner, type TestRun } from './test-runner.ts'

export interface Judged extends Result {
  mutation: Mutation
}

/** Tries each mutant on the tests that reach it and tells the result; what earlier runs found is not tried again. */
export async function judgeAll(
  root: string,
  folders: string[],
  mutations: Mutation[],
  told: (judged: Judged) => void,
): Promise<void> {
  const { tree, close: removeTree } = openPrivateTree(root)
  const runner = await TestRunner.open(tree)
  const close = async () => {
    await runner.close()
    process.chdir(root)
    removeTree()
  }
  const stop = () => {
    runner.stop()
    void close().finally(() => process.exit(130))
  }
  // Vitest's own listeners would leave the database and the tree behind.
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal).once(signal, stop)
  try {
    const bench = { tree, runner, ledger: new Ledger(root) }
    const tests = await readReach(bench, folders)
    for (const mutation of mutations) told({ mutation, ...(await judge(bench, tests, mutation)) })
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await close()
  }
}

async function judge(bench: Bench, tests: TestFile[], mutation: Mutation): Promise<Result> {
  const { tree, ledger } = bench
  const deciding = nearestTests(bench, tests, mutation)
  const digest = (by?: string) =>
    digestOf(tree, [mutation.file, ...(by === undefined ? deciding.map(({ name }) => name) : [by])])
  const before = ledger.results[keyOf(mutation)]
  if (before?.digest === digest(before?.by)) return before
  const begun = performance.now()
  const found = await findOut(bench, deciding, mutation)
  const result = { digest: digest(found.by), seconds: (performance.now() - begun) / 1000, ...found }
  ledger.results[keyOf(mutation)] = result
  ledger.save()
  return result
}

async function findOut(
  bench: Bench,
  deciding: TestFile[],
  mutation: Mutation,
): Promise<Pick<Result, 'outcome' | 'by'>> {
  for (const test of deciding) {
    let outcome = await tryOn(bench, test, mutation)
    if (outcome === 'timed out') {
      // The machine may be slower than when the test was measured: only a second time counts.
      await measure(bench, test)
      outcome = await tryOn(bench, test, mutation)
    }
    if (outcome === 'passed' || !(await stands(bench, test))) continue
    return { outcome: outcome === 'failed' ? 'caught' : 'caught by time', by: test.name }
  }
  return { outcome: deciding.length === 0 ? 'reached by no test' : 'survived' }
}

async function tryOn(bench: Bench, { name }: TestFile, mutation: Mutation): Promise<TestRun['outcome']> {
  const { tree, runner, ledger } = bench
  const path = join(tree, mutation.file)
  const source = readFileSync(path, 'utf8')
  const write = (text: string) => {
    writeFileSync(path, text)
    runner.changed(mutation.file)
  }
  write(applied(source, mutation))
  const { outcome } = await runner.run(name, 20 + 3 * ledger.reach[name]!.seconds)
  write(source)
  return outcome
}

/** Whether the test passes on the code as it is now; a test that last ran on other code is run again. */
async function stands(bench: Bench, test: TestFile): Promise<boolean> {
  if (bench.ledger.reach[test.name]!.ground !== test.ground) await measure(bench, test)
  return bench.ledger.reach[test.name]!.passed
}

async function measure({ runner, ledger }: Bench, { name, ground }: TestFile): Promise<void> {
  const { outcome, seconds, reason } = await runner.run(name, 600)
  Object.assign(ledger.reach[name]!, { ground, seconds, passed: outcome === 'passed' })
  if (outcome !== 'passed') console.log(`${name} ${outcome} before any change and is left out: ${reason}`)
}
