import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Environment } from './environment.js';
import type { Leaf } from './layer.js';
import type { Mistake } from './mistake.js';

const SECRET_MAX_CHARS = 8192;

/**
 * Detects `file:...` and `env:...`, also inside maps. The console may not set such a reference, because somebody could
 * send any file of the server to an address of their choice.
 */
export function isReference(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isReference);
  return typeof value === 'string' && /^(file|env):/.test(value);
}

/**
 * Resolves `file:/run/secrets/key` or `env:NAME`. Any other text is the secret itself. A path is relative to the
 * configuration file's folder.
 */
export async function resolveSecret(
  leaf: Leaf,
  configFile: string,
  env: Environment,
): Promise<{ readonly value: unknown } | { readonly mistake: Mistake }> {
  const reference = leaf.value;
  if (typeof reference === 'object' && reference !== null) return resolveEach(leaf, reference, configFile, env);
  if (typeof reference !== 'string') return { value: reference };
  const broken = (reason: 'no_file' | 'no_variable' | 'empty') => ({
    mistake: { kind: 'secret', origin: leaf.origin, key: leaf.field.key, found: reference, reason } as const,
  });
  if (reference.startsWith('env:')) {
    const value = env[reference.slice(4)];
    if (value === undefined) return broken('no_variable');
    return value === '' ? broken('empty') : { value };
  }
  if (!reference.startsWith('file:')) return { value: reference };
  try {
    const text = await readFile(resolve(dirname(configFile), reference.slice(5)), 'utf8');
    const value = text.trim();
    return value === '' || value.length > SECRET_MAX_CHARS ? broken('empty') : { value };
  } catch {
    return broken('no_file');
  }
}

async function resolveEach(
  leaf: Leaf,
  references: object,
  configFile: string,
  env: Environment,
): Promise<{ readonly value: unknown } | { readonly mistake: Mistake }> {
  const resolved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(references) as readonly (readonly [string, unknown])[]) {
    const one = typeof value === 'string' ? await resolveSecret({ ...leaf, value }, configFile, env) : { value };
    if ('mistake' in one) return one;
    resolved[name] = one.value;
  }
  return { value: resolved };
}
