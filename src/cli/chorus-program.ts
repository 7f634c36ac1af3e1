import picocolors from 'picocolors';
import { ownCommand, systemClock, withOwnCommand } from '../core/index.js';
import { readEnvironment } from '../config/index.js';
import type { CliContext } from './context.js';
import { EXIT } from './exit-code.js';
import { reportFailure } from './failure.js';
import { chooseLanguage, MESSAGES } from './words/index.js';
import { runProgram } from './program.js';
import { harmless } from './terminal/harmless.js';

const env = readEnvironment();
const argv = process.argv.slice(2);
const language = chooseLanguage(argv, env);
const interrupted = new AbortController();
const command = ownCommand({ cwd: process.cwd(), path: env['PATH'] });

// The first signal asks the command to stop. A second signal ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
    interrupted.abort(new Error(signal));
  });
}
const onInputEnd = (): void => interrupted.abort(new Error('input ended'));
let outlives = false;
// In `chorus models list | head`, the reader closes the pipe early. That is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (outlives) return;
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
}

const context: CliContext = {
  language,
  words: MESSAGES[language],
  env,
  clock: systemClock,
  command,
  out: (text) => void process.stdout.write(harmless(withOwnCommand(text, command))),
  err: (text) => void process.stderr.write(harmless(withOwnCommand(text, command))),
  terminal: process.stdout.isTTY,
  colours: picocolors.createColors(picocolors.isColorSupported && process.stdout.isTTY),
  interrupted: interrupted.signal,
  outliveOutput: () => (outlives = true),
  stopWhenInputEnds: () => {
    // The open pipe alone must not keep the process alive.
    process.stdin.once('end', onInputEnd).once('error', onInputEnd).resume().unref();
  },
};

process.exitCode = await runProgram(argv, context).catch((error: unknown) => reportFailure(error, context));
