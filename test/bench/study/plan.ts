import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Plan {
  models: number
  pictures: number
  pictureKb: number
  raters: number
  votesPerPair: number
  thinkMs: number
}

/** The paper's study, or a part of it: fewer pictures, raters and votes for each of the 351 pairs. */
export function planOf(scale: number, thinkMs: number): Plan {
  if (!(scale > 0 && scale <= 1)) throw new Error('--scale takes a number above 0 and up to 1')
  const part = (whole: number) => Math.max(1, Math.round(whole * scale))
  return { models: 27, pictures: part(15_000), pictureKb: 52, raters: part(870), votesPerPair: part(926), thinkMs }
}

export interface StepResult {
  seconds: number
  /** What was measured, a line each. */
  lines: string[]
  /** Whether every target of the step was met. */
  holds: boolean
}

export type Step = (folder: StudyFolder) => Promise<Omit<StepResult, 'seconds'>>

interface Kept {
  plan: Plan
  done: Record<string, StepResult>
  /** Sessions of the raters who have joined. */
  raters: string[]
}

/** Where one study of the bench lies, with what is done of it. */
export class StudyFolder {
  readonly path: string
  readonly plan: Plan
  readonly env: Record<string, string>
  readonly #kept: Kept

  /** Throws where the folder holds a study of another size. */
  constructor(path: string, plan: Plan) {
    this.path = path
    this.plan = plan
    this.env = { ARENA_DATA: join(path, 'data'), ARENA_SAMPLES: 'off', LOG_LEVEL: 'warn' }
    const file = this.#file()
    this.#kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : { plan, done: {}, raters: [] }
    if (JSON.stringify(this.#kept.plan) !== JSON.stringify(plan))
      throw new Error(`${path} holds a study of another size: give --fresh, or another --folder`)
  }

  done(step: string): StepResult | undefined {
    return this.#kept.done[step]
  }

  finish(step: string, result: StepResult): StepResult {
    this.#kept.done[step] = result
    this.#save()
    return result
  }

  get raters(): string[] {
    return this.#kept.raters
  }

  addRater(cookie: string): void {
    this.#kept.raters.push(cookie)
    this.#save()
  }

  #file(): string {
    return join(this.path, 'done.json')
  }

  #save(): void {
    writeFileSync(this.#file(), JSON.stringify(this.#kept, null, 1))
  }
}
