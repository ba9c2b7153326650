import type { TrainingWords } from '../en/training.ts'
import { say } from './say.ts'

const times = (count: number) => say.count(count, { one: 'vez', other: 'veces' })

export const words: TrainingWords = {
  title: 'Primero, una práctica breve',
  what: ({ count }) =>
    say.plural(count, {
      one: 'Evalúas una tarea cuyo veredicto correcto se conoce. Después sabrás qué se esperaba y por qué. Nada de esto cuenta en el estudio.',
      other: `Evalúas ${say.number(count)} tareas cuyo veredicto correcto se conoce. Después de cada una sabrás qué se esperaba y por qué. Nada de esto cuenta en el estudio.`,
    }),
  bar: ({ needed, count }) =>
    `Con ${say.number(needed)} de ${say.number(count)} como se esperaba, pasas a las tareas del estudio.`,
  tries: ({ count }) => `Puedes intentarlo ${times(count)}.`,
  begin: 'Empezar',
  skip: 'Ir a las tareas',

  place: ({ place, count }) => `Práctica, tarea ${say.number(place)} de ${say.number(count)}`,
  sending: 'Enviando tu veredicto…',
  away: 'Sin conexión. Tu veredicto se envía por sí solo cuando vuelva; deja abierta esta pestaña.',

  agrees: 'Como se esperaba',
  differs: 'Se esperaba otro veredicto',
  yours: ({ verdict }) => `El tuyo: ${verdict}.`,
  expected: ({ verdict }) => `Se esperaba: ${verdict}.`,
  next: 'Siguiente',

  failedTitle: 'Todavía no',
  result: ({ right, judged }) => `De ${say.number(judged)}, evaluaste ${say.number(right)} como se esperaba.`,
  needs: ({ needed, count }) => `El estudio pide ${say.number(needed)} de ${say.number(count)}.`,
  again: ({ count }) =>
    `Lee otra vez las instrucciones y vuelve a intentarlo. Puedes hacerlo ${times(count)} más, con otras tareas mientras las haya.`,
  tryAgain: 'Intentar de nuevo',
  guidelines: 'Instrucciones',

  outTitle: 'Gracias por intentarlo',
  outWhy: 'Este estudio sigue sin ti. Eso dice algo solo de estas tareas, y nada de ti.',
  stopHere: 'Parar aquí',

  waitingTitle: 'La práctica no tiene tareas en este momento',
  waiting: 'Quienes dirigen el estudio pueden verlo. Continúa aquí por sí sola, o vuelve a intentarlo más tarde.',

  throughTitle: 'Lo has conseguido',
  through: 'Ahora llegan las tareas del estudio. Allí no se te dice qué es correcto: cuenta tu propio criterio.',
  goOn: 'Pasar a las tareas',

  refusedTitle: 'La práctica no pudo continuar',
}
