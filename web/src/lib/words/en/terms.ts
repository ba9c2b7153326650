import { say } from './say.ts'

export const words = {
  copy: 'Copy',
  copied: 'Copied.',
  copyByHand: 'This browser does not let the page copy: it is marked, copy it by hand.',
  ownAddress: 'Your own address',

  time: 'Time',
  minutesForSitting: ({ minutes }: { minutes: number }) => `about ${say.time(minutes, 'minute')} for a sitting`,
  pay: 'Pay',
  questionsTo: 'Questions to',
  howToJudge: 'How to judge',
  whatIsKept: 'What is kept',
  iAgree: 'I have read this and agree',

  placeGivenBack: 'Your place was given back',
  returnOnPanel: 'Return it on the panel too. Open the study from there again if you want to go on after all.',
  finishOnPanel: 'Finish on your panel',
  goesOnWithoutYou: 'This study goes on without you',
  completionCode: 'Your completion code:',
  yourCode: 'Your code:',
  allNoted: 'All is noted. Go back to your panel.',
  pleaseReturn: 'Please return your place on the panel.',
  backToPanel: 'Back to the panel',
  copyCode: 'Copy the code',
  copyCodeByHand: 'Copy it by hand.',
}
export type TermWords = typeof words
