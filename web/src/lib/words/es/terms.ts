import type { TermWords } from '../en/terms.ts'
import { say } from './say.ts'

export const words: TermWords = {
  copy: 'Copiar',
  copied: 'Copiado.',
  copyByHand: 'Este navegador no deja que la página copie: el texto está marcado, cópialo a mano.',
  ownAddress: 'Tu dirección personal',

  time: 'Duración',
  minutesForSitting: ({ minutes }) => `unos ${say.time(minutes, 'minute')} por sesión`,
  pay: 'Pago',
  questionsTo: 'Preguntas a',
  howToJudge: 'Cómo decidir',
  whatIsKept: 'Qué se guarda',
  iAgree: 'He leído esto y estoy de acuerdo',

  placeGivenBack: 'Tu plaza se ha devuelto',
  returnOnPanel: 'Devuélvela también en el panel. Abre el estudio otra vez desde allí si al final quieres seguir.',
  finishOnPanel: 'Termina en tu panel',
  goesOnWithoutYou: 'Este estudio sigue sin ti',
  completionCode: 'Tu código de finalización:',
  yourCode: 'Tu código:',
  allNoted: 'Todo queda anotado. Vuelve a tu panel.',
  pleaseReturn: 'Devuelve tu plaza en el panel, por favor.',
  backToPanel: 'Volver al panel',
  copyCode: 'Copiar el código',
  copyCodeByHand: 'Cópialo a mano.',
}
