import { afterAll, onTestFinished, TestRunner } from 'vitest'

/** Vitest forgets an `afterAll` that is registered inside a `beforeAll`; this one is registered as the file is collected. */
const afterTheFile: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const work of afterTheFile.splice(0).reverse()) await work()
})

/** Does the work when the test ends, or the file where no test is running. */
export function atEnd(work: () => Promise<void>): void {
  if (TestRunner.getCurrentTest()) onTestFinished(work)
  else afterTheFile.push(work)
}
