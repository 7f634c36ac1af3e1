import { isDeepStrictEqual } from 'node:util';
import { CHINESE_MODEL } from '../engines/index.js';
import type { Draft } from './draft.js';
import type { OldModel } from './manager-dump.js';
import { findProvider } from './plan-modules.js';
import { textOf } from './tree.js';

const MODEL = 'asr.model';
const SERVICES = 'asr.services';

export function planRecogniser(draft: Draft, model: OldModel): string | undefined {
  const taken = findProvider('ASR', textOf(model.settings['type']) ?? model.code)?.take?.(model.settings);
  const chosen = taken?.fields.find(({ key }) => key === MODEL)?.value;
  if (!taken || typeof chosen !== 'string') return undefined;
  // `auto` would follow the device's language, but the old server's users spoke Chinese.
  const id = chosen === 'auto' ? CHINESE_MODEL : chosen;
  const own = taken.fields.filter(({ key }) => key !== MODEL);
  const differs = own.some(
    ({ key, value }) => draft.values.has(key) && !isDeepStrictEqual(draft.values.get(key), value),
  );
  if (differs) return undefined;
  const from = `ASR.${model.code}`;
  for (const { field, key, value } of own) if (!draft.values.has(key)) draft.set(`${from}.${field}`, key, value);
  const services = new Set((draft.values.get(SERVICES) as readonly string[] | undefined) ?? []);
  if (!services.has(id) && !draft.set(from, SERVICES, [...services, id])) return undefined;
  for (const note of taken.notes ?? []) draft.ask(from, note);
  return id;
}
