import { setMaxListeners } from 'node:events';
import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { gateFor } from '../../../test/fakes/service-gate.js';
import { onePiece } from './spoken-sentence.js';
import { serviceVoice } from './service-voice.js';

/** Jain's fairness index. 1 means equal shares. */
const jain = (shares: readonly number[]): number =>
  shares.reduce((sum, one) => sum + one, 0) ** 2 / (shares.length * shares.reduce((sum, one) => sum + one * one, 0));

const SPEAKS_MS = 300;

it('shares ten places equally among sixty devices, with one queue for whole and streamed sentences', async () => {
  const clock = new FakeClock();
  const gate = gateFor({ concurrent: 10, mostWaitMs: 1e6, clock });
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  let speaking = 0;
  let most = 0;
  const served = new Map<string, number>();
  const speak = async (device: string | undefined, done: (complete: boolean) => void) => {
    most = Math.max(most, ++speaking);
    await new Promise<void>((resolve) => clock.after(SPEAKS_MS, resolve));
    speaking -= 1;
    served.set(device ?? '', (served.get(device ?? '') ?? 0) + 1);
    done(true);
    return { format: { kind: 'mp3' }, chunks: (async function* () {})() } as const;
  };
  const voice = serviceVoice(
    { id: 'acme', languages: ['*'], clock, gate, format: { kind: 'mp3' } },
    { overheadMs: 500, msPerUnit: 12 },
    {
      speak: ({ device }, _key, _signal, done) => speak(device, done),
      stream: ({ device }, _key, _signal, done) => speak(device, done),
    },
  );
  const ask = async (n: number): Promise<void> => {
    const parameters = { language: 'en', device: `device ${n}` };
    for (;;)
      if (n % 2 === 0) await voice.stream?.({ ...parameters, pieces: onePiece('words') }, over.signal);
      else await voice.synthesize({ ...parameters, text: 'words' }, over.signal);
  };
  const asking = Array.from({ length: 60 }, (_, n) =>
    Array.from({ length: n % 5 === 0 ? 5 : 1 }, () => ask(n).catch(() => undefined)),
  ).flat();
  await clock.advance(60_000);
  over.abort(new Error('over'));
  await clock.advance(1_000);
  await Promise.all(asking);
  expect([most, served.size, gate.free]).toEqual([10, 60, 10]);
  expect(jain([...served.values()])).toBeGreaterThan(0.95);
});
