import { startStandIns, standInOptions } from '../src/bench/stand-ins/index.js';
import { Scope, systemClock } from '../src/core/index.js';
import { EchoMicrophone, percentile, type DeviceEvent } from '../src/fleet/index.js';
import { loadClips } from './clips.js';
import { atMost, report } from './results.js';
import { startServer } from './server-under-test.js';
import { bootDevice } from './talk.js';

/** So much of a reply plays undisturbed; then somebody speaks over it. */
const UNDISTURBED_MS = 20_000;
const PACKET_MS = 60;

/** Waits for one event of a device. */
class Waiter {
  #waiting: { readonly type: DeviceEvent['type']; readonly resolve: () => void } | undefined;

  note(event: DeviceEvent): void {
    if (this.#waiting?.type === event.type) this.#waiting.resolve();
  }

  /** False: it did not come within that time. */
  next(type: DeviceEvent['type'], withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = systemClock.after(withinMs, () => resolve(false));
      this.#waiting = {
        type,
        resolve: () => {
          timer.cancel();
          this.#waiting = undefined;
          resolve(true);
        },
      };
    });
  }
}

/**
 * Realtime mode with the device's own reply in its microphone, 20 dB down and 150 ms late: does the server take it for the user (a
 * false barge-in), and does it stop when somebody really speaks?
 */
export async function echo(durationMs: number): Promise<boolean> {
  const scope = new Scope('bench', (name, error) => console.error(name, error));
  const behaviour = standInOptions.parse({ llm: { replySeconds: { mean: 60, spread: 0, from: 60, to: 60 } } });
  const { llmPort } = await startStandIns({ behaviour, host: '127.0.0.1', llmPort: 0, ttsPort: 0, clock: systemClock, scope });
  const server = await startServer([`llm.base_url=http://127.0.0.1:${llmPort}/v1`, 'llm.model=stand-in', 'llm.total_ms=120000']);
  try {
    const clips = loadClips();
    const microphone = await EchoMicrophone.create({ gainDb: -20, delayMs: 150, downlinkRateHz: 24_000 });
    const waiter = new Waiter();
    let silentSinceMs = 0;
    const device = await bootDevice(server, 0, {
      microphone,
      aec: true,
      onEvent: (event) => waiter.note(event),
      onPlayed: (_packet, startMs) => (silentSinceMs = startMs + PACKET_MS),
    });
    device.click();
    if (!(await waiter.next('microphone', 10_000))) throw new Error('the device never listened');

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
      if (!(await waiter.next('stt', 20_000))) {
        unanswered += 1;
        continue;
      }
      // By the time of the text everything that was played of the old reply has been told.
      if (speaking) stoppedAfterMs.push(silentSinceMs - (saidMs + clip.speechStartMs));
      if (!(await waiter.next('tts_start', 20_000))) {
        unanswered += 1;
        continue;
      }
      const fromMs = systemClock.nowMs();
      // Nothing but its own echo now: whatever ends the reply was no user.
      if (await waiter.next('tts_stop', UNDISTURBED_MS)) falseBargeIns += 1;
      undisturbedMs += systemClock.nowMs() - fromMs;
    }
    device.close();
    return report(
      'echo',
      [
        { what: 'reply played against nothing but its own echo', value: `${(undisturbedMs / 1000).toFixed(0)} s` },
        atMost('false barge-ins', falseBargeIns, 0, ''),
        atMost('speech that was not answered', unanswered, 0, ''),
        { what: 'real speech over a reply', value: `${stoppedAfterMs.length} times` },
        atMost('begin of speech to silence of the loudspeaker, worst', Math.max(...stoppedAfterMs), 600, 'ms'),
        { what: 'begin of speech to silence of the loudspeaker, median', value: `${percentile(stoppedAfterMs, 0.5).toFixed(0)} ms` },
      ],
      { stoppedAfterMs },
    );
  } finally {
    await server.stop();
    await scope.close('done');
  }
}
