import type { HomeWords } from '../en/home.ts'

export const words: HomeWords = {
  yourStudies: 'Tus estudios',
  whatYouDo: 'Una pregunta, una imagen, dos respuestas: ¿cuál es mejor?',
  goOnRating: 'Seguir evaluando',
  noneOpen: 'No tienes ningún estudio abierto',
  linkLetsYouIn: 'Se entra por un enlace de invitación, que te da quien dirige el estudio.',
}
