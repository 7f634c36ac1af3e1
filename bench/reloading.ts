import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sleep, systemClock } from '../src/core/index.js';
import type { ServerUnderTest } from './servers.js';

/**
 * How the server is told to reload. `apply` is the command `chorus config apply`, which checks the new configuration
 * and tests it with a turn.
 */
export type ReloadWay = 'SIGHUP' | 'apply' | 'apply --no-verify';

export interface DoneReload {
  readonly way: ReloadWay;
  /** Time at which the file was changed (`systemClock.nowMs`). */
  readonly fromMs: number;
  /** Time until the values were in force. */
  readonly tookMs: number;
  /** A sentence with the missing values, or an error message. Undefined if every value took effect. */
  readonly wrong: string | undefined;
}

const CLI = fileURLToPath(new URL('../dist/cli/chorus.js', import.meta.url));
const IN_FORCE_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 100;
/** Longest time for the command. It repeats its test turn while the server is busy. */
const APPLY_WITHIN_MS = 180_000;

/** Harmless changes, different at each reload. */
function valuesOf(round: number): Readonly<Record<string, Readonly<Record<string, unknown>> | number>> {
  return {
    max_concurrent_sessions: 200 + round,
    llm: { prompt: `You are friendly. Round ${round}.` },
    tts: { timeout_ms: 8000 + round },
    asr: { corrections: { 'nothing at all': `round ${round}` } },
    log: { level: round % 2 === 0 ? 'info' : 'debug' },
  };
}

/**
 * Changes the configuration, makes the server reload it, and waits until the new values are in force. Never rejects.
 */
export async function reloadOnce(server: ServerUnderTest, round: number, way: ReloadWay): Promise<DoneReload> {
  const wanted = valuesOf(round);
  const text = JSON.stringify(wanted, null, 2); // JSON is valid YAML.
  const fromMs = systemClock.nowMs();
  let wrong: string | undefined;
  try {
    if (way === 'SIGHUP') {
      await writeFile(join(server.dataDir, 'config.yaml'), text);
      kill(server.pid, 'SIGHUP');
    } else {
      const file = join(server.dataDir, 'next.yaml');
      await writeFile(file, text);
      await apply(server, file, way === 'apply');
    }
    wrong = await untilInForce(server, wanted);
  } catch (error) {
    wrong = error instanceof Error ? error.message : String(error);
  }
  return { way, fromMs, tookMs: systemClock.nowMs() - fromMs, wrong };
}

async function apply(server: ServerUnderTest, file: string, verify: boolean): Promise<void> {
  const args = ['config', 'apply', file, '--data', server.dataDir, ...(verify ? [] : ['--no-verify'])];
  await promisify(execFile)(process.execPath, [CLI, ...args], { timeout: APPLY_WITHIN_MS });
}

/** Resolves with a sentence that lists the values that are not in force in time, or with undefined if all are. */
async function untilInForce(server: ServerUnderTest, wanted: ReturnType<typeof valuesOf>): Promise<string | undefined> {
  for (const untilMs = systemClock.nowMs() + IN_FORCE_WITHIN_MS; ; await sleep(systemClock, LOOK_EVERY_MS)) {
    const response = await fetch(`${server.baseUrl}/api/v1/config`, {
      headers: { authorization: `Bearer ${server.localToken}` },
    });
    const { values } = (await response.json()) as { readonly values: unknown };
    const missing = notIn(values, wanted);
    if (missing.length === 0) return undefined;
    if (systemClock.nowMs() >= untilMs) return `not in force: ${missing.join(', ')}`;
  }
}

function notIn(values: unknown, wanted: object, path = ''): readonly string[] {
  return Object.entries(wanted).flatMap(([key, value]: [string, unknown]) => {
    const is: unknown = typeof values === 'object' && values !== null ? Reflect.get(values, key) : undefined;
    const name = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'object' && value !== null) return notIn(is, value, name);
    return is === value ? [] : [name];
  });
}
