import { readFile } from 'node:fs/promises';
import type { TtsSpec } from '../models/spec.js';

/** Returns true if a local voice has at least one token for a text. */
export type Speakable = (text: string) => boolean;

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const DIGIT = /\p{N}/u;
/** sherpa-onnx looks up words in Latin script, and single characters otherwise. */
const UNITS = /[\p{Script=Latin}\p{M}'’]+|\S/gu;

/**
 * Loads a function that tells whether a voice can speak a text. The library (1.13.0) ends its process if a text has no
 * token. `path` makes an absolute path from the name of a file of the model.
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

/** Matches after a full-width stop, or after an ASCII stop before white space. `3.5` is not split. */
const SENTENCE_END = /(?<=[。！？…][”’」』）]*)(?![。！？…”’」』）])|(?<=[.!?]["')]*)\s+/u;

export function sentences(text: string): readonly string[] {
  return text.split(SENTENCE_END).filter((sentence) => sentence.trim() !== '');
}
