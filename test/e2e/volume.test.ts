import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { done, finish, reply, text, toolCall, type LlmScript } from '../fakes/llm-server.js';
import { ScriptedServer } from './scripted-server.js';
import { spoken } from './transcripts.js';

const VOLUME = 'self_audio_speaker_set_volume';
const BRIGHTNESS = 'self_screen_set_brightness';
const TOLD = 'The volume is at thirty now.';

/** An event stream that is cut at arbitrary places, as may happen on a network. */
function inPieces(chars: number, ...events: readonly string[]): LlmScript {
  const all = events.join('');
  const chunks = Array.from({ length: Math.ceil(all.length / chars) }, (_, n) => all.slice(n * chars, (n + 1) * chars));
  return { kind: 'sse', chunks };
}

const call = (index: number, id: string, name: string): string =>
  toolCall({ index, id, type: 'function', function: { name, arguments: '' } });
const more = (index: number, args: string): string => toolCall({ index, function: { arguments: args } });

/** Two parallel calls, whose arguments come in alternating pieces. */
const AS_DELTAS = inPieces(
  61,
  call(0, 'call_1', VOLUME),
  more(0, '{"vol'),
  call(1, 'call_2', BRIGHTNESS),
  more(1, '{"bright'),
  more(0, 'ume": 3'),
  more(1, 'ness": 40}'),
  more(0, '0}'),
  finish('tool_calls'),
  done,
);

/** The same calls, written as text by a model that cannot call tools in any other way. */
const AS_TEXT = inPieces(
  61,
  ...[
    '<tool',
    '_call>{"name": "',
    VOLUME,
    '", "argum',
    'ents": {"volume": 30}}</tool_c',
    'all>\n<tool_call>',
    `{"name": "${BRIGHTNESS}", "arguments": {"brightness": 40}}`,
    '</tool_call>',
  ].map((part) => text(part)),
  finish(),
  done,
);

describe('a request to change volume and brightness, from the microphone to the speaker of a device', () => {
  let scripted: ScriptedServer;
  beforeAll(async () => {
    scripted = await ScriptedServer.start();
  }, 90_000);
  afterAll(() => scripted.stop());

  it.each([
    ['the model calls two tools in alternating pieces', AS_DELTAS],
    ['the model writes the calls as text', AS_TEXT],
  ])(
    "%s: volume and brightness are set, and only the model's answer is spoken, no part of the calls",
    async (_name, calls) => {
      const { server, llm } = scripted;
      const asked = llm.requests.length;
      llm.script(calls, reply(TOLD));
      const device = await server.device({ keepAudio: true });
      try {
        expect(device.settings).toMatchObject({ volume: 70, brightness: 75 });
        const turn = await device.say(spoken('austen-0880'), { begin: 'click' });
        expect(device.settings).toMatchObject({ volume: 30, brightness: 40 });
        expect(turn, JSON.stringify(turn)).toMatchObject({ outcome: 'answered', silentSentences: 0 });
        expect(turn.sentences.map((sentence) => sentence.text)).toEqual([TOLD]);
        expect(device.takeAudio()?.pcm.some((sample) => Math.abs(sample) > 1000)).toBe(true);
        // Each tool was called once. The model read both results before it spoke.
        expect(device.mcp?.calls.filter((one) => one.startsWith('tools/call self.') && one.includes('.set_'))).toEqual([
          'tools/call self.audio_speaker.set_volume',
          'tools/call self.screen.set_brightness',
        ]);
        const [first, second, ...others] = llm.requests.slice(asked).map(({ body }) => body);
        expect(JSON.stringify(first?.['tools'])).toContain(`"${VOLUME}"`);
        const messages = second?.['messages'] as readonly { readonly role: string }[];
        expect(messages.slice(-3).map(({ role }) => role)).toEqual(['assistant', 'tool', 'tool']);
        expect(others).toEqual([]);
      } finally {
        device.close();
      }
    },
    60_000,
  );
});
