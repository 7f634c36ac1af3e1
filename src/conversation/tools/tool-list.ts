import { z } from 'zod';
import { ChorusError, visibleText } from '../../core/index.js';
import { MAX_SERVER_TOOLS } from './limits.js';
import { safeToolName } from './tool-name.js';
import type { OfferedTool } from './tool-source.js';

/** Optional members that are invalid count as missing. */
const listedTool = z.object({
  name: z.string().min(1).max(256),
  description: z.string().catch(''),
  inputSchema: z
    .looseObject({ properties: z.record(z.string(), z.unknown()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  execution: z
    .object({ taskSupport: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  annotations: z
    .object({
      audience: z.array(z.string()).optional().catch(undefined),
      readOnlyHint: z.boolean().optional().catch(undefined),
      destructiveHint: z.boolean().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const page = z.object({
  tools: z.array(z.unknown()).catch([]),
  nextCursor: z.string().optional().catch(undefined),
});

const MAX_DESCRIPTION_CHARS = 1024;
/** A device lists its tools in pages of this size, so no schema of a device is longer. */
const MAX_SCHEMA_CHARS = 8000;
/** Limit for all tools of one list, because every prompt contains them. */
const MAX_TOTAL_CHARS = 64_000;

export interface KnownTool {
  /** The tool's name at its server. */
  readonly name: string;
  readonly spec: OfferedTool;
}

export interface ToolFacts {
  readonly name: string;
  readonly readOnly: boolean;
  readonly destructive: boolean;
}

/** Undefined means that the tool is not offered. */
export type ToolPolicy = (tool: ToolFacts) => Omit<OfferedTool, 'name' | 'description' | 'inputSchema'> | undefined;

/** A device's standard tools fill one page. A hundred tools of a robot fill about five. */
const MAX_PAGES = 20;

/**
 * Calls `onPage` after each page. Errors: those of `request`, and `tool.failed` if the list is unreadable or does not
 * end.
 */
export async function listTools(
  list: ToolList,
  request: (params: Readonly<Record<string, unknown>>) => Promise<unknown>,
  onPage: () => void = () => undefined,
): Promise<void> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = readPage(await request(cursor === undefined ? {} : { cursor }));
    if (!page) throw new ChorusError('tool.failed', 'the list of tools cannot be read');
    for (const tool of page.tools) list.add(tool);
    onPage();
    cursor = page.nextCursor;
    if (cursor === undefined) return;
    if (seen.has(cursor)) throw new ChorusError('tool.failed', 'the list of tools goes round in circles');
    seen.add(cursor);
  }
  throw new ChorusError('tool.failed', `the list of tools has more than ${MAX_PAGES} pages`);
}

function readPage(
  result: unknown,
): { readonly tools: readonly unknown[]; readonly nextCursor: string | undefined } | undefined {
  const parsed = page.safeParse(result);
  // An empty cursor would start again at the first page, so it counts as the end.
  return parsed.success
    ? { tools: parsed.data.tools, nextCursor: parsed.data.nextCursor === '' ? undefined : parsed.data.nextCursor }
    : undefined;
}

/** The model knows each tool by an alias. */
export class ToolList {
  readonly #byAlias = new Map<string, KnownTool>();
  readonly #names = new Set<string>();
  #chars = 0;

  constructor(
    private readonly policy: ToolPolicy,
    private readonly prefix = '',
  ) {}

  get specs(): readonly OfferedTool[] {
    return [...this.#byAlias.values()].map((tool) => tool.spec);
  }

  find(alias: string): KnownTool | undefined {
    return this.#byAlias.get(alias);
  }

  /**
   * Returns false, without adding the tool, if the list is full or the policy refuses the tool. Also refuses
   * duplicates, unreadable or too large tools, tools only for people, and tools that answer only as an MCP task.
   */
  add(listed: unknown): boolean {
    const parsed = listedTool.safeParse(listed);
    if (!parsed.success || this.#byAlias.size >= MAX_SERVER_TOOLS) return false;
    const { name, description, inputSchema, annotations, execution } = parsed.data;
    if (this.#names.has(name)) return false;
    // Chorus never fetches the results of MCP tasks.
    if (execution?.taskSupport === 'required') return false;
    const audience = annotations?.audience;
    if (audience && audience.length > 0 && !audience.includes('assistant')) return false;
    const schema: Record<string, unknown> = {
      ...inputSchema,
      type: 'object',
      properties: inputSchema?.properties ?? {},
    };
    const schemaText = visibleText(JSON.stringify(schema));
    const schemaChars = schemaText.length;
    const chars = name.length + Math.min(description.length, MAX_DESCRIPTION_CHARS) + schemaChars;
    if (schemaChars > MAX_SCHEMA_CHARS || this.#chars + chars > MAX_TOTAL_CHARS) return false;
    const { readOnlyHint: readOnly = false, destructiveHint: destructive = false } = annotations ?? {};
    const decided = this.policy({ name, readOnly, destructive });
    if (!decided) return false;
    this.#chars += chars;
    const alias = safeToolName(this.prefix + name, this.#byAlias);
    this.#names.add(name);
    this.#byAlias.set(alias, {
      name,
      spec: {
        name: alias,
        description: visibleText(description).slice(0, MAX_DESCRIPTION_CHARS),
        inputSchema: JSON.parse(schemaText) as Record<string, unknown>,
        ...decided,
      },
    });
    return true;
  }
}
