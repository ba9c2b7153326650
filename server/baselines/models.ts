import path from 'node:path'
import type { BaselineName } from './catalogue.ts'
import { writeAnswer, type Baseline } from './findings.ts'
import type { BaselineLogger } from './logger.ts'
import { answerUnseen } from './no-image.ts'
import { answerFromText } from './text/ocr.ts'
import { answerFromColours } from './picture/palette.ts'
import type { Picture } from './picture/picture.ts'
import { answerWithPoints } from './picture/points.ts'
import { readQuestion } from './question.ts'
import { locateTextEngine, textReader } from './text/text-reader.ts'

/** The models that can answer on this machine, and what they hold open. */
export interface Baselines {
  names: BaselineName[]
  /** The answer to a prompt about pictures; null where there is no such model. */
  answer(model: string, prompt: string, pictures: Picture[]): Promise<string> | null
  close(): Promise<void>
}

/** Gathers the models; the one that reads text is left out where `engine` is null. Texts read are kept in `cacheDir`. */
export function gatherBaselines(options: {
  cacheDir: string
  logger: BaselineLogger
  engine?: { langPath: string } | null
}): Baselines {
  const { cacheDir, logger, engine = locateTextEngine() } = options
  const reader = engine && textReader({ ...engine, cacheDir: path.join(cacheDir, 'text'), logger })
  const models = new Map<string, Baseline>()
  const names: BaselineName[] = []
  const add = (name: BaselineName, model: Baseline) => {
    models.set(name, model)
    names.push(name)
  }
  if (reader) add('baseline-ocr', (question, pictures) => answerFromText(question, pictures, reader))
  add('baseline-palette', answerFromColours)
  add('baseline-no-image', (question) => answerUnseen(question))
  add('baseline-points', answerWithPoints)
  return {
    names,
    answer(model, prompt, pictures) {
      const answerer = models.get(model)
      const question = readQuestion(prompt)
      return answerer ? answerer(question, pictures).then((findings) => writeAnswer(question, findings)) : null
    },
    close: async () => reader?.close(),
  }
}
