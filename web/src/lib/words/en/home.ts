export const words = {
  yourStudies: 'Your studies',
  whatYouDo: 'One question, one picture, two answers: which is better?',
  goOnRating: 'Go on rating',
  noneOpen: 'No study is open to you',
  linkLetsYouIn: 'An invite link lets you in. It comes from the person who runs the study.',
}
export type HomeWords = typeof words
