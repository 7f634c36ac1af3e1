import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scope, noMetrics, silentLogger, systemClock } from '../../core/index.js';
import { CLIP_NAMES, clip, concat, devicePackets, silence } from '../../../test/fixtures/speech.js';
import { type ListeningEvent, type ListeningService, createListening } from './index.js';

const scope = new Scope('test', (name, error) => {
  throw new Error(`${name}: ${String(error)}`);
});
let listening: ListeningService;

beforeAll(async () => {
  listening = await createListening({ clock: systemClock, log: silentLogger, metrics: noMetrics, scope });
});
afterAll(() => scope.close());

/** A stream whose events can be waited for. */
function open() {
  const events: ListeningEvent[] = [];
  const waiting: { test: (event: ListeningEvent) => boolean; resolve: (event: ListeningEvent) => void }[] = [];
  const stream = listening.open((event) => {
    events.push(event);
    for (const entry of waiting.splice(0)) {
      if (entry.test(event)) entry.resolve(event);
      else waiting.push(entry);
    }
  });
  const next = (type: ListeningEvent['type']) => new Promise<ListeningEvent>((resolve) => waiting.push({ test: (event) => event.type === type, resolve }));
  return { stream, events, next };
}

describe('listening process', () => {
  it.each(CLIP_NAMES)('finds the utterance of %s in a burst', async (name) => {
    const { stream, events, next } = open();
    stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    const ended = next('utterance_ended');
    const t0 = performance.now();
    for (const packet of devicePackets(concat(silence(500), clip(name), silence(1500)))) stream.push(packet);
    console.log(await ended, performance.now() - t0, events.map((e) => e.type + ('atMs' in e ? e.atMs : '') + ('pcm' in e ? `[${e.startMs}-${e.endMs} ${e.committed}]` : '')).join(' '));
    expect(events.length).toBeGreaterThan(0);
    stream.close();
  });
});
