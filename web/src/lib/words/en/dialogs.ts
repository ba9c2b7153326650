import type { VoteReason } from '#server/battles/schema.ts'
import { say } from './say.ts'

export const words = {
  addressBringsYouBack:
    'It brings you back as the same rater, on any device and as often as you like. Whoever has it rates as you.',
  seenByOthers: 'Did somebody else see it? A new one ends it, if it was given to you when you joined.',
  addressNotHere: 'This browser does not have it. A new one ends the one that you were given when you joined.',
  makeNewAddress: 'Make a new address',

  betterAnswer: { model_a: 'A is better', model_b: 'B is better' },
  why: 'Why? Choose what holds, or nothing.',
  reasons: {
    correct: 'More correct',
    complete: 'More complete',
    clear: 'Clearer',
    concise: 'More to the point',
    points: 'Points better at the picture',
    safe: 'Safer',
  } satisfies Record<VoteReason, string> as Record<VoteReason, string>,
  howMuchBetter: 'How much better?',
  strengths: { much: 'Much better', slightly: 'Slightly better' },
  giveVerdict: 'Give the verdict',
  givenWithThis: 'The verdict is given with this; close it to judge anew.',

  tryAgain: 'Try again',
  fetchingGuidelines: 'Fetching the guidelines…',

  useSingleKeys: 'Use single keys on this device',
  does: {
    undo: 'Undo the last verdict',
    report: 'Report this item',
    image: 'Go to the image; arrows then move it',
    'zoom-in': 'Zoom in',
    'zoom-out': 'Zoom out',
    fit: 'Show the whole image',
    'next-point': 'Next point',
    'scroll-a': 'Scroll answer A',
    'scroll-b': 'Scroll answer B',
    guidelines: 'Guidelines',
    keys: 'This sheet',
  },
  pressKey: 'Press a key',
  pressKeyFor: ({ does }: { does: string }) => `Press a key: ${does}`,
  change: 'Change',
  changeKeyFor: ({ does }: { does: string }) => `Change: ${does}`,
  moveImageFocused: 'Move the image, while it has the focus',
  closeWhatIsOpen: 'Close what is open',
  setKeysBack: 'Set all keys back',
  keyChanged: 'The key is changed on this device.',
  noSign: 'Only a letter, a digit or a sign can be chosen.',
  keyTaken: ({ key, does }: { key: string; does: string }) => `${key} is taken: ${does}.`,
  keysRest: 'Keys rest while you type or a window like this one is open.',
  leastTime: ({ seconds }: { seconds: number }) =>
    `An item takes its verdict once it has been in sight for ${say.time(seconds, 'second')}: a key or button pressed twice judges nothing unread.`,

  signOutTitle: 'Sign out of rating?',
  nextStartsAsOther:
    'Whoever comes next in this browser starts as somebody else, by an invite link or an address of their own.',
  verdictsWait: ({ count }: { count: number }) =>
    `${say.count(count, { one: 'verdict of yours still waits here. It stays, and is sent as yours', other: 'verdicts of yours still wait here. They stay, and are sent as yours' })} once you come back in this browser.`,
  keepAddress: 'Keep your own address: it brings you back',
  comeBackBy: 'You come back by your own address or your personal link.',
  stay: 'Stay',
  signOut: 'Sign out',

  whatIsWrong: 'What is wrong',
  faults: {
    image: 'The image is missing or broken',
    unsafe: 'Something here is unsafe or offensive',
    private: 'Something here is private to a person',
    leak: 'An answer says which model wrote it',
    other: 'Something else',
  },
  wordOnIt: 'A word on it, if you like',
  leftOutNext: 'The item is left out without a verdict, and the next one comes.',
  reportAndGoOn: 'Report and go on',

  stopTitle: 'Stop for good?',
  noPanel: 'No panel sent you: there is no place to give back. You may simply stop, and come back when you like.',
  placeGoesToOther:
    'If a panel such as Prolific sent you, your place goes to somebody else and no completion code is shown. The verdicts that you gave are kept. For a break, press Pause instead.',
  goOnRating: 'Go on rating',
  givePlaceBack: 'Give my place back',

  languageOfPage: 'Language of this page',
  languageHint: 'Buttons and notes change. Questions, answers and the study’s own texts stay as they were written.',
}
export type DialogWords = typeof words
