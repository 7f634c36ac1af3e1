import { z } from 'zod';
import { speechOfWav, LISTEN_RATE_HZ } from '../../audio/index.js';
import { type Bilingual, ChorusError } from '../../core/index.js';
import { isSameName, type PersonRecord } from '../../platform/store/index.js';
import type { AdminApi, Routes } from '../api.js';
import { acceptBinaryBodies, binaryBody, collected } from '../binary-body.js';
import type { AdminGate } from '../gate.js';
import { idParameter } from '../shapes.js';
import type { HistoryControl } from './history.js';
import type { MemoryControl } from './memories.js';
import { resourceWords } from '../words/resources.js';

export const personView = z.object({ id: z.string(), name: z.string(), createdMs: z.number() });
export type PersonView = z.output<typeof personView>;

const name = z.string().trim().min(1).max(64);
export const peopleAnswer = z.object({
  people: z.array(personView).meta({ description: 'By name.' }),
  on: z.boolean().meta({ description: 'False: neither `voiceprint.model` nor `voiceprint.url` is set.' }),
});
export const personAnswer = z.object({ person: personView });
/** The body is a WAV file (application/octet-stream) with 1 to 10 s of speech. A longer recording is cut. */
export const addPersonQuery = z.strictObject({ name });
export const renamePersonRequest = z.strictObject({ name });
export const wipePersonQuery = z.strictObject({
  name,
  voice: z.enum(['true']).optional().meta({ description: 'The voiceprint, too. Left out: the voice stays known.' }),
});
export const wipedAnswer = z.object({
  memories: z.number().meta({ description: 'Memories about the person, those that were replaced among them.' }),
  turns: z.number().meta({ description: 'Turns of the history in which the person spoke.' }),
  voice: z.boolean().meta({ description: 'Whether a voiceprint was removed.' }),
});

export const peopleRoutes = {
  listPeople: { method: 'GET', path: '/people', summary: 'People whose voices are known.', answer: peopleAnswer },
  addPerson: {
    method: 'POST',
    path: '/people',
    summary:
      'Keeps the voice of a person from a WAV file (application/octet-stream). It replaces the one of that name.',
    query: addPersonQuery,
    body: 'binary',
    answer: personAnswer,
    status: 201,
  },
  renamePerson: {
    method: 'PATCH',
    path: '/people/:id',
    summary: 'Gives a person another name.',
    params: idParameter,
    body: renamePersonRequest,
  },
  forgetPerson: {
    method: 'DELETE',
    path: '/people/:id',
    summary: 'Forgets a person, with the voiceprint.',
    params: idParameter,
  },
  wipePerson: {
    method: 'DELETE',
    path: '/people',
    summary: 'Removes the memories about a person and the turns in which the person spoke; the voice only if asked.',
    query: wipePersonQuery,
    answer: wipedAnswer,
  },
} as const satisfies Routes;

export type WipedAnswer = z.output<typeof wipedAnswer>;

/** Errors: `voiceprint.failed`, `store.*`. */
export interface PeopleControl {
  readonly on: boolean;
  list(): Promise<readonly PersonRecord[]>;
  /** `pcm` is 16 kHz mono. */
  enroll(name: string, pcm: Int16Array, signal: AbortSignal): Promise<PersonRecord>;
  rename(id: string, name: string): Promise<boolean>;
  forget(id: string, signal: AbortSignal): Promise<boolean>;
}

const LEAST_S = 1;
/** Enough for half a minute of 16-bit stereo at 48 kHz. */
const MAX_BYTES = 6 * 2 ** 20;

/** Data about a person, apart from the voice. A field is undefined if the server keeps no data of that kind. */
export interface KeptOfPeople {
  readonly memories: Pick<MemoryControl, 'forget'> | undefined;
  readonly history: Pick<HistoryControl, 'forget'> | undefined;
}

export function registerPeopleRoutes(
  api: AdminApi,
  gate: AdminGate,
  people: PeopleControl,
  { memories, history }: KeptOfPeople,
): void {
  acceptBinaryBodies(api.app);
  api.on(peopleRoutes.listPeople, async () => ({ people: [...(await people.list())], on: people.on }));
  api.on(peopleRoutes.addPerson, async ({ query, request, signal }) => {
    const bytes = binaryBody(request, resourceWords.wav, (one) => gate.admit(one));
    const file = await collected(bytes, MAX_BYTES, () => refused(resourceWords.soundTooLong));
    return { person: await people.enroll(query.name, await speechOf(file), signal) };
  });
  api.on(peopleRoutes.renamePerson, async ({ params: { id }, body }) => {
    if (!(await people.rename(id, body.name))) throw nobody(id);
  });
  api.on(peopleRoutes.forgetPerson, async ({ params: { id }, signal }) => {
    if (!(await people.forget(id, signal))) throw nobody(id);
  });
  api.on(peopleRoutes.wipePerson, async ({ query, signal }) => {
    const known = (await people.list()).find((person) => isSameName(person.name, query.name));
    // The voice is removed first. If that fails, the name stays, and the other data can still be found.
    const voice = query.voice === 'true' && known !== undefined && (await people.forget(known.id, signal));
    const turns = (await history?.forget({ person: query.name })) ?? 0;
    // The memories come last, because a memory service may be unable to forget a person.
    return { memories: (await memories?.forget({ person: query.name })) ?? 0, turns, voice };
  });
}

async function speechOf(bytes: Uint8Array): Promise<Int16Array> {
  const speech = await speechOfWav(bytes);
  if (speech.length < LEAST_S * LISTEN_RATE_HZ) throw refused(resourceWords.soundTooShort);
  return speech;
}

function refused(sentence: Bilingual): ChorusError {
  return new ChorusError('admin.bad_request', sentence, { details: { what: 'sound' } });
}

function nobody(id: string): ChorusError {
  return new ChorusError('admin.not_found', resourceWords.nobody(id), {
    details: { what: id },
    remedy: resourceWords.seePeople,
  });
}
