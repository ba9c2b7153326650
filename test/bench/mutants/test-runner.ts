import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createVitest, type TestModule, type TestProject, type Vitest } from 'vitest/node'
import { keptList } from '../../support/database-server.ts'

export interface TestRun {
  outcome: 'passed' | 'failed' | 'timed out'
  seconds: number
  /** What the first failure said. */
  reason: string
}

/**
 * Vitest kept warm over a tree: one PostgreSQL, and code is read and compiled anew only where a file was said to have
 * changed. Test files run one at a time, each in a process of its own, and end at their first failure.
 */
export class TestRunner {
  readonly #vitest: Vitest
  readonly #project: TestProject
  #stopped = false

  private constructor(vitest: Vitest, project: TestProject) {
    this.#vitest = vitest
    this.#project = project
  }

  /** Changes the working directory to the tree: tests and the programs they start count on it. */
  static async open(tree: string): Promise<TestRunner> {
    process.chdir(tree)
    const vitest = await createVitest('test', {
      root: tree,
      config: join(tree, 'vitest.config.ts'),
      project: 'server',
      watch: false,
      bail: 1,
      maxWorkers: 1,
      reporters: [{}],
      silent: true,
    })
    await vitest.standalone()
    return new TestRunner(vitest, vitest.getProjectByName('server'))
  }

  /** The test files, as paths from the root of the tree. */
  async files(): Promise<string[]> {
    const found = await this.#project.globTestFiles()
    return found.testFiles.map((file) => file.slice(this.#vitest.config.root.length + 1)).toSorted()
  }

  changed(file: string): void {
    this.#vitest.invalidateFile(join(this.#vitest.config.root, file))
  }

  async run(testFile: string, withinSeconds: number): Promise<TestRun> {
    if (this.#stopped) throw new Error('Stopped')
    const begun = performance.now()
    const over = new AbortController()
    let timedOut = false
    void pause(withinSeconds * 1000, undefined, { signal: over.signal }).then(
      () => {
        timedOut = true
        killWorkers()
      },
      () => {},
    )
    const specification = this.#project.createSpecification(join(this.#vitest.config.root, testFile))
    const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications([specification])
    over.abort()
    // Vitest reports what ran before as well.
    const modules = testModules.filter(({ moduleId }) => moduleId === specification.moduleId)
    const passed = unhandledErrors.length === 0 && modules.length === 1 && modules[0]!.ok()
    process.exitCode = 0
    return {
      outcome: timedOut ? 'timed out' : passed ? 'passed' : 'failed',
      seconds: (performance.now() - begun) / 1000,
      reason: reasonOf(modules, unhandledErrors),
    }
  }

  /** Ends what runs; no run comes after it. */
  stop(): void {
    this.#stopped = true
    killWorkers()
  }

  /** Databases of tests that noticed a mutant are of no interest. */
  async close(): Promise<void> {
    const { testData } = this.#project.getProvidedContext()
    if (testData) rmSync(join(testData, keptList), { force: true })
    await this.#vitest.close()
  }
}

function reasonOf(modules: TestModule[], unhandled: unknown[]): string {
  const failed = modules.flatMap((module) => [
    ...module.errors(),
    ...[...module.children.allTests()].flatMap((test) => test.result().errors ?? []),
  ])
  const [first] = [...failed, ...unhandled] as { message: string }[]
  return first?.message ?? ''
}

/** Ends the processes that run tests for this one, with what they started: nothing else stops a loop without an end. */
function killWorkers(): void {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .map(([, pid, parent, command = '']) => ({ pid: Number(pid), parent: Number(parent), command }))
  const doomed = listed.filter(({ parent, command }) => parent === process.pid && command.includes('vitest'))
  for (const { pid } of doomed) doomed.push(...listed.filter(({ parent }) => parent === pid))
  for (const { pid } of doomed) endProcess(pid)
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
