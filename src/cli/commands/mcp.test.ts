import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ScriptedHttp } from '../../../test/fakes/scripted-http.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { MESSAGES } from '../words/index.js';
import { listServers, reloadServers } from './mcp.js';

const SERVER = { name: 'clock', place: 'node', state: 'ready', tools: [], restarts: 0, optional: false };
let data: string;
let server: ScriptedHttp;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'chorus-cli-mcp-'));
  await writeFile(join(data, 'local-token'), 'A'.repeat(43));
});
afterEach(async () => {
  await server.close();
  await rm(data, { recursive: true });
});

async function printed(
  command: typeof listServers,
  answer: unknown,
  json: boolean,
): Promise<{ readonly code: ExitCode; readonly text: string }> {
  const headers = { 'content-type': 'application/json' };
  server = await ScriptedHttp.start({ status: 200, body: JSON.stringify(answer), headers });
  let text = '';
  const out = (more: string): void => void (text += more);
  const context = {
    language: 'en' as const,
    words: MESSAGES.en,
    env: {},
    clock: new FakeClock(),
    out,
    err: out,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
  };
  const set = [`server.port=${new URL(server.url).port}`];
  const code = await command({ data, set, ...(json && { json }) }, context);
  return { code, text };
}

describe.each([
  ['list', listServers],
  ['reload', reloadServers],
])('chorus mcp %s with a server of a version that has no access points', (_, command) => {
  const answer = { file: undefined, servers: [SERVER], tokens: [] };

  it('shows the MCP servers', async () => {
    const { code, text } = await printed(command, answer, false);
    expect(code).toBe(EXIT.ok);
    expect(text).toMatch(/clock .* 0 +node/);
  });

  it('prints the same JSON as for a newer server', async () => {
    const { text } = await printed(command, answer, true);
    expect(JSON.parse(text)).toEqual({ servers: [SERVER], accessPoints: [] });
  });
});
