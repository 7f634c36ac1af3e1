import { isCancelled, sleep, systemClock } from '../src/core/index.js';
import { type Clip, type SimulatedDevice, type DeviceTurn, type ViolationKind } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';

export interface RestartedDevice {
  readonly turns: readonly DeviceTurn[];
  /** Number of connection attempts that reached no server. */
  readonly refused: number;
}

/** Pause after which a person tries again if there is no connection. */
const AGAIN_AFTER_MS = 500;

/** Says one clip after the other. Without a connection it retries, like a person who repeats the wake word. */
export async function talkOn(
  device: SimulatedDevice,
  clips: readonly Clip[],
  stop: AbortSignal,
  onTurn: (turn: DeviceTurn) => void = () => undefined,
): Promise<RestartedDevice> {
  const turns: DeviceTurn[] = [];
  let refused = 0;
  for (let n = 0; !stop.aborted; n++) {
    const clip = clips[n % clips.length];
    if (!clip) break;
    try {
      const turn = await device.say(clip, { begin: 'click' });
      turns.push(turn);
      onTurn(turn);
    } catch {
      refused += 1;
      await sleep(systemClock, AGAIN_AFTER_MS, stop).catch((error: unknown) => {
        if (!isCancelled(error) && !stop.aborted) throw error;
      });
    }
  }
  device.close();
  return { turns, refused };
}

/** Outcome of a restart for the devices. */
export interface RestartVerdict {
  readonly turns: number;
  /** Replies that began and were not played to their end. */
  readonly cut: readonly DeviceTurn[];
  /** Utterances that began before the stop was requested, and got no answer. */
  readonly unanswered: readonly DeviceTurn[];
  /**
   * Utterances that began after the stop was requested, and got no answer. They do not count as a fault, because people
   * do not speak so soon after an answer.
   */
  readonly late: number;
  readonly underruns: number;
  /** Violations of the protocol that the devices detected. */
  readonly violations: readonly ViolationKind[];
  /**
   * For each device, the time from the end of the old server to the first utterance that the new server answered.
   * Infinity if there was none.
   */
  readonly backMs: readonly number[];
  /**
   * For each device, the time from the old server's last answer to the first utterance that the new server answered. It
   * begins at the request to stop if that came later.
   */
  readonly awayMs: readonly number[];
  /** For each device, the time from the end of the old server to the first sound of the new server's answer. */
  readonly answeredMs: readonly number[];
}

/** `askedMs` is when the stop of the old server was requested. `goneMs` is when its process had ended. */
export function judgeRestart(devices: readonly RestartedDevice[], askedMs: number, goneMs: number): RestartVerdict {
  const all = devices.flatMap(({ turns }) => turns);
  const beganMs = ({ speechEndAtMs, timeline }: DeviceTurn): number => speechEndAtMs + timeline.speechStartMs;
  // A turn that is `cut_off` was answered, but before the speaker had finished.
  const lost = all.filter(({ outcome }) => outcome !== 'answered' && outcome !== 'cut_off');
  const begun = lost.filter(({ timeline }) => timeline.ttsStartMs !== undefined);
  const silent = lost.filter(({ timeline }) => timeline.ttsStartMs === undefined);
  const first = devices.map(({ turns }) => turns.find((turn) => turn.outcome === 'answered' && beganMs(turn) > goneMs));
  const heardMs = ({ speechEndAtMs, timeline }: DeviceTurn): number => speechEndAtMs + (timeline.playedMs ?? 0);
  const last = devices.map(({ turns }) =>
    turns.findLast((turn) => turn.outcome === 'answered' && beganMs(turn) <= goneMs),
  );
  return {
    turns: all.length,
    cut: begun,
    unanswered: silent.filter((turn) => beganMs(turn) <= askedMs),
    late: silent.filter((turn) => beganMs(turn) > askedMs).length,
    underruns: all.reduce((sum, turn) => sum + turn.underruns, 0),
    violations: all.flatMap((turn) => turn.violations.map(({ kind }) => kind)),
    backMs: first.map((turn) => (turn ? beganMs(turn) - goneMs : Infinity)),
    awayMs: first.map((turn, index) =>
      turn ? beganMs(turn) - Math.max(askedMs, last[index] ? heardMs(last[index]) : askedMs) : Infinity,
    ),
    answeredMs: first.map((turn) =>
      turn ? turn.speechEndAtMs + (turn.timeline.firstSoundMs ?? Infinity) - goneMs : Infinity,
    ),
  };
}

/** Formats the median and the largest value as `3.2 / 9.8 s`. */
export function middleAndLast(valuesMs: readonly number[]): string {
  return `${(percentile(valuesMs, 0.5) / 1000).toFixed(1)} / ${(Math.max(...valuesMs) / 1000).toFixed(1)} s`;
}
