/** Emojis for the emotions that devices can show (the common set of the protocol). */
const FACES: Readonly<Record<string, string>> = {
  neutral: '🙂',
  happy: '😊',
  laughing: '😆',
  funny: '😄',
  sad: '😔',
  angry: '😠',
  crying: '😢',
  loving: '🥰',
  embarrassed: '😳',
  surprised: '😮',
  shocked: '😱',
  thinking: '🤔',
  winking: '😉',
  cool: '😎',
  relaxed: '😌',
  delicious: '😋',
  kissy: '😘',
  confident: '😏',
  sleepy: '😴',
  silly: '🤪',
  confused: '😕',
};

/** The emoji for an emotion. Undefined: the emotion is unknown. It is then not shown, as on a device. */
export function faceOf(emotion: string | undefined): string | undefined {
  return emotion === undefined ? undefined : FACES[emotion];
}
