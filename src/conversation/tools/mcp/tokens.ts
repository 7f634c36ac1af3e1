import type { DeviceStore } from '../../../platform/store/device-store-port.js';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { bilingualWords, ChorusError, type Clock } from '../../../core/index.js';
import { TOOL_TEXTS } from '../words.js';

export type McpTokenStore = Pick<DeviceStore, 'findSecret' | 'replaceSecret'>;

const kept = z.array(
  z.object({ id: z.string(), agent: z.string().optional(), hash: z.string(), createdMs: z.number() }),
);

/** The token itself is shown once and not stored. */
export type McpToken = Readonly<z.output<typeof kept>[number]>;

const SECRET_NAME = 'mcp_tokens';
const MAX_TOKENS = 100;
/** A token of 256 bits cannot be guessed, so failed attempts need no limit. */
const TOKEN_BYTES = 32;
/** Changes by another server on the same database take effect within this time. */
const KNOWN_MS = 5000;

/** A token belongs to one agent or to all devices. */
export class McpTokens {
  #last: Promise<unknown> = Promise.resolve();
  /** Anybody may send a wrong token, so a check must not always query the database. */
  #known: { readonly atMs: number; readonly tokens: Promise<readonly McpToken[]> } | undefined;

  constructor(
    private readonly store: McpTokenStore,
    private readonly clock: Clock,
  ) {}

  /** Errors: `store.failed`. */
  async list(): Promise<readonly McpToken[]> {
    const text = await this.store.findSecret(SECRET_NAME);
    return text === undefined ? [] : kept.parse(JSON.parse(text));
  }

  /** Programs with this token offer tools to `agent`, or to every device if `agent` is undefined. */
  create(agent: string | undefined): Promise<{ readonly entry: McpToken; readonly token: string }> {
    return this.#inTurn(async () => {
      const before = await this.list();
      if (before.length >= MAX_TOKENS)
        throw new ChorusError('admin.bad_request', bilingualWords(TOOL_TEXTS).mcp.tooManyTokens(MAX_TOKENS), {
          details: { what: 'token' },
        });
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const entry: McpToken = {
        id: randomBytes(4).toString('hex'),
        ...(agent !== undefined && { agent }),
        hash: hashOf(token),
        createdMs: this.clock.wallMs(),
      };
      await this.store.replaceSecret(SECRET_NAME, JSON.stringify([...before, entry]));
      return { entry, token };
    });
  }

  /** Returns false if no token has that id. */
  revoke(id: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const before = await this.list();
      const left = before.filter((token) => token.id !== id);
      if (left.length < before.length) await this.store.replaceSecret(SECRET_NAME, JSON.stringify(left));
      return left.length < before.length;
    });
  }

  /** Returns undefined if the token is unknown. */
  async check(token: string): Promise<McpToken | undefined> {
    const hash = Buffer.from(hashOf(token));
    return (await this.#recent()).find((known) => {
      const other = Buffer.from(known.hash);
      return other.length === hash.length && timingSafeEqual(other, hash);
    });
  }

  #recent(): Promise<readonly McpToken[]> {
    const nowMs = this.clock.nowMs();
    if (this.#known && nowMs - this.#known.atMs < KNOWN_MS) return this.#known.tokens;
    const known = { atMs: nowMs, tokens: this.list() };
    this.#known = known;
    known.tokens.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return known.tokens;
  }

  /** Runs changes one after the other. The tokens are read again after each change. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work).finally(() => (this.#known = undefined));
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
