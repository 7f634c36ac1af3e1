import { createHash } from 'node:crypto';
import { DEFAULT_PORT } from '../config/index.js';
import { parseDeviceId } from '../device/protocol/index.js';
import type { Draft } from './draft.js';
import { at, booleanOf, isBranch, isPlaceholder, numberOf, textOf, type Branch, type Tree } from './tree.js';
import { movingOverWords } from './words.js';

export interface OldAccess {
  /** Keys with which the old server signed tokens. */
  readonly keys: readonly string[];
  /** Lifetime of a signed token. The old server's default is 30 days. */
  readonly expireSeconds: number;
  /** Fixed tokens as SHA-256 in hex. `deviceId` is set if the token's name is a device id. */
  readonly tokens: readonly { readonly sha256: string; readonly deviceId?: string }[];
  /** If false, the old server did not check tokens, and devices may have any token. */
  readonly checked: boolean;
}

const EXPIRE_SECONDS = 30 * 24 * 3600;
const MAX_TOKENS = 10_000;
const KEY_PATHS = [
  ['server', 'auth_key'],
  ['server', 'secret'],
  ['manager-api', 'secret'],
] as const;

export function planAccess(draft: Draft, tree: Branch, moves: boolean): OldAccess {
  if (moves) planPorts(draft, tree);
  const keys: string[] = [];
  for (const path of KEY_PATHS) {
    const key = textOf(at(tree, path));
    if (key === undefined || isPlaceholder(key)) continue;
    if (!keys.includes(key)) keys.push(key);
    draft.keep(path.join('.'), 'database', '***');
  }
  const expire = numberOf(at(tree, ['server', 'auth', 'expire_seconds']));
  const expireSeconds = expire !== undefined && expire > 0 ? Math.min(expire, 10 * 365 * 24 * 3600) : EXPIRE_SECONDS;
  if (expire !== undefined && expire > 0) draft.keep('server.auth.expire_seconds', 'database', String(expireSeconds));
  const checked = booleanOf(at(tree, ['server', 'auth', 'enabled'])) ?? false;
  return { keys, expireSeconds, tokens: fixedTokens(draft, at(tree, ['server', 'auth', 'tokens'])), checked };
}

function planPorts(draft: Draft, tree: Branch): void {
  const own = draft.values.get('server.port') ?? DEFAULT_PORT;
  const asked = numberOf(at(tree, ['server', 'http_port']));
  const usable = asked !== undefined && Number.isInteger(asked) && asked >= 1 && asked <= 65_535;
  if (asked !== undefined && !usable) draft.skip('server.http_port', movingOverWords.noPort(asked));
  const ports = [...new Set([8002, usable ? asked : 8003])].filter((port) => port !== own);
  draft.set(asked === undefined ? 'OTA' : 'server.http_port', 'server.ota_ports', ports);
}

function fixedTokens(draft: Draft, list: Tree | undefined): OldAccess['tokens'] {
  if (list === undefined || list === null) return [];
  const tokens: { sha256: string; deviceId?: string }[] = [];
  let wrong = 0;
  for (const entry of Array.isArray(list) ? (list as readonly Tree[]).slice(0, MAX_TOKENS) : [list]) {
    const token = isBranch(entry) ? textOf(entry['token']) : undefined;
    if (token === undefined) {
      wrong++;
      continue;
    }
    if (isPlaceholder(token)) continue;
    const deviceId = parseDeviceId(isBranch(entry) ? textOf(entry['name']) : undefined);
    tokens.push({
      sha256: createHash('sha256').update(token).digest('hex'),
      ...(deviceId !== undefined && { deviceId }),
    });
  }
  if (tokens.length > 0) draft.keep('server.auth.tokens', 'database', `${tokens.length} × ***`);
  if (wrong > 0) draft.skip('server.auth.tokens', movingOverWords.noTokens(wrong));
  return tokens;
}
