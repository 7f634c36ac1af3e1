import { startStandIns, standInOptions } from '../src/measure/bench/stand-ins/index.js';
import { Scope, systemClock } from '../src/core/index.js';
import { EchoMicrophone, type DeviceEvent } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';
import { loadClips } from './clips.js';
import { atMost, report } from './results.js';
import { startServer, type ServerUnderTest } from './servers.js';
import { bootDevice } from './talk.js';

/** Time for which a reply plays before somebody speaks over it. */
const UNDISTURBED_MS = 20_000;
const PACKET_MS = 60;

/** Stores the events of a device, so that a caller who waits for the next event misses none. */
class Came {
  readonly #types: DeviceEvent['type'][] = [];
  #waiting: (() => void) | undefined;

  note({ type }: DeviceEvent): void {
    this.#types.push(type);
    this.#waiting?.();
  }

  get mark(): number {
    return this.#types.length;
  }

  /** Resolves with the index after the first event of this type since `mark`, or with undefined after `withinMs`. */
  next(type: DeviceEvent['type'], mark: number, withinMs: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      const timer = systemClock.after(withinMs, () => finish(undefined));
      const finish = (place: number | undefined): void => {
        timer.cancel();
        this.#waiting = undefined;
        resolve(place);
      };
      this.#waiting = () => {
        const found = this.#types.indexOf(type, mark);
        if (found >= 0) finish(found + 1);
      };
      this.#waiting();
    });
  }
}

/**
 * Plays the device's own reply into its microphone in realtime mode, 20 dB softer and 150 ms late. Measures false
 * barge-ins, and whether the reply stops when somebody really speaks.
 */
export async function echo(durationMs: number): Promise<boolean> {
  const scope = new Scope('bench', (name, error) => console.error(name, error));
  const behaviour = standInOptions.parse({ llm: { replySeconds: { mean: 60, spread: 0, from: 60, to: 60 } } });
  const { llmPort } = await startStandIns({
    behaviour,
    host: '127.0.0.1',
    llmPort: 0,
    ttsPort: 0,
    clock: systemClock,
    scope,
  });
  const server = await startServer([
    `llm.base_url=http://127.0.0.1:${llmPort}/v1`,
    'llm.model=stand-in',
    'llm.total_ms=120000',
  ]);
  try {
    const { stoppedAfterMs, falseBargeIns, undisturbedMs, unanswered } = await speakOver(server, durationMs);
    return report(
      'echo',
      [
        { what: 'reply played against nothing but its own echo', value: `${(undisturbedMs / 1000).toFixed(0)} s` },
        atMost('false barge-ins', falseBargeIns, 0, ''),
        atMost('speech that was not answered', unanswered, 0, ''),
        { what: 'real speech over a reply', value: `${stoppedAfterMs.length} times` },
        atMost('begin of speech to silence of the loudspeaker, worst', Math.max(...stoppedAfterMs), 600, 'ms'),
        {
          what: 'begin of speech to silence of the loudspeaker, median',
          value: `${percentile(stoppedAfterMs, 0.5).toFixed(0)} ms`,
        },
      ],
      { stoppedAfterMs },
    );
  } finally {
    await server.stop();
    await scope.close('done');
  }
}

/**
 * In each round somebody speaks, and then the reply plays undisturbed. From the second round on, the speech interrupts
 * the reply of the round before.
 */
async function speakOver(server: ServerUnderTest, durationMs: number) {
  const clips = loadClips();
  const microphone = await EchoMicrophone.create({ gainDb: -20, delayMs: 150, downlinkRateHz: 24_000 });
  const came = new Came();
  let silentSinceMs = 0;
  const device = await bootDevice(server, 0, {
    microphone,
    aec: true,
    onEvent: (event) => came.note(event),
    onPlayed: (_packet, startMs) => (silentSinceMs = startMs + PACKET_MS),
  });
  device.click();
  if ((await came.next('microphone', 0, 10_000)) === undefined) throw new Error('the device never listened');

  const stoppedAfterMs: number[] = [];
  let falseBargeIns = 0;
  let undisturbedMs = 0;
  let unanswered = 0;
  const startMs = systemClock.nowMs();
  for (let n = 0; systemClock.nowMs() - startMs < durationMs; n++) {
    const clip = clips[n % clips.length]?.clip;
    if (!clip) break;
    const speaking = device.state === 'speaking';
    const saidMs = systemClock.nowMs() + PACKET_MS;
    microphone.say(clip, saidMs);
    const text = await came.next('stt', came.mark, 20_000);
    // The old reply stops before the recognised text arrives, so `silentSinceMs` is the end of its sound.
    if (text !== undefined && speaking) stoppedAfterMs.push(silentSinceMs - (saidMs + clip.speechStartMs));
    const started = text === undefined ? undefined : await came.next('tts_start', text, 20_000);
    if (started === undefined) {
      unanswered += 1;
      continue;
    }
    const fromMs = systemClock.nowMs();
    // Now the microphone hears only the echo of the reply. If the reply ends, the server took the echo for a person.
    if ((await came.next('tts_stop', started, UNDISTURBED_MS)) !== undefined) falseBargeIns += 1;
    undisturbedMs += systemClock.nowMs() - fromMs;
  }
  device.close();
  return { stoppedAfterMs, falseBargeIns, undisturbedMs, unanswered };
}
