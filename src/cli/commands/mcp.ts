import { printAnswer } from '../terminal/json.js';
import type { Command } from 'commander';
import { noMetrics, printable, Scope, silentLogger, systemClock, translatedError } from '../../core/index.js';
import { mcpFiles, McpServers, readMcpFile, type McpServerState } from '../../conversation/tools/index.js';
import type { McpAnswer } from '../../http/index.js';
import type { DefineCommand } from '../command.js';
import { loadForCommand } from '../configuration/load.js';
import { packageVersion, type CliContext, type JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { adminClient } from '../server/admin-client.js';
import { table } from '../terminal/table.js';
import { mcpWords } from '../words/mcp.js';

export const define: DefineCommand = (group, { context, below, configured, run }) => {
  const { help } = mcpWords[context.language];
  group.addHelpText('after', help.after);
  const add = (parent: Command, name: string, about: string): Command => configured(parent, name, about);
  add(group, 'list', help.list).action(run(listServers));
  add(group, 'test', help.test).argument('[name]', help.name).action(run(testServers));
  add(group, 'call', help.call)
    .argument('<tool>', help.tool)
    .argument('[json]', help.input, '{}')
    .action(run(callTool));
  add(group, 'reload', help.reload).action(run(reloadServers));
  const token = below(group, 'token', help.token);
  add(token, 'create', help.create).option('--agent <id>', help.agent).action(run(createToken));
  add(token, 'list', help.tokens).action(run(listTokens));
  add(token, 'revoke', help.revoke).argument('<id>', help.id).action(run(revokeToken));
};

type ServerView = Omit<McpServerState, 'error'> & { readonly error?: { readonly message: string } | undefined };

export async function listServers(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const answer = (await (await adminClient(flags, context)).call('GET', '/mcp')) as McpAnswer;
  return showServers(answer, flags, context);
}

export async function reloadServers(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const answer = (await (await adminClient(flags, context)).call('POST', '/mcp/reload', {})) as McpAnswer;
  return showServers(answer, flags, context);
}

/** Connects from this process, so that servers can be tested before they are used. */
export async function testServers(name: string | undefined, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const { config } = await loadForCommand(flags, context);
  const found = await readMcpFile(flags.data, config.mcp.servers_file);
  const wanted = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => name === undefined || one.name === name);
  const file = { servers: wanted(found.servers), mistakes: wanted(found.mistakes) };
  if (name !== undefined && file.servers.length + file.mistakes.length === 0)
    throw translatedError('mcp.bad_entry', mcpWords[context.language].noSuch(name));
  const scope = new Scope('mcp test', () => undefined);
  try {
    const all = new McpServers({
      scope,
      clock: systemClock,
      log: silentLogger,
      metrics: noMetrics,
      version: packageVersion(),
    });
    all.apply(file);
    await all.tried();
    return await showServers({ servers: all.states }, flags, context);
  } finally {
    await scope.close();
  }
}

export async function callTool(tool: string, json: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const input = objectOf(json);
  if (!input) throw translatedError('admin.bad_request', mcpWords[context.language].notJson);
  const api = await adminClient(flags, context);
  const answer = (await api.call('POST', '/mcp/call', { tool, arguments: input })) as { readonly text: string };
  return printAnswer(flags, context, answer, `${answer.text}\n`);
}

export async function createToken(
  flags: JsonFlags & { readonly agent?: string },
  context: CliContext,
): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const body = flags.agent === undefined ? {} : { agent: flags.agent };
  const answer = (await api.call('POST', '/mcp/tokens', body)) as { readonly id: string; readonly token: string };
  const address = new URL(`/mcp/?token=${answer.token}`, api.otaUrl.replace(/^http/, 'ws')).href;
  return printAnswer(flags, context, { ...answer, address }, mcpWords[context.language].made(answer.id, address));
}

export async function listTokens(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const { columns, noTokens, everyDevice } = mcpWords[context.language];
  const { tokens } = (await (await adminClient(flags, context)).call('GET', '/mcp')) as McpAnswer;
  const rows = tokens.map(({ id, agent, createdMs, bridges, tools }) => [
    id,
    agent ?? everyDevice,
    new Date(createdMs).toISOString().slice(0, 10),
    String(bridges),
    String(tools.length),
  ]);
  const headings = [columns.token, columns.agent, columns.made, columns.bridges, columns.tools];
  const text = tokens.length === 0 ? `${noTokens}\n` : shown(headings, rows, context);
  return printAnswer(flags, context, tokens, text);
}

export async function revokeToken(id: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  await (await adminClient(flags, context)).call('DELETE', `/mcp/tokens/${encodeURIComponent(id)}`);
  return printAnswer(flags, context, { revoked: id }, `${mcpWords[context.language].revoked(id)}\n`);
}

interface McpView {
  readonly servers: readonly ServerView[];
  /** Missing if the running server has an earlier version. */
  readonly accessPoints?: McpAnswer['accessPoints'];
}

async function showServers(
  { servers, accessPoints = [] }: McpView,
  flags: JsonFlags,
  context: CliContext,
): Promise<ExitCode> {
  const { noServers } = mcpWords[context.language];
  let text = servers.length === 0 ? '' : serverTable(servers, context);
  if (accessPoints.length > 0) text += `${text === '' ? '' : '\n'}${accessPointTable(accessPoints, context)}`;
  if (text === '') {
    const { config } = await loadForCommand(flags, context);
    text = `${noServers(mcpFiles(flags.data, config.mcp.servers_file).join(', '))}\n`;
  }
  printAnswer(flags, context, { servers, accessPoints }, text);
  const needed = servers.filter(({ optional }) => !optional);
  return [...needed, ...accessPoints].some(({ state }) => state === 'failed') ? EXIT.failed : EXIT.ok;
}

function serverTable(servers: readonly ServerView[], context: CliContext): string {
  const { columns, states, asks, unused } = mcpWords[context.language];
  const rows = servers.map(({ name, state, tools, place, optional }) => [
    name,
    optional && state === 'failed' ? unused : states[state],
    String(tools.length),
    place,
  ]);
  const lines = servers.flatMap(({ name, tools, error }) => [
    ...(error ? [printable(`${name}: ${error.message}`)] : []),
    ...tools.map((tool) => `  ${tool.name}${tool.confirm ? ` (${asks})` : ''}`),
  ]);
  return `${shown([columns.server, columns.state, columns.tools, columns.place], rows, context)}${lines.join('\n')}\n`;
}

function accessPointTable(accessPoints: McpAnswer['accessPoints'], context: CliContext): string {
  const { columns, states, unknown } = mcpWords[context.language];
  const rows = accessPoints.map(({ name, state, tools, calls, place }) => [
    name,
    states[state],
    String(tools.length),
    String(calls),
    place,
  ]);
  const lines = accessPoints.flatMap((one) => [
    ...(one.error ? [printable(`${one.name}: ${one.error.message}`)] : []),
    ...one.tools.map((tool) => `  ${tool}`),
    ...one.unknown.map((tool) => `  ${printable(tool)} (${unknown})`),
  ]);
  const head = [columns.offeredTo, columns.state, columns.tools, columns.calls, columns.place];
  return `${shown(head, rows, context)}${lines.join('\n')}\n`;
}

function shown(headings: readonly string[], rows: readonly (readonly string[])[], { colours }: CliContext): string {
  return table(headings, rows, (cell, row) => (row < 0 ? colours.dim(cell) : cell));
}

function objectOf(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
