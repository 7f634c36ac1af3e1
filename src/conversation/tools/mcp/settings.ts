import { basename } from 'node:path';
import { z } from 'zod';
import { MAX_OFFERS, readOffer, type OfferSettings } from './offer-settings.js';

export type McpPlace =
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string | undefined;
    }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly sseUrl?: string;
      readonly headers: Readonly<Record<string, string>>;
      /** The transports to try, in order. */
      readonly ways: readonly ('streamable' | 'sse')[];
    }
  /** The address at which robots use the tools of another server's access point. */
  | { readonly kind: 'websocket'; readonly url: string };

export interface McpServerSettings {
  readonly name: string;
  readonly place: McpPlace;
  /** Names of the offered tools, as the server calls them. A name may end with `*`. Undefined means all tools. */
  readonly tools: readonly string[] | undefined;
  /** Agents that may use the server. Undefined means all agents. */
  readonly agents: readonly string[] | undefined;
  /** Tools that need a confirmation. Undefined means those that the server calls destructive. */
  readonly confirm: readonly string[] | undefined;
  readonly timeoutMs: number;
  /** True if a missing server is no failure. For example, Home Assistant also has a REST interface. */
  readonly optional?: boolean;
}

interface Mistake {
  readonly name: string;
  readonly reason: string;
}

export interface McpServerFile {
  readonly servers: readonly McpServerSettings[];
  /** Access points of other servers at which tools are offered. */
  readonly offers: readonly OfferSettings[];
  readonly mistakes: readonly Mistake[];
}

/** This id means the owner, who may use everything. No agent can have this id. */
export const ANY_AGENT = '*';

export const MAX_SERVERS = 32;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_S = 60;
const MAX_NAME_CHARS = 64;

const words = z.array(z.string().max(256)).max(256);
const texts = z.record(z.string(), z.coerce.string());

/** Claude Desktop, Cursor, mcp_pipe and xinnan-tech's Python server use these forms. Unknown members are ignored. */
const entry = z.object({
  command: z.string().min(1).optional(),
  args: z.array(z.coerce.string()).default([]),
  env: texts.default({}),
  cwd: z.string().optional(),
  url: z.string().min(1).optional(),
  serverUrl: z.string().min(1).optional(),
  transport: z.string().optional(),
  type: z.string().optional(),
  transportType: z.string().optional(),
  headers: texts.default({}),
  API_ACCESS_TOKEN: z.string().optional(),
  timeout: z.number().positive().optional(),
  disabled: z.boolean().default(false),
  enabled: z.boolean().default(true),
  tools: words.optional(),
  agents: words.optional(),
  confirm: words.optional(),
});
type Entry = z.output<typeof entry>;

type Listed = Readonly<Record<string, unknown>>;
const entries = z.record(z.string(), z.unknown()).default({});
const file = z.object({ mcpServers: entries, accessPoints: entries });

/**
 * Throws an `Error` with the reason if the text is no JSON object, or if `mcpServers` or `accessPoints` is no object.
 */
export function readServerFile(text: string): McpServerFile {
  const content = file.safeParse(JSON.parse(text.replace(/^\uFEFF/, '')));
  if (!content.success)
    throw new Error(`it has no object "${String(content.error.issues[0]?.path[0] ?? 'mcpServers')}"`);
  const servers: McpServerSettings[] = [];
  const mistakes: Mistake[] = [];
  for (const [name, value] of namedEntries(content.data.mcpServers, mistakes)) {
    const parsed = entry.safeParse(value);
    if (!parsed.success) {
      mistakes.push({
        name,
        reason: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
      });
      continue;
    }
    const { disabled, enabled, tools, agents, confirm, timeout } = parsed.data;
    if (disabled || !enabled) continue;
    const place = placeOf(parsed.data);
    if (typeof place === 'string') mistakes.push({ name, reason: place });
    else if (servers.length >= MAX_SERVERS)
      mistakes.push({ name, reason: `there are more than ${MAX_SERVERS} servers` });
    else
      servers.push({
        name,
        place,
        tools,
        agents,
        confirm,
        timeoutMs: timeout === undefined ? DEFAULT_TIMEOUT_MS : Math.min(timeout, MAX_TIMEOUT_S) * 1000,
      });
  }
  return { servers, offers: readOffers(content.data.accessPoints, mistakes), mistakes };
}

/** Reports entries whose name cannot be used, and returns the others. */
function namedEntries(listed: Listed, mistakes: Mistake[]): readonly (readonly [string, unknown])[] {
  return Object.entries(listed).filter(([name]) => {
    const usable = name !== '' && name.length <= MAX_NAME_CHARS;
    if (!usable)
      mistakes.push({
        name: name.slice(0, MAX_NAME_CHARS),
        reason: `its name is empty or longer than ${MAX_NAME_CHARS} characters`,
      });
    return usable;
  });
}

