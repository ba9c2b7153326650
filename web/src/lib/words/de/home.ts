import type { HomeWords } from '../en/home.ts'

export const words: HomeWords = {
  yourStudies: 'Ihre Studien',
  whatYouDo: 'Eine Frage, ein Bild, zwei Antworten: Welche ist besser?',
  goOnRating: 'Weiter bewerten',
  noneOpen: 'Ihnen steht keine Studie offen',
  linkLetsYouIn: 'Hinein kommen Sie über einen Einladungslink. Sie erhalten ihn von der Studienleitung.',
}
