import type { TermWords } from '../en/terms.ts'
import { say } from './say.ts'

export const words: TermWords = {
  copy: 'Kopieren',
  copied: 'Kopiert.',
  copyByHand: 'Dieser Browser lässt die Seite nicht kopieren: Der Text ist markiert, kopieren Sie ihn von Hand.',
  ownAddress: 'Ihre eigene Adresse',

  time: 'Dauer',
  minutesForSitting: ({ minutes }) => `etwa ${say.time(minutes, 'minute')} je Sitzung`,
  pay: 'Vergütung',
  questionsTo: 'Fragen an',
  howToJudge: 'So urteilen Sie',
  whatIsKept: 'Was aufbewahrt wird',
  iAgree: 'Ich habe das gelesen und bin einverstanden',

  placeGivenBack: 'Ihr Platz ist zurückgegeben',
  returnOnPanel:
    'Geben Sie ihn auch beim Panel zurück. Öffnen Sie die Studie von dort aus noch einmal, wenn Sie doch weitermachen möchten.',
  finishOnPanel: 'Schließen Sie bei Ihrem Panel ab',
  goesOnWithoutYou: 'Diese Studie läuft ohne Sie weiter',
  completionCode: 'Ihr Abschlusscode:',
  yourCode: 'Ihr Code:',
  allNoted: 'Alles ist notiert. Gehen Sie zu Ihrem Panel zurück.',
  pleaseReturn: 'Bitte geben Sie Ihren Platz beim Panel zurück.',
  backToPanel: 'Zurück zum Panel',
  copyCode: 'Code kopieren',
  copyCodeByHand: 'Kopieren Sie ihn von Hand.',
}
