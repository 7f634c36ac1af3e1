import { spawn, type ChildProcess } from 'node:child_process';
import { CLI } from '../compiled.js';

// Runs the command in its own process, as people do.

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function environment(env: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }), LANG: 'en_US.UTF-8', ...env };
}

export function launch(
  args: readonly string[],
  env: Record<string, string> = {},
  stderr: 'pipe' | number = 'pipe',
  /** The working directory, by default the current one. */
  cwd?: string,
): {
  child: ChildProcess;
  result: Promise<Result>;
  until: (pattern: RegExp) => Promise<string>;
  untilErr: (pattern: RegExp) => Promise<string>;
} {
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', stderr],
    env: environment(env),
    ...(cwd !== undefined && { cwd }),
  });
  let out = '';
  let err = '';
  const waiting: {
    text: () => string;
    pattern: RegExp;
    resolve: (text: string) => void;
    reject: (error: Error) => void;
  }[] = [];
  const look = (): void => {
    for (const entry of waiting) {
      const match = entry.pattern.exec(entry.text());
      if (match) entry.resolve(match[1] ?? match[0]);
    }
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    look();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    look();
  });
  const result = new Promise<Result>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  const wait = (text: () => string, pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting.push({ text, pattern, resolve, reject });
      child.once('close', (code) =>
        reject(new Error(`ended with ${code ?? '?'} before ${String(pattern)}:\n${out}\n${err}`)),
      );
      look();
    });
  return {
    child,
    result,
    until: (pattern) => wait(() => out, pattern),
    untilErr: (pattern) => wait(() => err, pattern),
  };
}

export const chorus = (args: readonly string[], env?: Record<string, string>): Promise<Result> =>
  launch(args, env).result;
