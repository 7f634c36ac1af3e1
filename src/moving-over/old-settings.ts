import { basename } from 'node:path';
import { FIELDS } from '../config/index.js';
import { type Bilingual } from '../core/index.js';
import { openDump } from './dump-file.js';
import { readManagerDump, type ManagerDump } from './manager-dump.js';
import { readOldText, type OldFile } from './old-files.js';
import { emptyBranch, isBranch, merge, type Branch } from './tree.js';
import { parseJsonTree, parseYamlTree } from './yaml-tree.js';
import { movingOverWords } from './words.js';

export interface OldSettings {
  /** The files, merged as the old server merges them. */
  readonly tree: Branch;
  /** Only the values that a person chose, without the old server's own `config.yaml`. */
  readonly chosen: Branch;
  readonly guide: Branch;
  /** Names of the MCP servers of `mcp_server_settings.json`. */
  readonly tools: readonly string[];
  /** Text of the last `mcp_server_settings.json` that was found. */
  readonly toolsText: string | undefined;
  readonly ownPromptFrame: boolean;
  /** Short-term memory as a text by device. */
  readonly memories: Branch;
  readonly dump: ManagerDump | undefined;
  readonly read: readonly OldFile[];
  readonly problems: readonly OldProblem[];
  /** Path of a configuration of Chorus that was found and skipped. */
  readonly own: string | undefined;
}

export interface OldProblem {
  readonly file: string;
  readonly line?: number;
  readonly why: Bilingual;
}

/** An invalid file becomes a problem. The other files are still read. */
export async function readOldSettings(files: readonly OldFile[], signal?: AbortSignal): Promise<OldSettings> {
  const reading = new Reading();
  for (const file of files) await reading.add(file, signal);
  return reading.result();
}

class Reading {
  #tree: Branch = emptyBranch();
  #chosen: Branch = emptyBranch();
  #guide: Branch = emptyBranch();
  #tools: string[] = [];
  #toolsText: string | undefined;
  #ownPromptFrame = false;
  #memories: Branch = emptyBranch();
  #dump: ManagerDump | undefined;
  readonly #read: OldFile[] = [];
  readonly #problems: OldProblem[] = [];
  #own: string | undefined;

  async add(old: OldFile, signal: AbortSignal | undefined): Promise<void> {
    if (old.kind === 'dump') {
      await this.#addDump(old, signal);
      return;
    }
    const text = await readOldText(old.file);
    if (!text.ok) this.#problems.push({ file: old.file, why: text.why });
    else if (old.kind === 'prompt') this.#done(old, () => (this.#ownPromptFrame = true));
    else if (old.kind === 'tools') this.#addTools(old, text.text);
    else this.#addYaml(old, text.text);
  }

  result(): OldSettings {
    return {
      tree: this.#tree,
      chosen: this.#chosen,
      guide: this.#guide,
      tools: this.#tools,
      toolsText: this.#toolsText,
      ownPromptFrame: this.#ownPromptFrame,
      memories: this.#memories,
      dump: this.#dump,
      read: this.#read,
      problems: this.#problems,
      own: this.#own,
    };
  }

  #addYaml(old: OldFile, text: string): void {
    const parsed = parseYamlTree(text);
    if (!parsed.ok) {
      const why = parsed.reason === 'syntax' ? movingOverWords.noYaml : movingOverWords.tooDeep;
      this.#problems.push({ file: old.file, line: parsed.line, why });
      return;
    }
    if (parsed.tree === null) {
      this.#read.push(old);
      return;
    }
    if (!isBranch(parsed.tree)) {
      this.#problems.push({
        file: old.file,
        line: 1,
        why: movingOverWords.noLines,
      });
      return;
    }
    const tree = parsed.tree;
    if (old.kind === 'memory') {
      this.#done(old, () => (this.#memories = together(this.#memories, tree)));
      return;
    }
    // The file name of a Chorus configuration never begins with a dot.
    if (!basename(old.file).startsWith('.') && old.kind !== 'guide' && isOurs(tree)) {
      this.#own = old.file;
      return;
    }
    this.#done(old, () => {
      if (old.kind === 'guide') this.#guide = together(this.#guide, tree);
      this.#tree = together(this.#tree, tree);
      if (old.kind !== 'base') this.#chosen = together(this.#chosen, tree);
    });
  }

  #addTools(old: OldFile, text: string): void {
    const tree = parseJsonTree(text);
    if (!isBranch(tree)) {
      this.#problems.push({ file: old.file, why: movingOverWords.noJson });
      return;
    }
    const servers = tree['mcpServers'];
    this.#done(old, () => {
      if (!isBranch(servers)) return;
      this.#tools = [...new Set([...this.#tools, ...Object.keys(servers)])];
      this.#toolsText = text;
    });
  }

  async #addDump(old: OldFile, signal: AbortSignal | undefined): Promise<void> {
    try {
      const dump = await readManagerDump(await openDump(old.file), signal);
      if (dump.devices.length + dump.agents.length + dump.models.length + dump.params.size === 0) {
        this.#problems.push({
          file: old.file,
          why: movingOverWords.noDump,
        });
        return;
      }
      this.#done(old, () => (this.#dump = dump));
    } catch (error) {
      signal?.throwIfAborted();
      const code = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
      this.#problems.push({ file: old.file, why: movingOverWords.unreadable(code) });
    }
  }

  #done(old: OldFile, take: () => void): void {
    take();
    this.#read.push(old);
  }
}

const SECTIONS: ReadonlySet<string> = new Set([...FIELDS.keys()].map((key) => key.split('.')[0] ?? ''));

/**
 * Detects a configuration of Chorus, which has only sections of Chorus. A configuration of the old server also contains
 * sections for its modules.
 */
function isOurs(tree: Branch): boolean {
  const names = Object.keys(tree);
  if (names.length === 0 || !names.every((name) => SECTIONS.has(name))) return false;
  return (
    ['server', 'log', 'vad'].every((section) => {
      const branch = tree[section];
      return (
        !isBranch(branch) ||
        Object.keys(branch).every((name) =>
          [...FIELDS.keys()].some((key) => key === `${section}.${name}` || key.startsWith(`${section}.${name}.`)),
        )
      );
    }) && !onlyShared(tree)
  );
}

/** Detects a file that is valid for both servers, e.g. `server: {port: 8000}`. */
function onlyShared(tree: Branch): boolean {
  const { server } = tree;
  return (
    Object.keys(tree).every((name) => name === 'server') &&
    isBranch(server) &&
    Object.keys(server).every((name) => name === 'port')
  );
}

function together(base: Branch, over: Branch): Branch {
  const merged = merge(base, over);
  return isBranch(merged) ? merged : over;
}
