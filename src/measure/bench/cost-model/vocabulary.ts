/**
 * Syllables that begin a word (`▁`) or continue one. The model always answers with some of these, so that every turn
 * has a text. Two of eight begin a word, which gives two or three words a second, as in speech.
 */
const SYLLABLES = ['▁lo', '▁mi', 'ra', 'te', 'no', 'su', 'ka', 'le'] as const;
const SPECIAL = ['<unk>', '<s>', '</s>'] as const;

/** Random weights give outputs of about 1, so no other token and no blank can win. */
const CHOSEN = 1_000;

/** `tokens.txt` has a token and its number in each line. */
export function tokensText(vocabulary: number): string {
  const lines: string[] = [];
  for (let id = 0; id < vocabulary; id++)
    lines.push(`${SPECIAL[id] ?? SYLLABLES[id - SPECIAL.length] ?? `▁w${id}`} ${id}\n`);
  return lines.join('');
}

/** The bias selects the syllables, and the weights choose among them. */
export function syllableBias(vocabulary: number): Float32Array {
  const bias = new Float32Array(vocabulary);
  bias.fill(CHOSEN, SPECIAL.length, SPECIAL.length + SYLLABLES.length);
  return bias;
}
