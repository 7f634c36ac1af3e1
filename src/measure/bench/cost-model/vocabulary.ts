/**
 * Syllables that begin a word (`▁`) or continue one. The model always answers with some of them, so that every
 * utterance has a text and every turn continues. Two of the eight begin a word. This gives two or three words a second,
 * as in speech.
 */
const SYLLABLES = ['▁lo', '▁mi', 'ra', 'te', 'no', 'su', 'ka', 'le'] as const;
const SPECIAL = ['<unk>', '<s>', '</s>'] as const;

/** Far above the outputs of random weights (about 1), so that no other token and no blank can win. */
const CHOSEN = 1_000;

/** `tokens.txt`: a token and its number in each line. */
export function tokensText(vocabulary: number): string {
  const lines: string[] = [];
  for (let id = 0; id < vocabulary; id++)
    lines.push(`${SPECIAL[id] ?? SYLLABLES[id - SPECIAL.length] ?? `▁w${id}`} ${id}\n`);
  return lines.join('');
}

/** Bias of the last layer. It selects the syllables and leaves the choice among them to the weights. */
export function syllableBias(vocabulary: number): Float32Array {
  const bias = new Float32Array(vocabulary);
  bias.fill(CHOSEN, SPECIAL.length, SPECIAL.length + SYLLABLES.length);
  return bias;
}
