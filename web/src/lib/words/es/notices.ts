import type { NoticeWords } from '../en/notices.ts'
import { say } from './say.ts'

const verdicts = (count: number) => say.count(count, { one: 'veredicto', other: 'veredictos' })

export const words: NoticeWords = {
  ratedFor: ({ minutes }) =>
    `Llevas ${say.time(minutes, 'minute')} evaluando. Un descanso corto mantiene fresco el criterio; no se pierde nada.`,
  takeBreak: 'Descansar',
  goOn: 'Seguir',

  signedOut: ({ count }) =>
    say.plural(count, {
      one: 'Tu sesión está cerrada. Abre otra vez tu enlace de invitación en este navegador y continúa como la misma persona: el veredicto guardado aquí se enviará entonces.',
      other: `Tu sesión está cerrada. Abre otra vez tu enlace de invitación en este navegador y continúa como la misma persona: los ${verdicts(count)} guardados aquí se enviarán entonces.`,
    }),
  linkTakenBack: ({ count }) =>
    say.plural(count, {
      one: 'Tu enlace fue retirado y tu sesión está cerrada. Pide uno nuevo a quien dirige el estudio: el veredicto guardado aquí se enviará entonces.',
      other: `Tu enlace fue retirado y tu sesión está cerrada. Pide uno nuevo a quien dirige el estudio: los ${verdicts(count)} guardados aquí se enviarán entonces.`,
    }),
  notTaken: ({ item, why }) => `Tu veredicto sobre la tarea ${say.number(item)} no se aceptó. ${why}`,
  keptOfOthers: ({ count }) =>
    say.plural(count, {
      one: 'Hay un veredicto de otra persona guardado en este dispositivo. Solo ella puede enviarlo.',
      other: `Hay ${verdicts(count)} de otra persona guardados en este dispositivo. Solo ella puede enviarlos.`,
    }),
  keepsNothing:
    'Este navegador no guarda nada en este dispositivo. Los veredictos se envían al momento; deja abierta esta pestaña hasta que todos estén guardados.',

  paused: 'En pausa',
  pausedKept:
    'Tus veredictos están guardados, y las tareas que no habías visto quedan libres para otras personas. Sigue cuando quieras.',
  pausedTryOut: 'De una prueba no se guarda nada. Sigue cuando quieras.',
  goOnRating: 'Seguir evaluando',
  otherSignedIn: 'Aquí ha iniciado sesión otra persona',
  keptForYou: ({ count }) =>
    say.plural(count, {
      one: 'Un veredicto tuyo está guardado en este dispositivo. Solo se envía en tu nombre, cuando vuelvas a iniciar sesión.',
      other: `${verdicts(count)} tuyos están guardados en este dispositivo. Solo se envían en tu nombre, cuando vuelvas a iniciar sesión.`,
    }),
  allSavedYours: 'Todos tus veredictos están guardados.',
  goOnAsSignedIn: 'Seguir como quien ha iniciado sesión',
  studyClosed: 'Este estudio está cerrado',
  closedThanks: ({ count }) =>
    say.plural(count, {
      one: 'Ya no admite veredictos. El tuyo está guardado. Gracias.',
      other: `Ya no admite veredictos. Los tuyos, ${verdicts(count)}, están guardados. Gracias.`,
    }),
  stopHere: 'Parar aquí',
  workDone: 'Tu trabajo en este estudio ha terminado',
  excludedThanks: ({ count }) =>
    `Gracias por ${verdicts(count)}. Aquí no se te pide nada más; un veredicto que se envíe después no cuenta.`,
  studyPaused: 'Este estudio está en pausa',
  pausedStudyKept: ({ count }) =>
    say.plural(count, {
      one: 'Tu veredicto está guardado. La próxima tarea aparece aquí por sí sola cuando el estudio continúe.',
      other: `Tus ${verdicts(count)} están guardados. La próxima tarea aparece aquí por sí sola cuando el estudio continúe.`,
    }),
  queueFull: 'Veinte veredictos esperan en este dispositivo',
  noMoreFit:
    'No caben más hasta que el servidor responda. Entonces se envían, y cada uno cuenta una vez. Deja abierta esta pestaña.',
  tryToSend: 'Intentar enviar',
  itemsDone: ({ count }) => `${say.count(count, { one: 'tarea hecha', other: 'tareas hechas' })}. Gracias`,
  doneTryOut: 'De esta prueba no se guarda nada. Puedes parar aquí o seguir evaluando.',
  doneOnTheirWay: ({ count }) =>
    say.plural(count, {
      one: 'Un veredicto va todavía de camino: deja abierta esta pestaña un momento. Puedes parar aquí o seguir evaluando.',
      other: `${verdicts(count)} van todavía de camino: deja abierta esta pestaña un momento. Puedes parar aquí o seguir evaluando.`,
    }),
  doneSaved: 'Todo está guardado. Puedes parar aquí o seguir evaluando.',
  rateOn: 'Seguir evaluando',
  nothingLeft: 'No queda nada por evaluar',
  seenAll: ({ count }) => `Has visto todas las tareas que hay para ti: ${verdicts(count)}. Gracias.`,
  notFetched: 'No se pudo obtener ninguna tarea',
  tryNow: 'Intentar ahora',
  noneReady: 'Todavía no hay ninguna tarea lista',
  answersIn: ({ ready, asked }) =>
    `Han llegado ${say.number(ready)} de ${say.number(asked)} respuestas. La próxima tarea llega con las próximas respuestas.`,
  withOthers: 'Las últimas tareas las tienen otras personas. Lo que devuelvan llega aquí.',
  appearsByItself: 'La próxima tarea aparece aquí por sí sola.',

  youSoFar: ({ count, sittings, days, minutes }) =>
    `Hasta ahora: ${verdicts(count)} en ${say.count(sittings, { one: 'sesión', other: 'sesiones' })} y ${say.count(days, { one: 'día', other: 'días' })}; tiempo en las tareas: ${say.hours(minutes)}.`,
  codeNotFetched: ({ why }) => `Si te envió un panel: no se pudo obtener tu código. ${why}`,
  fetchCodeAgain: 'Obtener mi código de nuevo',

  yoursAlone: 'Esta dirección es solo tuya.',
  keepIt:
    'Guárdala: con ella vuelves como la misma persona en cualquier dispositivo, o cuando este navegador te haya olvidado.',
  underMore: 'La encuentras en Más en cualquier momento.',
}
