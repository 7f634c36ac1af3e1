import { expect, it } from 'vitest';
import { parseSetFlag, readFlagLayer } from './text-layers.js';
import { describeNote } from './wording.js';

it('warns of a secret on the command line, but not of a reference to a secret', () => {
  const { leaves, notes } = readFlagLayer(
    ['llm.api_key=sk-planted', 'llm.fallback.api_key=env:KEY', 'tts.openai.api_key=file:/run/key', 'llm.model=x'].map(
      parseSetFlag,
    ),
  );
  expect(leaves).toHaveLength(4);
  expect(notes.map((note) => note.kind)).toEqual(['secret_on_command_line']);
  for (const language of ['en', 'zh'] as const) {
    const said = notes.map((note) => describeNote(note, language)).join('');
    expect(said).toContain('llm.api_key');
    expect(said).not.toContain('planted');
  }
});
