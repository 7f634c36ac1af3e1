import { z } from 'zod';

/** An access point of another server. Tools of this server are offered there. */
export interface OfferSettings {
  readonly name: string;
  /** `ws:` or `wss:`. The query contains the token. */
  readonly url: string;
  /** The names of the tools to offer; see {@link isOffered}. */
  readonly tools: readonly string[];
  /** Id of the agent whose MCP servers and documents may be used. Undefined: those that every agent may use. */
  readonly agent: string | undefined;
  /** Language of the tools' descriptions and answers. Undefined: the configured language. */
  readonly language: 'en' | 'zh' | undefined;
}

export const MAX_OFFERS = 8;
const MAX_NAMES = 64;

const entry = z.object({
  url: z.string().min(1),
  tools: z.array(z.string().min(1).max(64)).max(MAX_NAMES).default([]),
  agent: z.string().min(1).max(128).optional(),
  language: z.enum(['en', 'zh']).optional(),
  disabled: z.boolean().default(false),
  enabled: z.boolean().default(true),
});

/**
 * Reads one entry of `accessPoints` in the file. A string is the reason why the entry cannot be used. Undefined: the
 * entry is switched off.
 */
export function readOffer(name: string, value: unknown): OfferSettings | string | undefined {
  const parsed = entry.safeParse(value);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const { url: address, tools, agent, language, disabled, enabled } = parsed.data;
  if (disabled || !enabled) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'ws:' && url?.protocol !== 'wss:') return 'its url does not begin with ws:// or wss://';
  return { name, url: url.href, tools, agent, language };
}

/**
 * True if the owner's list names the tool. An entry that ends with `*` matches all tools with that prefix, except those
 * that need a confirmation. Nobody can be asked over a remote server, so the owner has to write the full name of each
 * such tool.
 */
export function isOffered(
  { name, confirm }: { readonly name: string; readonly confirm: boolean },
  listed: readonly string[],
): boolean {
  return listed.some((one) => (one.endsWith('*') ? !confirm && name.startsWith(one.slice(0, -1)) : one === name));
}
