import { MAX_NAME_CHARS, type Draft } from './draft.js';
import type { ManagerDump } from './manager-dump.js';
import { at, type Branch } from './tree.js';
import { movingOverWords } from './words.js';

/** A person whose voice is registered at the voiceprint-api under `id`. */
export interface PlannedPerson {
  readonly id: string;
  readonly name: string;
}

const MAX_ID_CHARS = 64;
/** The database accepts at most this many people. */
const MOST = 100;

/** Imports people only together with the address of the voiceprint service. Their voiceprints stay at that service. */
export function planPeople(
  draft: Draft,
  { tree, chosen, dump }: { readonly tree: Branch; readonly chosen: Branch; readonly dump: ManagerDump | undefined },
): readonly PlannedPerson[] {
  const listed = at(tree, ['voiceprint', 'speakers']);
  const ofFiles = (Array.isArray(listed) ? (listed as readonly unknown[]) : []).flatMap((line) => {
    const [id = '', name = ''] = (typeof line === 'string' ? line : '').split(',').map((part) => part.trim());
    return [{ id, name }];
  });
  const given = [...ofFiles, ...(dump?.people ?? [])];
  if (given.length === 0) return [];
  const from = dump?.people.length ? 'ai_agent_voice_print' : 'voiceprint.speakers';
  if (!draft.values.has('voiceprint.url')) {
    // The old server's default configuration contains an example person. Only a list that the user wrote is reported.
    if (dump?.people.length || at(chosen, ['voiceprint', 'speakers']) !== undefined)
      draft.skip(from, movingOverWords.noVoiceprints(given.length));
    return [];
  }
  const people = new Map<string, PlannedPerson>();
  for (const { id, name } of given) if (fits(id, name)) people.set(id, { id, name });
  const kept = [...people.values()].slice(0, MOST);
  if (kept.length > 0) draft.keep(from, 'people', String(kept.length));
  const others = given.length - kept.length;
  if (others > 0) draft.skip(from, movingOverWords.peopleLeftOut(others));
  return kept;
}

/** The service gets the ids in one list, separated by commas, so an id must not contain a comma. */
const fits = (id: string, name: string): boolean =>
  id !== '' && id.length <= MAX_ID_CHARS && !/[,\s]/.test(id) && name !== '' && name.length <= MAX_NAME_CHARS;
