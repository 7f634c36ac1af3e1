import { z } from 'zod';
import { ChorusError, isErrorCode, sleep, type Clock, type ErrorCode, type TimerHandle } from '../../core/index.js';
import {
  fleetIdentity,
  loadSpeech,
  SimulatedDevice,
  type DeviceTurn,
  type ViolationKind,
} from '../../measure/fleet/index.js';

/** The server to test. `token` is the secret in its data folder, which `call` sends with every request. */
export interface TurnServer {
  readonly otaUrl: string;
  readonly token: string;
  call(method: 'GET' | 'DELETE', path: string, body: undefined, signal: AbortSignal): Promise<unknown>;
}

export type TestFailure =
  | { readonly kind: 'not_ready'; readonly what: string }
  | { readonly kind: 'turn'; readonly what: Exclude<DeviceTurn['outcome'], 'answered' | 'cut_off'> | 'protocol' }
  /** The server itself reported why the turn failed. */
  | { readonly kind: 'error'; readonly code: ErrorCode };

/** The monitor's devices and the device of `chorus device` have other numbers. */
const DEVICE = 5_999_999;
const READY_WITHIN_MS = 60_000;
const READY_LOOK_MS = 250;
const ANSWER_WITHIN_MS = 30_000;
/** The device interrupts the answer this long after its first sound, which is enough to recognise an apology. */
const ENOUGH_MS = 1500;
/** A busy server is asked again, because being busy does not mean that its configuration is wrong. */
const BUSY_TRIES = 5;
const BUSY_PAUSE_MS = 5000;
/** These also happen on a busy machine, which says nothing about the configuration. */
const BY_LOAD: ReadonlySet<ViolationKind> = new Set(['audio_too_early', 'audio_after_abort']);

const readiness = z.object({
  ready: z.boolean(),
  details: z.object({ starting: z.array(z.string()).default([]) }).optional(),
});
const turnsOf = z.object({
  next: z.number(),
  turns: z.array(z.object({ outcome: z.string(), code: z.string().optional() })),
});

/**
 * Waits until the server is ready. A simulated device then says a sentence. Resolves with undefined if the sentence was
 * understood and answered. Errors: `device.*`; the signal's reason.
 */
export async function testTurn(
  api: TurnServer,
  language: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<TestFailure | undefined> {
  const waiting = await untilReady(api, clock, signal);
  if (waiting !== undefined) return { kind: 'not_ready', what: waiting };
  const [utterance] = (await loadSpeech({ atMost: 1 })).utterances;
  if (!utterance) throw new ChorusError('internal', 'there is no speech in the package');
  for (let tries = 1; ; tries++) {
    const identity = fleetIdentity(DEVICE, language);
    const since = (await turns(api, identity.deviceId, 0, signal)).next;
    // The first words of the answer are enough, so the device interrupts the rest.
    let enough: TimerHandle | undefined;
    const device: SimulatedDevice = new SimulatedDevice({
      otaUrl: api.otaUrl,
      identity,
      clock,
      localToken: api.token,
      onPlayed: () => (enough ??= clock.after(ENOUGH_MS, () => device.state === 'speaking' && device.click())),
    });
    const close = (): void => device.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      await device.boot(signal);
      const turn = await device.say(utterance.clip, { begin: 'click', answerTimeoutMs: ANSWER_WITHIN_MS });
      signal.throwIfAborted();
      const recorded = (await turns(api, identity.deviceId, since, signal)).turns.at(-1);
      if (recorded?.outcome === 'busy') {
        if (tries === BUSY_TRIES) return { kind: 'error', code: 'capacity.busy' };
        await sleep(clock, BUSY_PAUSE_MS, signal);
        continue;
      }
      if (recorded?.code !== undefined && isErrorCode(recorded.code)) return { kind: 'error', code: recorded.code };
      if (turn.outcome !== 'answered' && turn.outcome !== 'cut_off') return { kind: 'turn', what: turn.outcome };
      return turn.violations.every(({ kind }) => BY_LOAD.has(kind)) ? undefined : { kind: 'turn', what: 'protocol' };
    } finally {
      signal.removeEventListener('abort', close);
      enough?.cancel();
      device.close();
      // Nobody owns the test device, so it is removed from the list of devices.
      await api.call('DELETE', `/devices/${identity.deviceId}`, undefined, signal).catch(() => undefined);
    }
  }
}

/** Resolves with a text about what is not ready in time, or with undefined if the server is ready. */
async function untilReady(api: TurnServer, clock: Clock, signal: AbortSignal): Promise<string | undefined> {
  for (let waitedMs = 0; ; waitedMs += READY_LOOK_MS) {
    const answer = readiness.safeParse(await readyz(api, signal)).data;
    if (answer?.ready) return undefined;
    if (waitedMs >= READY_WITHIN_MS) return answer?.details?.starting.join(', ') ?? '';
    await sleep(clock, READY_LOOK_MS, signal);
  }
}

/** Returns the body whatever the HTTP status is. Errors: `device.unreachable`, the signal's reason. */
async function readyz({ otaUrl }: TurnServer, signal: AbortSignal): Promise<unknown> {
  try {
    return await (await fetch(new URL('/readyz', otaUrl), { signal })).json();
  } catch (error) {
    signal.throwIfAborted();
    throw new ChorusError('device.unreachable', `no server answers at ${otaUrl}`, {
      cause: error,
      details: { url: otaUrl },
    });
  }
}

async function turns(
  api: TurnServer,
  deviceId: string,
  since: number,
  signal: AbortSignal,
): Promise<z.output<typeof turnsOf>> {
  return turnsOf.parse(await api.call('GET', `/turns?device=${deviceId}&since=${since}`, undefined, signal));
}
