/** The emotions a device can show (the protocol's common set), as a page shows them. */
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

/** Undefined: a face that is not known is not shown, as on a device. */
export function faceOf(emotion: string | undefined): string | undefined {
  return emotion === undefined ? undefined : FACES[emotion];
}
