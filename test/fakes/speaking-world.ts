import { expect } from 'vitest';
import { ChorusError, type MetricName, Scope, silentLogger } from '../../src/core/index.js';
import type { Circuits } from '../../src/providers/index.js';
import type { SlotRequest, Slots } from '../../src/capacity/capacity-port.js';
import { createSpeaking, type ReplyEvent, type SpeakingService } from '../../src/speech/speaking/index.js';
import type { ShippedPhrases } from '../../src/speech/speaking/phrases/shipped-phrases.js';
import { SentenceEncoder } from '../../src/speech/speaking/encoding/sentence-encoder.js';
import { FakeClock } from './fake-clock.js';
import { inProcessEncoder } from './in-process-encoder.js';
import type { ScriptedTts } from './scripted-tts.js';

/** Loads the MP3 module from disk, so that the tests never wait for that in real time. */
export async function loadMp3(): Promise<void> {
  (
    await SentenceEncoder.create({
      format: { kind: 'mp3' },
      targetLufs: -18,
      known: undefined,
      trailingMs: 0,
      opus: { complexity: 0, bitrate: 32_000 },
    })
  ).close();
}

/** A packet that the device received. */
export interface Sent {
  readonly atMs: number;
  readonly timestampMs: number;
  readonly packet: Uint8Array;
}

interface TalkOptions {
  readonly deviceId?: string;
  readonly voice?: string;
  readonly language?: string;
  readonly notBeforeMs?: number;
  readonly wantedMs?: number;
  readonly guess?: boolean;
}

/** Slots for which nobody has to wait. */
function openSlots(): Slots & { readonly busy: () => number; readonly requests: SlotRequest[] } {
  const requests: SlotRequest[] = [];
  let busy = 0;
  return {
    requests,
    busy: () => busy,
    async run(request, signal, work) {
      requests.push(request);
      signal.throwIfAborted();
      busy += 1;
      try {
        return await work(signal, { waitedMs: 0 });
      } finally {
        busy -= 1;
      }
    },
  };
}

/** Metrics that are counted by name and labels. */
function countingMetrics() {
  const counts = new Map<string, number>();
  const count = (name: MetricName, labels: object = {}): void => {
    const key = `${name}${JSON.stringify(labels)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  return { counts, metrics: { count, gauge: () => undefined, observeMs: () => undefined } };
}

/** Opens a reply to a device and records what happens to it. */
function talkTo(speaking: SpeakingService, clock: FakeClock, options: TalkOptions) {
  const events: ReplyEvent[] = [];
  const sent: Sent[] = [];
  const marks: string[] = [];
  const reply = speaking.reply(
    {
      deviceId: options.deviceId ?? 'd',
      language: options.language ?? 'en-US',
      ...(options.voice === undefined ? {} : { voice: options.voice }),
      notBeforeMs: options.notBeforeMs ?? clock.nowMs() + 100,
      ...(options.wantedMs === undefined ? {} : { wantedMs: options.wantedMs }),
      ...(options.guess === undefined ? {} : { guess: options.guess }),
      sink: {
        deviceQueueLimit: 16,
        bufferedBytes: () => 0,
        sendPacket: (packet, timestampMs) => {
          sent.push({ atMs: clock.nowMs(), timestampMs, packet });
          marks.push('packet');
        },
      },
    },
    (event) => {
      events.push(event);
      marks.push(event.type === 'sentence' ? `sentence ${event.index}` : event.type);
    },
  );
  return { reply, events, sent, marks, last: () => events.at(-1) };
}

/** The speaking service with scripted voices, on the test's clock. */
export function createSpeakingWorld(
  makeProviders: (clock: FakeClock) => readonly ScriptedTts[],
  shipped?: ShippedPhrases,
  more: { readonly paidGuesses?: boolean; readonly localGuesses?: boolean; readonly circuits?: Circuits } = {},
) {
  const clock = new FakeClock();
  const failed: unknown[] = [];
  const scope = new Scope('test', (name, error) => failed.push([name, error]));
  const slots = openSlots();
  const { metrics, counts } = countingMetrics();
  const encoder = inProcessEncoder();
  const providers = makeProviders(clock);
  const speaking = createSpeaking({
    clock,
    log: silentLogger,
    metrics,
    scope,
    slots,
    encoder,
    providers,
    ...(shipped && { shipped }),
    ...more,
  });
  const talk = (options: TalkOptions = {}) => talkTo(speaking, clock, options);
  /** Expects that no task, timer, encoder or slot is in use any more. */
  const expectNothingLeft = async () => {
    await clock.advance(0);
    expect(scope.tree()).toMatchObject({ tasks: [], children: [] });
    expect(clock.pending).toBe(0);
    expect(encoder.open()).toBe(0);
    expect(slots.busy()).toBe(0);
    expect(speaking.replies).toBe(0);
    expect(failed).toEqual([]);
  };
  return { clock, scope, providers, speaking, talk, expectNothingLeft, slotRequests: slots.requests, counts };
}

export const TEN = 'ten letters and ten '; // 20 letters: 2 s
export const FAIL = new ChorusError('tts.failed', 'scripted');
