import { sleep, systemClock as clock } from '../src/core/index.js';
import {
  fleetIdentity,
  loadSpeech,
  SimulatedDevice,
  type DeviceEvent,
  type Utterance,
} from '../src/measure/fleet/index.js';
import type { ServerUnderTest } from './servers.js';

/** What a visiting device does before it leaves. It always leaves without a Close frame, as the firmware does. */
export const VISITS = ['hello', 'word', 'idle', 'turn'] as const;
export type Visit = (typeof VISITS)[number];

export interface ChurnResult {
  readonly visits: Readonly<Record<Visit, number>>;
  readonly answered: number;
  readonly busy: number;
  readonly failures: readonly string[];
  readonly helloMs: readonly number[];
  readonly mostAtOnce: number;
}

/** Number of devices that visit in turn. It is larger than the number connected at once. */
const POOL = 400;
/** One visitor in this many stays for a whole turn, because two cores cannot recognise twenty turns a second. */
const TURN_EVERY = 20;
const IDLE_MS = 3000;
const GONE_WITHIN_MS = 60_000;

/**
 * Devices connect at a fixed rate, make one of the `VISITS` and leave. No other fleet may use the `POOL` devices from
 * `firstDevice` on.
 */
export async function churn(
  server: ServerUnderTest,
  options: { readonly perSecond: number; readonly durationMs: number; readonly firstDevice: number },
): Promise<ChurnResult> {
  const { utterances } = await loadSpeech();
  const result = {
    visits: { hello: 0, word: 0, idle: 0, turn: 0 },
    answered: 0,
    busy: 0,
    failures: [] as string[],
    helloMs: [] as number[],
    mostAtOnce: 0,
  };
  const here = new Set<number>();
  const under: Promise<void>[] = [];
  const startMs = clock.nowMs();
  for (let n = 0; n * 1000 < options.durationMs * options.perSecond; n++) {
    await sleep(clock, Math.max(0, startMs + (n * 1000) / options.perSecond - clock.nowMs()));
    const visit = n % TURN_EVERY === 0 ? 'turn' : (VISITS[n % 3] ?? 'hello');
    const index = options.firstDevice + (n % POOL);
    result.visits[visit] += 1;
    if (here.has(index)) result.failures.push('a visitor had not gone when it was to come again');
    here.add(index);
    result.mostAtOnce = Math.max(result.mostAtOnce, here.size);
    under.push(
      visitOnce(server, index, visit, utterances[n % utterances.length], result)
        .catch(
          (error: unknown) =>
            void result.failures.push(`${visit}: ${error instanceof Error ? error.message : String(error)}`),
        )
        .finally(() => here.delete(index)),
    );
  }
  await Promise.all(under);
  return result;
}

async function visitOnce(
  server: ServerUnderTest,
  index: number,
  visit: Visit,
  utterance: Utterance | undefined,
  result: { answered: number; busy: number; helloMs: number[] },
): Promise<void> {
  const { otaUrl, localToken } = server;
  let onEvent: (event: DeviceEvent) => void = () => undefined;
  const device = new SimulatedDevice({
    otaUrl,
    identity: fleetIdentity(index, 'en-US', '2.5.0'),
    clock,
    queuePackets: 20,
    ...(localToken !== undefined && { localToken }),
    onEvent: (event) => onEvent(event),
  });
  try {
    await device.boot(AbortSignal.timeout(30_000));
    if (!utterance) throw new Error('no speech');
    if (visit === 'turn') return await askOnce(device, utterance, result);
    const fromMs = clock.nowMs();
    await new Promise<void>((resolve, reject) => {
      onEvent = ({ type }) => {
        if (type === 'microphone') resolve();
        if (type === 'closed') reject(new Error('closed before the hello'));
      };
      if (visit === 'idle') device.press();
      else device.click();
    });
    result.helloMs.push(clock.nowMs() - fromMs);
    let closed = false;
    onEvent = ({ type }) => (closed ||= type === 'closed');
    if (visit === 'idle') {
      device.release();
      await sleep(clock, IDLE_MS);
    }
    if (visit === 'word') {
      // The turn is not awaited, because the device leaves while it speaks.
      device.say(utterance.clip, { begin: 'click' }).catch(() => undefined);
      await sleep(clock, Math.min(1500, utterance.speechMs / 2));
    }
    if (closed) throw new Error('the server closed on it');
    const { violations } = device;
    if (violations.length > 0) throw new Error(violations.map(({ kind }) => kind).join());
  } finally {
    onEvent = () => undefined;
    device.close();
  }
}

async function askOnce(
  device: SimulatedDevice,
  utterance: Utterance,
  result: { answered: number; busy: number },
): Promise<void> {
  const record = await device.say(utterance.clip, { begin: 'click', answerTimeoutMs: GONE_WITHIN_MS });
  if (record.alerts.length > 0) result.busy += 1;
  else if (record.outcome === 'answered' && record.underruns + record.overflows + record.violations.length === 0)
    result.answered += 1;
  else
    throw new Error(
      `${record.outcome}, ${record.underruns} holes, ${record.overflows} ` +
        `lost, ${record.violations.map(({ kind }) => kind).join()}`,
    );
}
