import { pathToFileURL } from 'node:url';
import { TOOLS, type Tool } from '../conversation/tools/index.js';
import { ChorusError, isErrorCode, withTimeout, type Clock } from '../core/index.js';
import type { ProviderDescriptor, ProviderRegistry } from '../providers/index.js';
import { readPlugin } from './check.js';
import { failure } from './failure.js';
import { findPackage } from './find-package.js';
import { guarded } from './guarded-descriptors.js';
import { reasonOf } from './guard.js';

/** A plug-in whose providers are registered. */
export interface LoadedPlugin {
  readonly name: string;
  readonly folder: string;
  readonly providers: readonly ProviderDescriptor[];
  readonly tools: readonly Tool[];
}

export interface Plugins {
  readonly loaded: readonly LoadedPlugin[];
  /** One `plugin.*` error per plug-in that was not loaded. The server runs without these plug-ins. */
  readonly failures: readonly ChorusError[];
}

export const NO_PLUGINS: Plugins = { loaded: [], failures: [] };

export interface LoadPluginsOptions {
  /** Folders with a `node_modules`, in search order. Nothing is ever downloaded. */
  readonly folders: readonly string[];
  readonly registry: ProviderRegistry;
  readonly clock: Clock;
}

/** Plug-ins of this process. Each module is loaded once, and its providers are registered once. */
let inUse: Plugins = NO_PLUGINS;

/** Loads the plug-ins that this process has not tried yet. `changed` is true if at least one was loaded. */
export async function usePlugins(
  names: readonly string[],
  options: LoadPluginsOptions,
): Promise<{ readonly plugins: Plugins; readonly changed: boolean }> {
  const tried = new Set([
    ...inUse.loaded.map(({ name }) => name),
    ...inUse.failures.map(({ details }) => String(details['plugin'])),
  ]);
  const more = await loadPlugins(
    names.filter((name) => !tried.has(name)),
    options,
    inUse.loaded,
  );
  inUse = { loaded: [...inUse.loaded, ...more.loaded], failures: [...inUse.failures, ...more.failures] };
  return { plugins: inUse, changed: more.loaded.length > 0 };
}

/** The module might never finish loading. */
const LOAD_TIMEOUT_MS = 10_000;

/** A plug-in is left out if one of its ids or tool names is already taken. Never rejects. */
export async function loadPlugins(
  names: readonly string[],
  options: LoadPluginsOptions,
  before: readonly LoadedPlugin[] = [],
): Promise<Plugins> {
  const loaded: LoadedPlugin[] = [];
  const failures: ChorusError[] = [];
  for (const name of new Set(names)) {
    try {
      loaded.push(await load(name, options, [...before, ...loaded]));
    } catch (error) {
      failures.push(isPluginError(error) ? error : failure('plugin.load_failed', name, reasonOf(error), error));
    }
  }
  return { loaded, failures };
}

async function load(
  name: string,
  { folders, registry, clock }: LoadPluginsOptions,
  before: readonly LoadedPlugin[],
): Promise<LoadedPlugin> {
  const found = await findPackage(name, folders);
  if (!found) throw failure('plugin.not_found', name, 'it is not installed');
  const onTimeout = (): Error => new Error(`it was not loaded within ${LOAD_TIMEOUT_MS / 1000} s`);
  const { href } = pathToFileURL(found.entry);
  const module = await withTimeout(clock, LOAD_TIMEOUT_MS, undefined, onTimeout, () => import(href) as Promise<object>);
  const plugin = readPlugin(name, module);
  const toolNames = new Set([...TOOLS, ...before.flatMap(({ tools }) => tools)].map((tool) => tool.name));
  for (const tool of plugin.tools) {
    if (toolNames.has(tool.name)) throw taken(name, tool.name);
    toolNames.add(tool.name);
  }
  const own = new Set<string>();
  for (const { kind, id } of plugin.providers) {
    if (own.has(`${kind} ${id}`) || registry.has(kind, id)) throw taken(name, id);
    own.add(`${kind} ${id}`);
  }
  const providers = plugin.providers.map((provider) => guarded(name, provider));
  for (const provider of providers) registry.register(provider);
  return { name, folder: found.folder, providers, tools: plugin.tools };
}

const taken = (plugin: string, id: string): ChorusError =>
  new ChorusError('plugin.id_taken', `the plug-in ${plugin}: there is something called ${id} already`, {
    details: { plugin, id },
  });

const isPluginError = (error: unknown): error is ChorusError =>
  error instanceof ChorusError && isErrorCode(error.code) && error.code.startsWith('plugin.');
