import { Document, isMap, isScalar, type Pair } from 'yaml';
import type { UiLanguage } from '../core/index.js';
import { FIELDS } from './fields.js';
import type { LoadedConfig } from './loader.js';
import type { Config } from './schema.js';
import { describeOrigin } from './wording.js';

const MASK = '***';
/** Marks the comments that Chorus puts above lists and maps. A later step moves them behind the key. */
const MARK = '\u2063';

export function maskSecrets(config: Config): Record<string, unknown> {
  const plain = structuredClone(config) as Record<string, unknown>;
  for (const field of FIELDS.values()) {
    if (!field.secret) continue;
    const path = field.key.split('.');
    const name = path.pop() ?? '';
    let section: unknown = plain;
    for (const step of path) section = (section as Record<string, unknown>)[step];
    const holder = section as Record<string, unknown>;
    const value = holder[name];
    if (typeof value === 'object' && value !== null)
      holder[name] = Object.fromEntries(Object.keys(value).map((member) => [member, MASK]));
    else if (value !== undefined) holder[name] = MASK;
  }
  return plain;
}

/** The current configuration as YAML. Comments say where each value comes from, and secrets are masked. */
export function showConfig(loaded: LoadedConfig, language: UiLanguage): string {
  const document = new Document(maskSecrets(loaded.config));
  for (const key of FIELDS.keys()) {
    const pair = pairAt(document, key.split('.'));
    if (!pair) continue;
    const comment = ` ${describeOrigin(loaded.origins.get(key) ?? { kind: 'default' }, language)}`;
    if (isScalar(pair.value)) pair.value.comment = comment;
    else if (isScalar(pair.key)) pair.key.commentBefore = `${MARK}${comment}`;
  }
  return document.toString({ lineWidth: 0 }).replaceAll(/^( *)#\u2063(.*)\n *(.*)$/gm, '$1$3 #$2');
}

function pairAt(document: Document, path: readonly string[]): Pair | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  return isMap(parent) ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === path.at(-1)) : undefined;
}
