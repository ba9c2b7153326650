import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What one test file was seen to do with the code as it is. */
export interface Reach {
  /** Of the test file: what it calls is looked at again when it has changed. */
  digest: string
  /** Of all that it leads to, as it was when the test last ran on the code as it is. */
  ground: string
  passed: boolean
  seconds: number
  /** The functions that it calls, named by `marksAt`. */
  marks: string[]
}

export interface Result {
  /** Of the mutated file and of the test files that decided. */
  digest: string
  outcome: 'caught' | 'caught by time' | 'survived' | 'reached by no test'
  /** The test file that caught it. */
  by?: string
  seconds: number
}

/** What earlier runs found, kept on the disk after each step, so that a run that was stopped goes on where it was. */
export class Ledger {
  readonly #path: string
  readonly reach: Record<string, Reach>
  readonly results: Record<string, Result>

  constructor(root: string) {
    this.#path = join(root, 'test/.artifacts/mutants.json')
    const kept = existsSync(this.#path)
      ? (JSON.parse(readFileSync(this.#path, 'utf8')) as Pick<Ledger, 'reach' | 'results'>)
      : { reach: {}, results: {} }
    this.reach = kept.reach
    this.results = kept.results
  }

  save(): void {
    mkdirSync(dirname(this.#path), { recursive: true })
    writeFileSync(`${this.#path}.new`, JSON.stringify({ reach: this.reach, results: this.results }))
    renameSync(`${this.#path}.new`, this.#path)
  }
}

export function digestOf(root: string, files: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const file of [...files].toSorted()) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}
