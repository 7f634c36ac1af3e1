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

/** Returns undefined if the emotion is unknown. As on a device, no face is then shown. */
export function faceOf(emotion: string | undefined): string | undefined {
  return emotion === undefined ? undefined : FACES[emotion];
}
