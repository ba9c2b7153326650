import { say } from './say.ts'

export const words = {
  yoursAlone: 'This link is yours alone. It brings you back as the same rater, on any device.',
  whatYouDo: ({ items }: { items: number }) =>
    `You read a question about a picture and two answers, and say which is better. A sitting has ${say.count(items, { one: 'item', other: 'items' })}; you may stop at any time. One key or one tap gives a verdict.`,
  whatYouDoForPanel: ({ items }: { items: number }) =>
    `You read a question about a picture and two answers, and say which is better. A sitting has ${say.count(items, { one: 'item', other: 'items' })}; after the last you are told how to finish on your panel.`,
  tickFirst: 'Tick the box first: without your consent nothing is kept, and nothing can be rated.',
  tickOrDecline: 'Tick the box first, or press I do not agree.',
  goOnRating: 'Go on rating',
  startRating: 'Start rating',
  doNotAgree: 'I do not agree',

  otherIsSignedIn:
    'Another rater is signed in in this browser. Going on signs them out. Verdicts of theirs that still wait here are kept, and sent as theirs once they come back.',
  usedBefore:
    'This browser was used for rating before. If that was you, go on as the same rater: your votes stay together, and any that wait on this device are sent.',
  isThatYou:
    'A rater is signed in in this browser. If that is you, go on as the same rater. If not, start as somebody else: verdicts of theirs that still wait here are kept, and sent as theirs once they come back.',
  goOnAsSame: 'Go on as the same rater',
  startAsNew: 'Start as a new rater',
  startAsOther: 'Not you? Start as somebody else',

  beenHere: 'You have been here before: you go on as the same rater.',
  panelId:
    'The panel sent us your id there. It is kept so that you are paid, seen by those who run the study alone, and is part of no publication.',
}
export type JoinWords = typeof words
