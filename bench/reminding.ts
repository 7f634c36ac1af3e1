import { seededRandom, sleep, systemClock as clock, uniform } from '../src/core/index.js';
import type { ServerUnderTest } from '../src/measure/bench/server-under-test.js';
import { fleetIdentity, SimulatedDevice, type DeviceEvent } from '../src/measure/fleet/index.js';
import { RawDevice, type Came } from '../test/e2e/raw-device.js';
import { done, FakeLlmServer, finish, toolCall } from '../test/fakes/llm-server.js';

export const REMINDERS = ['call Anna', 'feed the cat', 'water the plants', 'take the pill', 'lock the door'] as const;
/** Maximum number of tool calls that the server runs for one answer of the model. */
const AT_ONCE = 4;
/** Number of devices that set reminders at a time. The server refuses more than 32 concurrent calls of one tool. */
const DEVICES_AT_ONCE = 7;
/** Shortest time that `set_reminder` accepts, in minutes from now. */
const SOONEST_MIN = 0.1;
/** Time from the first request to the moment when all reminders are due. */
const AHEAD_MS = 26_000;
/** Earliest time of the kill, relative to the moment when the reminders are due. */
const EARLIEST_MS = -500;
/** Latest time of the kill, relative to the same moment. */
const LATEST_MS = 9_000;
/** Longest wait for the remaining reminders after the restart. */
const PATIENCE_MS = 60_000;
/** The run ends when no reminder is missing and all devices have been silent for this long. */
const SILENT_MS = 4_000;
const LOOK_MS = 100;

/** A reminder that a device began to play. */
export interface Hearing {
  readonly device: number;
  readonly text: string;
  /** 1 before the kill of the server, 2 after it. */
  readonly life: 1 | 2;
  /** Packets of the reminder that the device received and could play. */
  packets: number;
}

/**
 * Starts a scripted language model. It understands "from FIRST to LAST" and sets the reminders with these numbers, all
 * for the same moment.
 */
export async function startReminderModel(dueMs: () => number): Promise<FakeLlmServer> {
  const llm = await FakeLlmServer.start();
  llm.script({
    kind: 'sse',
    get chunks() {
      const said = JSON.stringify(llm.requests.at(-1)?.body['messages'] ?? []);
      const [, first, last] = /.*from (\d) to (\d)/.exec(said) ?? [];
      const minutes = Math.max(SOONEST_MIN, (dueMs() - clock.wallMs()) / 60_000);
      const calls = REMINDERS.slice(Number(first), Number(last) + 1).map((text, index) =>
        toolCall({
          index,
          id: `c${index}`,
          type: 'function',
          function: {
            name: 'set_reminder',
            arguments: JSON.stringify({ kind: 'reminder', text, in_minutes: minutes }),
          },
        }),
      );
      return [...calls, finish('tool_calls'), done];
    },
  });
  return llm;
}

export interface RemindedOptions {
  readonly server: ServerUnderTest;
  readonly devices: number;
  readonly seed: number;
  /** Sets the moment at which the model makes reminders due (`Clock.wallMs`). */
  readonly setDue: (dueMs: number) => void;
}

/**
 * Sets the reminders of all devices for one moment, and kills and restarts the server around it. Returns the reminders
 * that the devices played.
 */
export async function remindAndKill({ server, devices, seed, setDue }: RemindedOptions): Promise<{
  readonly killedAfterMs: number;
  readonly hearings: readonly Hearing[];
}> {
  const dueMs = clock.wallMs() + AHEAD_MS;
  setDue(dueMs);
  const numbers = Array.from({ length: devices }, (_, number) => number);
  for (let first = 0; first < devices; first += DEVICES_AT_ONCE)
    await Promise.all(numbers.slice(first, first + DEVICES_AT_ONCE).map((number) => setReminders(server, number)));
  const hearings: Hearing[] = [];
  const fleet = await Promise.all(numbers.map((number) => boot(server, number, hearings)));
  for (const { device } of fleet) device.click();
  if (clock.wallMs() > dueMs - SOONEST_MIN * 60_000)
    throw new Error('setting the reminders took too long for one due moment');
  const killedAfterMs = Math.round(uniform(seededRandom(seed, 'kill'), EARLIEST_MS, LATEST_MS));
  await sleep(clock, Math.max(0, dueMs + killedAfterMs - clock.wallMs()));
  process.kill(server.pid, 'SIGKILL');
  await server.restart(new AbortController().signal);
  for (const one of fleet) {
    one.life = 2;
    one.device.click();
  }
  const fromMs = clock.nowMs();
  let silentFromMs = fromMs;
  while (clock.nowMs() - silentFromMs < SILENT_MS && clock.nowMs() - fromMs < PATIENCE_MS) {
    await sleep(clock, LOOK_MS);
    const quiet = fleet.every(({ device }) => device.state === 'listening');
    if (!quiet || judgeReminders(hearings, devices).lost.length > 0) silentFromMs = clock.nowMs();
  }
  for (const { device } of fleet) device.close();
  return { killedAfterMs, hearings };
}

