import { device } from './device-store.ts'

/** The studies' guidelines as the invite showed them: the rating page reads them from here, since it asks nothing that names a model. */
const keyOf = (study: string) => `guidelines:${study}`

export function keepGuidelines(study: string, guidelines: string) {
  device.keep(keyOf(study), guidelines)
}

/** The study's own text (plain paragraphs, lists and bold), or the rules that hold everywhere. */
export function guidelinesOf(study: string): string {
  return device.read(keyOf(study)) || rules
}

const rules = `Read the question, look at the picture, then read both answers. Choose the one that you would rather have been given.

- **A is better** or **B is better**: even if only a little.
- **Both good**: you would be glad of either.
- **Both bad**: neither is of use.
- **Don’t know**: you cannot judge. It counts for nobody.

What is right comes before what is well put, and length is no merit. Points on the picture are part of an answer: check them too. If an answer says which model wrote it, report it instead of voting.`
