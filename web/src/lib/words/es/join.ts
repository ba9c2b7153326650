import type { JoinWords } from '../en/join.ts'
import { say } from './say.ts'

const items = (count: number) => say.count(count, { one: 'tarea', other: 'tareas' })

export const words: JoinWords = {
  yoursAlone: 'Este enlace es solo tuyo. Con él vuelves como la misma persona en cualquier dispositivo.',
  whatYouDo: ({ items: count }) =>
    `Lees una pregunta sobre una imagen y dos respuestas, y dices cuál es mejor. Una sesión tiene ${items(count)}; puedes parar en cualquier momento. Basta una tecla o un toque para dar un veredicto.`,
  whatYouDoForPanel: ({ items: count }) =>
    `Lees una pregunta sobre una imagen y dos respuestas, y dices cuál es mejor. Una sesión tiene ${items(count)}; después de la última sabrás cómo terminar en tu panel.`,
  tickFirst: 'Marca antes la casilla: sin tu consentimiento no se guarda nada y no se puede evaluar.',
  tickOrDecline: 'Marca antes la casilla, o pulsa «No estoy de acuerdo».',
  goOnRating: 'Seguir evaluando',
  startRating: 'Empezar a evaluar',
  doNotAgree: 'No estoy de acuerdo',

  otherIsSignedIn:
    'En este navegador ha iniciado sesión otra persona. Si continúas, se cierra su sesión. Sus veredictos que esperan aquí se guardan, y se envían en su nombre cuando vuelva.',
  usedBefore:
    'Este navegador ya se usó para evaluar. Si fuiste tú, continúa como la misma persona: tus veredictos quedan juntos, y se envían los que esperan en este dispositivo.',
  isThatYou:
    'Hay una persona con la sesión iniciada en este navegador. Si eres tú, continúa como la misma persona. Si no, empieza como otra: sus veredictos que esperan aquí se guardan, y se envían en su nombre cuando vuelva.',
  goOnAsSame: 'Continuar como la misma persona',
  startAsNew: 'Empezar como persona nueva',
  startAsOther: '¿No eres tú? Empezar como otra persona',

  beenHere: 'Ya estuviste aquí: continúas como la misma persona.',
  panelId:
    'El panel nos envió tu identificador. Se guarda para que te paguen, solo lo ven quienes dirigen el estudio y no forma parte de ninguna publicación.',
}
