import { readFile } from 'node:fs/promises';
import type { TtsSpec } from '../models/spec.js';

/** Whether a local voice has at least one token for a text. */
export type Speakable = (text: string) => boolean;

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const DIGIT = /\p{N}/u;
/** Words in a script with spaces, and every other character by itself, as sherpa-onnx looks them up. */
const UNITS = /[\p{Script=Latin}\p{M}'’]+|\S/gu;

/**
 * The library (1.13.0) ends its process when a text has no token at all, so such a text must not reach it. A voice with
 * espeak-ng data can say every letter and digit. Another voice can say the words of its lexicon, and digits if it has
 * rules for them. `path` gives the absolute path of a file of the model.
 */
export async function loadSpeakable(spec: TtsSpec, path: (name: string) => string): Promise<Speakable> {
  const lexicons = spec.lexicon ?? [];
  if (spec.dataDir !== undefined || lexicons.length === 0) return (text) => LETTER_OR_DIGIT.test(text);
  const words = new Set<string>();
  for (const name of lexicons)
    for (const line of (await readFile(path(name), 'utf8')).split('\n')) words.add(line.split(/\s/, 1)[0] ?? '');
  const hasRules = (spec.ruleFsts ?? []).length > 0;
  return (text) =>
    (hasRules && DIGIT.test(text)) || (text.toLowerCase().match(UNITS) ?? []).some((unit) => words.has(unit));
}

/** The place after a full-width stop, or after an ASCII one that white space follows: `3.5` stays whole. */
const SENTENCE_END = /(?<=[。！？…][”’」』）]*)(?![。！？…”’」』）])|(?<=[.!?]["')]*)\s+/u;

/** The sentences of a text, without those that are empty. */
export function sentences(text: string): readonly string[] {
  return text.split(SENTENCE_END).filter((sentence) => sentence.trim() !== '');
}
