import { describe, expect, it } from 'vitest';
import { readFileLayer } from './file-layer.js';

const details = (text: string): readonly unknown[] =>
  readFileLayer(text, 'config.yaml').mistakes.map((mistake) => [
    mistake.kind,
    'detail' in mistake ? mistake.detail : undefined,
    mistake.origin.kind === 'file' ? mistake.origin.line : undefined,
  ]);

describe('a file that is valid YAML but no configuration', () => {
  it('is refused with a message: alias in its own anchor, too many entries, duplicate key, too deep nesting', () => {
    expect(details('session: &s {exit_words: *s}\n')).toEqual([['syntax', 'an alias refers to what it stands in', 1]]);
    expect(details(Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n'))).toEqual([
      ['syntax', 'there are more than 10000 entries', 1],
    ]);
    expect(details('server:\n  port: 8000\n  host: 0.0.0.0\n  port: 9000\n')).toEqual([
      ['syntax', 'Map keys must be unique', 4],
    ]);
    expect(details(`x: ${'['.repeat(20_000)}${']'.repeat(20_000)}`)).toEqual([
      ['syntax', 'it is nested too deeply', 1],
    ]);
  });

  it('is accepted if it only contains an ordinary anchor', () => {
    expect(details('asr: {corrections: &c {A: B}}\n')).toEqual([]);
  });
});
