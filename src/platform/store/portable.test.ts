import { expect, it } from 'vitest';
import { splitLines } from './portable.js';

it('splits a backup only at the ends of its rows, wherever the file is cut', async () => {
  const rows = [
    '{"chorus":"store"}',
    JSON.stringify(['turns', { text: 'one\u2028two\u2029three\u0085four' }]),
    '{"rows":1}',
  ];
  const file = rows.map((row) => `${row}\n`).join('');
  const windows = rows.join('\r\n');
  for (const size of [1, 7, 1000])
    for (const text of [file, windows]) {
      const chunks = async function* (): AsyncGenerator<string> {
        for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
      };
      const lines: string[] = [];
      for await (const line of splitLines(chunks())) lines.push(line);
      expect(lines).toEqual(rows);
    }
});