function readOffers(listed: Listed, mistakes: Mistake[]): readonly OfferSettings[] {
  const offers: OfferSettings[] = [];
  for (const [name, value] of namedEntries(listed, mistakes)) {
    const offer = readOffer(name, value);
    if (typeof offer === 'string') mistakes.push({ name, reason: offer });
    else if (offer && offers.length >= MAX_OFFERS)
      mistakes.push({ name, reason: `there are more than ${MAX_OFFERS} access points` });
    else if (offer) offers.push(offer);
  }
  return offers;
}

function placeOf(given: Entry): McpPlace | string {
  const url = given.url ?? given.serverUrl;
  if (given.command !== undefined) {
    return (
      proxied(given) ?? { kind: 'command', command: given.command, args: given.args, env: given.env, cwd: given.cwd }
    );
  }
  if (url === undefined) return 'it has neither a command nor a url';
  return addressOf(url, given, given.API_ACCESS_TOKEN);
}

/**
 * Home Assistant's documentation starts `mcp-proxy`, which only turns SSE into stdio. The address is an argument or in
 * the environment, and the token is in the environment or in a header. This server connects to the address directly.
 */
function proxied({ command = '', args, env, ...rest }: Entry): McpPlace | undefined {
  const program = [command, ...args].find((word) => !/^(?:uvx|npx|uv|tool|run|-y|python3?|-m)$/.test(basename(word)));
  if (!/^mcp-proxy(?:@.*)?(?:\.exe)?$/.test(basename(program ?? ''))) return undefined;
  const url = args.find((word) => /^https?:\/\//.test(word)) ?? env['SSE_URL'];
  if (url === undefined) return undefined;
  const headers: Record<string, string> = {};
  for (const [index, word] of args.entries())
    if (word === '-H' || word === '--headers') headers[args[index + 1] ?? ''] = args[index + 2] ?? '';
  const transport = args[args.indexOf('--transport') + 1];
  const place = addressOf(
    url,
    { ...rest, headers, transport: args.includes('--transport') ? transport : undefined },
    env['API_ACCESS_TOKEN'],
  );
  return typeof place === 'string' ? undefined : place;
}

function addressOf(
  address: string,
  { headers, transport, type, transportType }: Pick<Entry, 'headers' | 'transport' | 'type' | 'transportType'>,
  token: string | undefined,
): McpPlace | string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) return 'its url is none';
  if (url.protocol === 'ws:' || url.protocol === 'wss:') return { kind: 'websocket', url: robotSide(url) };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'its url is neither http nor ws';
  const authorized = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  return {
    kind: 'http',
    url: url.href,
    headers: { ...headers, ...(token !== undefined && !authorized && { Authorization: `Bearer ${token}` }) },
    ways: waysOf((transport ?? type ?? transportType ?? '').toLowerCase(), url),
  };
}

function waysOf(said: string, { pathname }: URL): readonly ('streamable' | 'sse')[] {
  if (said === 'sse') return ['sse', 'streamable'];
  if (said === '' && /\/sse\/?$/.test(pathname)) return ['sse', 'streamable'];
  return ['streamable', 'sse'];
}

/** Returns the address at which robots use tools. People may copy the other address, at which programs offer tools. */
function robotSide(url: URL): string {
  const other = new URL(url);
  other.pathname = other.pathname.replace(/\/mcp(\/?)$/, '/call$1');
  return other.href;
}

/** Values of at least six characters that are never displayed. */
export function secretsOf({ place }: Pick<McpServerSettings, 'place'>): readonly string[] {
  if (place.kind === 'command') return Object.values(place.env).filter((value) => value.length >= 6);
  const inUrl = new URL(place.url);
  const headers = place.kind === 'http' ? Object.values(place.headers).flatMap(withBareToken) : [];
  return [...headers, ...inUrl.searchParams.values(), inUrl.password].filter((value) => value.length >= 6);
}

/** Also returns the token without its scheme, such as `Bearer`, because a server's error may repeat it alone. */
function withBareToken(value: string): readonly string[] {
  const token = /^[\w-]+ +(\S+)$/.exec(value)?.[1];
  return token === undefined ? [value] : [value, token];
}

/** Returns the place without secrets, for display. */
export function placeName({ place }: Pick<McpServerSettings, 'place'>): string {
  if (place.kind === 'command') return place.command;
  const { protocol, host, pathname } = new URL(place.url);
  return `${protocol}//${host}${pathname}`;
}
