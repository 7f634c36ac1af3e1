import { startStandIns } from '../../measure/bench/index.js';
import { Scope } from '../../core/index.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { benchWords } from '../words/bench.js';
import { standInsOf, type StandInFlags } from './bench-stand-in-flags.js';

interface StandInsFlags extends StandInFlags {
  readonly llmPort: number;
  readonly ttsPort: number;
  readonly host: string;
  readonly printJson?: true;
  readonly untilInputEnds?: true;
}

/** Runs servers that replace the language model and the speech service, until the command is stopped. */
export async function runStandIns(flags: StandInsFlags, context: CliContext): Promise<ExitCode> {
  const behaviour = standInsOf(flags, context);
  await using scope = new Scope('stand-ins', (name, error) =>
    context.err(`${name}: ${error instanceof Error ? error.message : String(error)}\n`),
  );
  const { llmPort, ttsPort } = await startStandIns({
    behaviour,
    host: flags.host,
    llmPort: flags.llmPort,
    ttsPort: flags.ttsPort,
    clock: context.clock,
    scope,
  });
  if (flags.printJson) context.out(`${JSON.stringify({ llmPort, ttsPort })}\n`);
  else
    context.out(
      benchWords[context.language].standInsAt(
        `http://${flags.host}:${llmPort}/v1`,
        `ws://${flags.host}:${ttsPort}/edge/v1`,
        `http://${flags.host}:${ttsPort}/v1`,
      ),
    );
  if (flags.untilInputEnds) context.stopWhenInputEnds?.();
  await stopped(context.interrupted);
  return EXIT.ok;
}

function stopped(interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}
