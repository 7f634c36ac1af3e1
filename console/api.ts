import type * as schema from '../src/admin/contract.js';
import type { z } from 'zod';

type Answer<T extends z.ZodType> = z.output<T>;

export type Overview = schema.OverviewAnswer;
export type ModelView = schema.ModelView;
export type DeviceView = schema.DeviceView;
export type TurnEntry = schema.TurnEntry;
export type TurnAudio = Answer<typeof schema.turnAudio>;
export type AudioSide = TurnAudio['sides'][number];
export type CostEntry = schema.CostEntry;
export type TurnVerdict = schema.TurnVerdict;
export type ProblemView = schema.ProblemView;
export type Mcp = schema.McpAnswer;
export type LlmPresets = schema.LlmPresetsAnswer;
export type Voices = schema.VoicesAnswer;
export type Session = schema.SessionAnswer;
export type ConfigChange = schema.ChangeConfigAnswer;
export type AgentView = schema.AgentView;
export type AgentFieldView = schema.AgentFieldView;
export type MemoryView = schema.MemoryView;
export type PersonView = schema.PersonView;
export type People = Answer<typeof schema.peopleAnswer>;
export type KnowledgeDocumentView = schema.KnowledgeDocumentView;
export type Documents = schema.DocumentsAnswer;
export type FoundPassageView = schema.FoundPassageView;
export type BrowserDeviceAnswer = schema.BrowserDevice;

/** An error with the server's message. Without an answer, its code is `unreachable`. */
export class ApiError extends Error {
  constructor(
    /** HTTP status, or 0 if there was no answer. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string | undefined,
    /** `Retry-After` in seconds. */
    readonly retryAfterS: number | undefined,
  ) {
    super(message);
  }
}

export interface ApiOptions {
  /** The language of the page, in which the server should write its messages. */
  readonly language: () => 'en' | 'zh';
  readonly fetch: typeof fetch;
  /**
   * Called when a request is refused because the session has ended, for example because the password was changed or the
   * server restarted.
   */
  readonly onSignedOut: () => void;
}

interface Request {
  readonly method?: 'POST' | 'PATCH' | 'DELETE';
  /** A file is sent unchanged, anything else as JSON. */
  readonly body?: unknown;
  /** `Accept-Language`, if it should differ from the language of the page. */
  readonly language?: string;
  /** Error statuses for which the answer is returned and no error is thrown. */
  readonly also?: readonly number[];
}

const BASE = '/api/v1';
/** Only for reading. A change may take as long as a trial of new settings, or the upload of a document. */
const READ_WITHIN_MS = 15_000;

/** The admin API (docs/admin-api.md) as functions. A refusal or a missing answer rejects with {@link ApiError}. */
export class Api {
  #csrf: string | undefined;

  constructor(private readonly options: ApiOptions) {}

  session = async (): Promise<Session> => this.#keep(await this.#json('/session'));

  signIn = async (password: string): Promise<Session> =>
    this.#keep(await this.#json('/session', { method: 'POST', body: { password } }));

  async signOut(): Promise<void> {
    await this.#call('/session', { method: 'DELETE' });
    this.#csrf = undefined;
  }

