import { ChorusError, type Clock, type Scope, withTimeout } from '../../core/index.js';
import { OwnedProcess } from './owned-process.js';
import type { StandInOptions, StandInReport } from './stand-ins/index.js';

export interface StandInProcessOptions {
  readonly behaviour: StandInOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly scope: Scope;
}

export interface RunningStandIns {
  readonly pid: number;
  readonly llmUrl: string;
  readonly edgeUrl: string;
  /** Address for the setting `tts.openai.base_url`. */
  readonly speechUrl: string;
  /** Resolves with the requests since the last report. */
  report(signal: AbortSignal): Promise<StandInReport>;
}

/** Time that a busy machine needs from the start of the process to two open ports. */
const START_WITHIN_MS = 20_000;

/**
 * Uses a separate process, so that the stand-ins load neither the server's event loop nor the fleet's. Errors:
 * `bench.process_ended`.
 */
export async function startStandInProcess(
  options: StandInProcessOptions,
  signal: AbortSignal,
): Promise<RunningStandIns> {
  const { behaviour, env, clock, scope } = options;
  const args = [
    'bench',
    'stand-ins',
    '--llm-port',
    '0',
    '--tts-port',
    '0',
    '--behaviour',
    JSON.stringify(behaviour),
    '--print-json',
    '--until-input-ends',
  ];
  const owned = OwnedProcess.start({ name: 'stand-ins', args, env, clock, scope, stopWithinMs: 3000 });
  const ports = await withTimeout(
    clock,
    START_WITHIN_MS,
    signal,
    () => owned.failure('nothing within 20 s'),
    (aborted) => owned.firstLine(readPorts, aborted),
  );
  const llm = `http://127.0.0.1:${ports.llmPort}`;
  const tts = `127.0.0.1:${ports.ttsPort}`;
  return {
    pid: owned.pid,
    llmUrl: `${llm}/v1`,
    edgeUrl: `ws://${tts}/edge/v1`,
    speechUrl: `http://${tts}/v1`,
    async report(aborted) {
      if (!owned.alive) throw owned.failure(await owned.exited);
      const response = await fetch(`${llm}/report`, { signal: aborted });
      if (!response.ok) throw new ChorusError('internal', `the stand-ins answered ${response.status}`);
      return (await response.json()) as StandInReport;
    },
  };
}

function readPorts(line: string): { readonly llmPort: number; readonly ttsPort: number } | undefined {
  try {
    const value = JSON.parse(line) as { llmPort?: unknown; ttsPort?: unknown };
    return typeof value.llmPort === 'number' && typeof value.ttsPort === 'number'
      ? { llmPort: value.llmPort, ttsPort: value.ttsPort }
      : undefined;
  } catch {
    return undefined; // The line is not the report.
  }
}
