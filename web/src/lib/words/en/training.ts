const items = (count: number) => (count === 1 ? 'one item' : `${count} items`)
const times = (count: number) => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`)

interface Round {
  right: number
  judged: number
}

export const words = {
  title: 'First, a short training',
  what: ({ count }: { count: number }) =>
    `You judge ${items(count)} whose right verdict is known. After each you are told what was expected, and why. None of it is a vote.`,
  bar: ({ needed, count }: { needed: number; count: number }) =>
    `With ${needed} of ${count} as expected you go on to the items of the study.`,
  tries: ({ count }: { count: number }) => `You may try ${times(count)}.`,
  begin: 'Begin',
  skip: 'Go to the cards',

  place: ({ place, count }: { place: number; count: number }) => `Training, item ${place} of ${count}`,
  sending: 'Sending your verdict…',
  away: 'No connection. Your verdict is sent by itself once it is back; keep this tab open.',

  agrees: 'As expected',
  differs: 'Another verdict was expected',
  yours: ({ verdict }: { verdict: string }) => `Yours: ${verdict}.`,
  expected: ({ verdict }: { verdict: string }) => `Expected: ${verdict}.`,
  next: 'Next',

  failedTitle: 'Not quite there yet',
  result: ({ right, judged }: Round) => `You judged ${right} of ${judged} as expected.`,
  needs: ({ needed, count }: { needed: number; count: number }) => `The study asks for ${needed} of ${count}.`,
  again: ({ count }: { count: number }) =>
    `Read the guidelines once more, then try again: you may ${times(count)}, with other items as far as there are any.`,
  tryAgain: 'Try again',
  guidelines: 'Guidelines',

  outTitle: 'Thank you for trying',
  outWhy: 'This study goes on without you. That says something about these items only, and nothing about you.',
  stopHere: 'Stop here',

  waitingTitle: 'The training has no item at the moment',
  waiting: 'Those who run the study can see this. It goes on here by itself, or try again later.',

  throughTitle: 'You are through',
  through: 'The items of the study come now. You are not told what is right there: your own judgement counts.',
  goOn: 'Go on to the items',

  refusedTitle: 'The training could not go on',
}
export type TrainingWords = typeof words
