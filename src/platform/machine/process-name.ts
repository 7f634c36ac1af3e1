import { posix } from 'node:path';

const NODE_FLAG_WITH_VALUE = new Set(['--import', '--require', '-r', '--loader', '--experimental-loader', '--title']);

/**
 * `main` is the server. A worker, whose file ends in `-child`, is named by its first argument. A command of `chorus` is
 * named by itself, and any other process by its script or program.
 */
export function processName(commandLine: string): string {
  const separated = commandLine.split('\0').filter((part) => part !== '');
  // A program that sets its own title, such as npm, has a single text with spaces.
  const parts = separated.length === 1 ? (separated[0]?.split(' ') ?? []) : separated;
  const program = posix.basename(parts[0] ?? '');
  if (program !== 'node' && program !== 'nodejs') return program === '' ? 'unknown' : program;
  let at = 1;
  while (parts[at]?.startsWith('-')) {
    // With these options, the code itself is on the command line, so there is no file name.
    if (/^-(e|p|pe|-eval|-print)$/.test(parts[at] ?? '')) return program;
    at += NODE_FLAG_WITH_VALUE.has(parts[at] ?? '') ? 2 : 1;
  }
  const script = parts[at];
  if (script === undefined) return 'node';
  const file = posix.basename(script).replace(/\.[cm]?[jt]s$/, '');
  if (file.endsWith('-child')) return parts[at + 1] ?? file.slice(0, -'-child'.length);
  if (file === 'chorus') return parts[at + 1] === 'serve' ? 'main' : (parts[at + 1] ?? 'chorus');
  return file;
}
