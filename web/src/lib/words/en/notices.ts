import { say } from './say.ts'

const votes = (count: number) => say.count(count, { one: 'vote', other: 'votes' })
const verdicts = (count: number) => say.count(count, { one: 'verdict', other: 'verdicts' })

export const words = {
  ratedFor: ({ minutes }: { minutes: number }) =>
    `You have rated for ${say.time(minutes, 'minute')}. A short break keeps judgements fresh; nothing is lost.`,
  takeBreak: 'Take a break',
  goOn: 'Go on',

  signedOut: ({ count }: { count: number }) =>
    `You are signed out. Open your invite link again in this browser and go on as the same rater: ${votes(count)} kept here will then be sent.`,
  linkTakenBack: ({ count }: { count: number }) =>
    say.plural(count, {
      one: 'Your link was taken back, and you are signed out. Ask the person who runs the study for a new one: the vote kept here will then be sent.',
      other: `Your link was taken back, and you are signed out. Ask the person who runs the study for a new one: ${votes(count)} kept here will then be sent.`,
    }),
  notTaken: ({ item, why }: { item: number; why: string }) =>
    `Your verdict on item ${say.number(item)} was not taken. ${why}`,
  keptOfOthers: ({ count }: { count: number }) =>
    `${votes(count)} of another rater kept on this device. Only they can send what is theirs.`,
  keepsNothing:
    'This browser keeps nothing on this device. Votes are sent as you go; keep this tab open until all are saved.',

  paused: 'Paused',
  pausedKept: 'Your votes are kept, and the items you had not seen went back for others. Go on when you like.',
  pausedTryOut: 'Nothing of a try-out is kept. Go on when you like.',
  goOnRating: 'Go on rating',
  otherSignedIn: 'Another rater is signed in here',
  keptForYou: ({ count }: { count: number }) =>
    say.plural(count, {
      one: '1 vote of yours is kept on this device. It goes out in your name alone, once you are signed in again.',
      other: `${votes(count)} of yours are kept on this device. They go out in your name alone, once you are signed in again.`,
    }),
  allSavedYours: 'All your votes are saved.',
  goOnAsSignedIn: 'Go on as who is signed in',
  studyClosed: 'This study is closed',
  closedThanks: ({ count }: { count: number }) =>
    `It takes no more verdicts. Yours, ${verdicts(count)}, are kept. Thank you.`,
  stopHere: 'Stop here',
  workDone: 'Your work in this study is done',
  excludedThanks: ({ count }: { count: number }) =>
    `Thank you for ${verdicts(count)}. Nothing more is asked of you here; a vote sent later does not count.`,
  studyPaused: 'This study is paused',
  pausedStudyKept: ({ count }: { count: number }) =>
    say.plural(count, {
      one: 'Your one verdict is kept. The next item appears here by itself when the study goes on.',
      other: `Your ${verdicts(count)} are kept. The next item appears here by itself when the study goes on.`,
    }),
  queueFull: 'Twenty votes wait on this device',
  noMoreFit: 'No more fit until the server answers. They are sent when it does, each counted once. Keep this tab open.',
  tryToSend: 'Try to send',
  itemsDone: ({ count }: { count: number }) => `${say.count(count, { one: 'item', other: 'items' })} done. Thank you`,
  doneTryOut: 'Nothing of this try-out is kept. You may stop here, or rate on.',
  doneOnTheirWay: ({ count }: { count: number }) =>
    `${votes(count)} still on the way: keep this tab open for a moment. You may stop here, or rate on.`,
  doneSaved: 'All saved. You may stop here, or rate on.',
  rateOn: 'Rate on',
  nothingLeft: 'Nothing is left to rate',
  seenAll: ({ count }: { count: number }) =>
    `You have seen every item there is for you: ${verdicts(count)}. Thank you.`,
  notFetched: 'No item could be fetched',
  tryNow: 'Try now',
  noneReady: 'No item is ready yet',
  answersIn: ({ ready, asked }: { ready: number; asked: number }) =>
    `${say.number(ready)} of ${say.number(asked)} answers are in. The next card comes with the next answers.`,
  withOthers: 'The last battles are with other raters. What they give back comes here.',
  appearsByItself: 'The next item appears here by itself.',

  youSoFar: ({ count, sittings, days, minutes }: { count: number; sittings: number; days: number; minutes: number }) =>
    `You so far: ${verdicts(count)} in ${say.count(sittings, { one: 'sitting', other: 'sittings' })} on ${say.count(days, { one: 'day', other: 'days' })}, ${say.hours(minutes)} on cards.`,
  codeNotFetched: ({ why }: { why: string }) => `If a panel sent you: your code could not be fetched. ${why}`,
  fetchCodeAgain: 'Fetch my code again',

  yoursAlone: 'This address is yours alone.',
  keepIt: 'Keep it: it brings you back as the same rater on any device, or when this browser has forgotten you.',
  underMore: 'You find it under More at any time.',
}
export type NoticeWords = typeof words