interface Listener {
  readonly device: SimulatedDevice;
  life: 1 | 2;
}

async function boot(server: ServerUnderTest, number: number, hearings: Hearing[]): Promise<Listener> {
  let current: Hearing | undefined;
  const onEvent = (event: DeviceEvent): void => {
    if (event.type === 'sentence') {
      const text = REMINDERS.find((one) => event.text.includes(one));
      current = text === undefined ? undefined : { device: number, text, life: listener.life, packets: 0 };
      if (current) hearings.push(current);
    } else if (event.type === 'packet') {
      if (current && event.lost === 'no') current.packets += 1;
    } else if (event.type !== 'emotion') current = undefined;
  };
  const device = new SimulatedDevice({
    otaUrl: server.otaUrl,
    identity: fleetIdentity(number, 'en-US'),
    clock,
    onEvent,
    ...(server.localToken !== undefined && { localToken: server.localToken }),
  });
  const listener: Listener = { device, life: 1 };
  await device.boot(AbortSignal.timeout(30_000));
  return listener;
}

/** Sets the reminders of a device with typed text. */
async function setReminders(server: ServerUnderTest, number: number): Promise<void> {
  const identity = fleetIdentity(number, 'en-US');
  const booted = new SimulatedDevice({
    otaUrl: server.otaUrl,
    identity,
    clock,
    ...(server.localToken !== undefined && { localToken: server.localToken }),
  });
  await booted.boot(AbortSignal.timeout(30_000));
  const { address } = booted;
  if (!address) throw new Error('the OTA answer names no WebSocket');
  const device = await RawDevice.connect({ ...address, identity });
  await device.hello();
  for (let first = 0; first < REMINDERS.length; first += AT_ONCE) {
    const last = Math.min(REMINDERS.length, first + AT_ONCE) - 1;
    const from = device.mark();
    device.send({ type: 'listen', state: 'detect', text: `Set from ${first} to ${last}` });
    // The confirmation is spoken only after all tool calls of the request have ended.
    await device.until('the confirmation', confirms, from, 30_000);
    device.abort();
    await device.message('tts', { state: 'stop', from });
  }
  device.vanish();
}

function confirms(came: Came): boolean {
  if (came.type !== 'text' || came.message['type'] !== 'tts') return false;
  const said = came.message['text'];
  return typeof said === 'string' && said.includes('I will remind you');
}

/** Number of packets that may be missing from the end of a complete reminder: 300 ms. */
const REST_PACKETS = 5;

export interface ReminderVerdict {
  /** Reminders that were never played, as `DEVICE TEXT`. */
  readonly lost: readonly string[];
  /** Reminders that were played more than once, as `DEVICE TEXT`. */
  readonly repeated: readonly string[];
  readonly cut: number;
  readonly before: number;
}

/** A reminder counts as played if at most its last 300 ms are missing. Otherwise the server plays it again later. */
export function judgeReminders(hearings: readonly Hearing[], devices: number): ReminderVerdict {
  const longest = new Map<string, number>();
  for (const { text, packets } of hearings) longest.set(text, Math.max(longest.get(text) ?? 1, packets));
  const whole = hearings.filter(({ text, packets }) => packets >= Math.max(1, (longest.get(text) ?? 1) - REST_PACKETS));
  const counts = Array.from({ length: devices }, (_, device) =>
    REMINDERS.map((text) => ({
      what: `${device} ${text}`,
      times: whole.filter((one) => one.device === device && one.text === text).length,
    })),
  ).flat();
  return {
    lost: counts.filter(({ times }) => times === 0).map(({ what }) => what),
    repeated: counts.filter(({ times }) => times > 1).map(({ what }) => what),
    cut: hearings.length - whole.length,
    before: whole.filter(({ life }) => life === 1).length,
  };
}
