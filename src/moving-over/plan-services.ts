import { FIELDS, isReference } from '../config/index.js';
import type { Bilingual } from '../core/index.js';
import { MAX_NAME_CHARS, type Draft } from './draft.js';
import type { OldModel } from './manager-dump.js';
import { findProvider } from './plan-modules.js';
import { textOf } from './tree.js';

/** Fields that each service sets for itself. The service takes all other fields from `llm`. */
const FIELDS_OF_SERVICE: Readonly<Record<string, string>> = {
  'llm.preset': 'preset',
  'llm.base_url': 'base_url',
  'llm.model': 'model',
};

/** Collects the language models that agents use besides the configured one. They become `llm.services`. */
export class PlannedServices {
  readonly #names = new Map<string, string | undefined>();

  constructor(private readonly draft: Draft) {}

  nameOf(model: OldModel): string | undefined {
    if (!this.#names.has(model.id)) this.#names.set(model.id, this.#plan(model));
    return this.#names.get(model.id);
  }

  #plan(model: OldModel): string | undefined {
    const { draft } = this;
    const from = `LLM.${model.code}`;
    const taken = findProvider('LLM', textOf(model.settings['type']) ?? model.code)?.take?.(model.settings);
    if (!taken) return undefined;
    const service = Object.fromEntries(
      taken.fields.flatMap(({ key, value }) => (FIELDS_OF_SERVICE[key] ? [[FIELDS_OF_SERVICE[key], value]] : [])),
    );
    const name = this.#freeName(model);
    const checked = FIELDS.get('llm.services')?.schema.safeParse({ [name]: service });
    if (!checked?.success || isReference(service)) return undefined;
    draft.add(from, 'llm.services', { [name]: service });
    const key = taken.fields.find((field) => field.key === 'llm.api_key')?.value;
    if (key !== undefined) draft.add(`${from}.api_key`, 'llm.service_keys', { [name]: key });
    for (const note of taken.notes ?? []) draft.ask(from, ofService(note, name));
    return name;
  }

  #freeName({ code, id }: OldModel): string {
    const taken = this.draft.values.get('llm.services') ?? {};
    const name = code.slice(0, MAX_NAME_CHARS);
    return Object.hasOwn(taken, name) ? id.slice(0, MAX_NAME_CHARS) : name;
  }
}

/** Replaces keys of `llm` in a provider's note by the keys of the service. */
function ofService({ en, zh }: Bilingual, name: string): Bilingual {
  const changed = (text: string): string =>
    text.replaceAll('llm.api_key', `llm.service_keys.${name}`).replaceAll('llm.model', `llm.services.${name}.model`);
  return { en: changed(en), zh: changed(zh) };
}
