import type { DialogWords } from '../en/dialogs.ts'
import { say } from './say.ts'

export const words: DialogWords = {
  addressBringsYouBack:
    'Con ella vuelves como la misma persona, en cualquier dispositivo y tantas veces como quieras. Quien la tenga evalúa en tu nombre.',
  seenByOthers: '¿La ha visto alguien más? Una nueva la anula, si te la dieron al unirte.',
  addressNotHere: 'Este navegador no la tiene. Una nueva anula la que te dieron al unirte.',
  makeNewAddress: 'Crear una dirección nueva',

  betterAnswer: { model_a: 'A es mejor', model_b: 'B es mejor' },
  why: '¿Por qué? Marca lo que corresponda, o nada.',
  reasons: {
    correct: 'Más correcta',
    complete: 'Más completa',
    clear: 'Más clara',
    concise: 'Va más al grano',
    points: 'Señala mejor en la imagen',
    safe: 'Más segura',
  },
  howMuchBetter: '¿Cuánto mejor?',
  strengths: { much: 'Mucho mejor', slightly: 'Un poco mejor' },
  giveVerdict: 'Dar el veredicto',
  givenWithThis: 'Con esto se da el veredicto; cierra esta ventana para decidir de nuevo.',

  tryAgain: 'Intentar de nuevo',
  fetchingGuidelines: 'Buscando las instrucciones…',

  useSingleKeys: 'Usar teclas sueltas en este dispositivo',
  does: {
    undo: 'Deshacer el último veredicto',
    report: 'Informar de un problema en esta tarea',
    image: 'Ir a la imagen; después las flechas la mueven',
    'zoom-in': 'Acercar',
    'zoom-out': 'Alejar',
    fit: 'Ver toda la imagen',
    'next-point': 'Punto siguiente',
    'scroll-a': 'Avanzar en la respuesta A',
    'scroll-b': 'Avanzar en la respuesta B',
    guidelines: 'Instrucciones',
    keys: 'Esta lista',
  },
  pressKey: 'Pulsa una tecla',
  pressKeyFor: ({ does }) => `Pulsa una tecla: ${does}`,
  change: 'Cambiar',
  changeKeyFor: ({ does }) => `Cambiar: ${does}`,
  moveImageFocused: 'Mover la imagen, mientras tiene el foco',
  closeWhatIsOpen: 'Cerrar lo que esté abierto',
  setKeysBack: 'Restablecer todas las teclas',
  keyChanged: 'La tecla ha cambiado en este dispositivo.',
  noSign: 'Solo se puede elegir una letra, una cifra o un signo.',
  keyTaken: ({ key, does }) => `${key} ya está en uso: ${does}.`,
  keysRest: 'Las teclas descansan mientras escribes o está abierta una ventana como esta.',
  leastTime: ({ seconds }) =>
    `Una tarea admite el veredicto cuando ha estado a la vista ${say.time(seconds, 'second')}: así, pulsar dos veces no decide nada sin leer.`,

  signOutTitle: '¿Cerrar la sesión?',
  nextStartsAsOther:
    'Quien use después este navegador empieza como otra persona, con un enlace de invitación o una dirección propia.',
  verdictsWait: ({ count }) =>
    say.plural(count, {
      one: 'Un veredicto tuyo espera todavía aquí. Se queda, y se envía en tu nombre cuando vuelvas en este navegador.',
      other: `${say.number(count)} veredictos tuyos esperan todavía aquí. Se quedan, y se envían en tu nombre cuando vuelvas en este navegador.`,
    }),
  keepAddress: 'Guarda tu dirección personal: con ella vuelves',
  comeBackBy: 'Vuelves con tu dirección personal o tu enlace personal.',
  stay: 'Quedarme',
  signOut: 'Cerrar sesión',

  whatIsWrong: 'Qué problema hay',
  faults: {
    image: 'La imagen falta o está dañada',
    unsafe: 'Hay algo peligroso u ofensivo',
    private: 'Hay algo privado de una persona',
    leak: 'Una respuesta dice qué modelo la escribió',
    other: 'Otra cosa',
  },
  wordOnIt: 'Unas palabras al respecto, si quieres',
  leftOutNext: 'La tarea queda fuera sin veredicto, y llega la siguiente.',
  reportAndGoOn: 'Informar y continuar',

  stopTitle: '¿Dejarlo definitivamente?',
  noPanel: 'No te envió ningún panel: no hay plaza que devolver. Puedes parar sin más y volver cuando quieras.',
  placeGoesToOther:
    'Si te envió un panel como Prolific, tu plaza pasa a otra persona y no se muestra ningún código de finalización. Los veredictos que diste se conservan. Si solo quieres descansar, pulsa Pausa.',
  goOnRating: 'Seguir evaluando',
  givePlaceBack: 'Devolver mi plaza',

  languageOfPage: 'Idioma de esta página',
  languageHint:
    'Cambian los botones y los avisos. Las preguntas, las respuestas y los textos propios del estudio quedan como se escribieron.',
}