  overview = (): Promise<Overview> => this.#json('/overview');
  devices = async (): Promise<readonly DeviceView[]> =>
    (await this.#json<Answer<typeof schema.devicesAnswer>>('/devices')).devices;
  /** Resolves with the newest turns first. */
  turns = async (limit: number): Promise<readonly TurnEntry[]> =>
    (await this.#json<Answer<typeof schema.turnsAnswer>>(`/turns?limit=${limit}`)).turns.toReversed();
  /** Resolves with Ogg Opus. */
  turnAudio = async (turn: string, side: AudioSide): Promise<Blob> =>
    (await this.#call(`/history/${encodeURIComponent(turn)}/audio/${side}`)).blob();
  problems = async (): Promise<readonly ProblemView[]> =>
    (await this.#json<Answer<typeof schema.problemsAnswer>>('/problems')).problems;

  mcp = (): Promise<Mcp> => this.#json('/mcp');

  rename = (deviceId: string, name: string): Promise<unknown> =>
    this.#json(`/devices/${encodeURIComponent(deviceId)}`, { method: 'PATCH', body: { name } });
  revoke = (deviceId: string): Promise<unknown> =>
    this.#json(`/devices/${encodeURIComponent(deviceId)}/revoke`, { method: 'POST' });
  forget = (deviceId: string): Promise<unknown> =>
    this.#call(`/devices/${encodeURIComponent(deviceId)}`, { method: 'DELETE' });
  pair = async (code: string): Promise<DeviceView> =>
    (await this.#json<Answer<typeof schema.deviceAnswer>>('/pairing', { method: 'POST', body: { code } })).device;
  /** `language` is the language of the conversation. */
  browserDevice = (language: string): Promise<BrowserDeviceAnswer> =>
    this.#json('/browser-device', { method: 'POST', language });

  agents = async (): Promise<readonly AgentView[]> =>
    (await this.#json<Answer<typeof schema.agentsAnswer>>('/agents')).agents;
  agentFields = async (): Promise<readonly AgentFieldView[]> =>
    (await this.#json<Answer<typeof schema.agentFieldsAnswer>>('/agents/fields')).fields;
  addAgentExamples = async (language: 'en' | 'zh'): Promise<readonly AgentView[]> =>
    (
      await this.#json<Answer<typeof schema.agentsAnswer>>('/agents/examples', {
        method: 'POST',
        body: { language },
      })
    ).agents;
  setAgent = (id: string, change: Readonly<Record<string, unknown>>): Promise<unknown> =>
    this.#json(`/agents/${encodeURIComponent(id)}`, { method: 'POST', body: change });
  removeAgent = (id: string): Promise<unknown> => this.#call(`/agents/${encodeURIComponent(id)}`, { method: 'DELETE' });
  chooseAgent = (deviceId: string, choice: { agent: string; roles: readonly string[] }): Promise<unknown> =>
    this.#call(`/devices/${encodeURIComponent(deviceId)}/agent`, { method: 'POST', body: choice });
  /** Resolves with the newest memories first, including replaced memories. */
  memories = async (): Promise<readonly MemoryView[]> =>
    (await this.#json<Answer<typeof schema.memoriesAnswer>>('/memories')).memories;
  editMemory = (id: string, text: string): Promise<unknown> =>
    this.#json(`/memories/${encodeURIComponent(id)}`, { method: 'PATCH', body: { text } });
  forgetMemory = (id: string): Promise<unknown> =>
    this.#call(`/memories/${encodeURIComponent(id)}`, { method: 'DELETE' });
  forgetMemories = async (which: Readonly<Record<string, string>>): Promise<number> =>
    (
      await this.#json<Answer<typeof schema.forgottenAnswer>>(`/memories?${new URLSearchParams(which)}`, {
        method: 'DELETE',
      })
    ).forgotten;

  /** Resolves with the newest documents first. */
  documents = (): Promise<Documents> => this.#json('/knowledge');
  addDocument = async (file: File, collection: string): Promise<KnowledgeDocumentView> => {
    const query = new URLSearchParams({ file: file.name, ...(collection !== '' && { collection }) });
    const asked = { method: 'POST', body: file } as const;
    return (await this.#json<Answer<typeof schema.documentAnswer>>(`/knowledge?${query}`, asked)).document;
  };
  searchDocuments = async (question: string): Promise<readonly FoundPassageView[]> =>
    (
      await this.#json<Answer<typeof schema.foundPassagesAnswer>>(
        `/knowledge/search?${new URLSearchParams({ q: question })}`,
      )
    ).passages;
  removeDocument = (id: string): Promise<unknown> =>
    this.#call(`/knowledge/${encodeURIComponent(id)}`, { method: 'DELETE' });

  people = (): Promise<People> => this.#json('/people');
  renamePerson = (id: string, name: string): Promise<unknown> =>
    this.#call(`/people/${encodeURIComponent(id)}`, { method: 'PATCH', body: { name } });
  forgetPerson = (id: string): Promise<unknown> =>
    this.#call(`/people/${encodeURIComponent(id)}`, { method: 'DELETE' });
  /** Removes the memories of the person and the turns in which the person spoke, but not the voice. */
  wipePerson = (name: string): Promise<Answer<typeof schema.wipedAnswer>> =>
    this.#json(`/people?${new URLSearchParams({ name })}`, { method: 'DELETE' });

  llmPresets = (): Promise<LlmPresets> => this.#json('/llm/presets');
  tryLlm = (asked: schema.TryLlmRequest): Promise<schema.TryLlmAnswer> =>
    this.#json('/llm/try', { method: 'POST', body: asked });
  costs = async (): Promise<readonly CostEntry[]> =>
    (await this.#json<Answer<typeof schema.costsAnswer>>('/costs')).costs.toReversed();
  voices = (): Promise<Voices> => this.#json('/voices');
  /** Resolves with one spoken sentence as WAV or MP3. */
  listen = async (asked: schema.ListenRequest): Promise<ArrayBuffer> =>
    (await this.#call('/voices/listen', { method: 'POST', body: asked })).arrayBuffer();
  models = async (): Promise<readonly ModelView[]> =>
    (await this.#json<Answer<typeof schema.modelsAnswer>>('/models')).models;
  pullModel = (id: string): Promise<unknown> =>
    this.#json(`/models/${encodeURIComponent(id)}/pull`, { method: 'POST' });
  changeConfig = (set: Readonly<Record<string, unknown>>): Promise<ConfigChange> =>
    this.#json('/config', { method: 'PATCH', body: { set }, also: [422] });

  #keep(session: Session): Session {
    this.#csrf = session.csrf;
    return session;
  }

  async #json<T>(path: string, request?: Request): Promise<T> {
    return (await (await this.#call(path, request)).json()) as T;
  }

  async #call(path: string, request: Request = {}): Promise<Response> {
    try {
      return await this.#send(path, request);
    } catch (error) {
      const mayBeOld = request.method !== undefined && error instanceof ApiError && error.code === 'admin.cross_site';
      if (!mayBeOld) throw error;
      // Another tab may have signed in since. The browser then has another session, with another secret.
      await this.session();
      return this.#send(path, request);
    }
  }

  async #send(path: string, { method, body, language, also = [] }: Request = {}): Promise<Response> {
    const headers: Record<string, string> = { 'accept-language': language ?? this.options.language() };
    const file = typeof Blob !== 'undefined' && body instanceof Blob ? body : undefined;
    if (body !== undefined) headers['content-type'] = file ? 'application/octet-stream' : 'application/json';
    if (method !== undefined && this.#csrf !== undefined) headers['x-chorus-csrf'] = this.#csrf;
    const response = await this.options
      .fetch(`${BASE}${path}`, {
        method: method ?? 'GET',
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        ...(method === undefined && { signal: AbortSignal.timeout(READ_WITHIN_MS) }),
        ...(body !== undefined && { body: file ?? JSON.stringify(body) }),
      })
      .catch((error: unknown) => {
        throw new ApiError(0, 'unreachable', error instanceof Error ? error.message : '', undefined, undefined);
      });
    if (response.ok || also.includes(response.status)) return response;
    const error = await refusal(response);
    if (error.code === 'admin.not_signed_in') this.options.onSignedOut();
    throw error;
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => undefined)) as Partial<Answer<typeof schema.errorAnswer>> | undefined;
  const {
    code = 'internal',
    message = `HTTP ${response.status}`,
    remedy,
  } = typeof body?.error === 'object' ? body.error : {};
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ApiError(response.status, code, message, remedy, retryAfter > 0 ? retryAfter : undefined);
}
