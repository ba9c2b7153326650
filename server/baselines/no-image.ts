import { capitalised, choiceShort, type Findings } from './findings.ts'
import type { Question } from './question.ts'

/** Answers from the wording alone: the first choice, or the usual answer to the kind of question. It is handed no picture. */
export function answerUnseen(question: Question): Promise<Findings> {
  const short = usualAnswer(question)
  return Promise.resolve({
    short,
    sentences: sentencesFor(question, short),
    facts: [
      ['Question', question.ask || 'none asked'],
      ['Likely answer', short],
      ['Certainty', 'low: a guess from the wording of the question'],
    ],
  })
}

/** The usual answers of short-answer sets on photographs and charts, by the kind of question. */
function usualAnswer(question: Question): string {
  const ask = question.ask.toLowerCase()
  switch (question.kind) {
    case 'choice':
      return choiceShort(question.choices[0]!)
    case 'count':
      return '2'
    case 'yes-no':
      return 'Yes'
    case 'colour':
      return 'white'
    case 'number':
      return /percent|share|rate/.test(ask) ? '50%' : /how old/.test(ask) ? '30' : '2'
    case 'point':
      return 'in the middle'
    case 'text':
    case 'describe':
    case 'create':
    case 'open':
      if (/\b(what|which) year\b|\bwhen\b/.test(ask)) return '2015'
      if (/\bwho\b/.test(ask)) return 'man'
      if (/\bwhere\b/.test(ask)) return 'outside'
      if (/\bwhat time\b/.test(ask)) return 'noon'
      return 'no'
  }
}

function sentencesFor(question: Question, short: string): string[] {
  const caution = 'Please take this as a guess from the wording of your question, because I had nothing else to go on.'
  switch (question.kind) {
    case 'choice': {
      const first = question.choices[0]!
      return [`I would go with ${first.letter ? `${first.letter}, “${first.text}”` : `“${first.text}”`}.`, caution]
    }
    case 'count':
      return [
        `Questions like this most often have the answer ${short}, so ${short} is my guess for the ${question.subject}.`,
        caution,
      ]
    case 'yes-no':
      return [`Most likely ${short.toLowerCase()}.`, caution]
    case 'colour':
    case 'number':
      return [`${capitalised(short)} would be the most usual answer here.`, caution]
    case 'point':
      return [`If I had to say where to look for the ${question.subject}, I would start in the middle.`, caution]
    case 'describe':
      return [
        'Pictures that people ask about usually show one main subject near the middle, with a plainer background around it.',
        'I cannot tell you which details are true of this one.',
      ]
    case 'create':
      return [
        'Someone stopped here and looked for a while,',
        'and kept what they saw for another day;',
        'the rest is for the reader to imagine.',
      ]
    case 'text':
      return ['I cannot quote any words here.', 'A title, a date and a few labels would be the usual things to find.']
    case 'open':
      return [
        'I cannot be sure of the details, so here is the general case rather than a precise reply.',
        question.terms.length > 0
          ? `The question turns on ${question.terms.slice(0, 3).join(', ')}; start with what is plainly visible there and check it against what you already know.`
          : 'Start with what is plainly visible and check it against what you already know.',
      ]
  }
}
