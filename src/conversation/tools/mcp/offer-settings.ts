import { z } from 'zod';

/** This server offers tools at an access point of another server. */
export interface OfferSettings {
  readonly name: string;
  /** `ws:` or `wss:`. The query contains the token. */
  readonly url: string;
  /** See {@link isOffered}. */
  readonly tools: readonly string[];
  /** The tools may use this agent's MCP servers and documents. Undefined means only those for every agent. */
  readonly agent: string | undefined;
  /** Language of the tools' descriptions and answers. Undefined means the configured language. */
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

/** Returns the reason as text if the entry cannot be used. Returns undefined if the entry is switched off. */
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
 * `*` at the end of an entry matches all tools with the prefix, except tools that need a confirmation. Nobody can be
 * asked over another server, so the owner must write the names of these tools in full.
 */
export function isOffered(
  { name, confirm }: { readonly name: string; readonly confirm: boolean },
  listed: readonly string[],
): boolean {
  return listed.some((one) => (one.endsWith('*') ? !confirm && name.startsWith(one.slice(0, -1)) : one === name));
}
