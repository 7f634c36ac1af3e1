import type { z } from 'zod';
import * as s from './schemas.js';

/** One route of the admin API as data: what it takes and answers. Its handler stands in `resources/`. */
export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with `:id` for parameters. */
  readonly path: string;
  readonly summary: string;
  /** `public`: asked by who has not signed in yet. Everything else refuses without credentials. */
  readonly access?: 'public';
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** JSON; `binary`: bytes of any kind, which the handler reads itself. */
  readonly body?: z.ZodType | 'binary';
  /** `sound`: audio/wav or audio/mpeg. Undefined: nothing (204). */
  readonly answer?: z.ZodType | 'sound' | 'json';
  /** Of success; default 200, without an answer 204. */
  readonly status?: number;
  /** Other answers with a body of the same kind. */
  readonly also?: Readonly<Record<number, string>>;
}

/** The whole admin API. What is not here does not exist: OpenAPI, docs/admin-api.md and the tests go by this table. */
export const ADMIN_API = {
  readSession: {
    method: 'GET',
    path: '/session',
    access: 'public',
    summary: 'Whether this browser is signed in.',
    answer: s.sessionAnswer,
  },
  signIn: {
    method: 'POST',
    path: '/session',
    access: 'public',
    summary: 'Signs in: sets the cookie chorus_session.',
    body: s.signInRequest,
    answer: s.sessionAnswer,
  },
  signOut: {
    method: 'DELETE',
    path: '/session',
    summary: 'Signs out: the session is over on the server too, and so is the browser as a device.',
  },
  changePassword: {
    method: 'POST',
    path: '/password',
    summary: 'Sets another password and ends every other session.',
    body: s.changePasswordRequest,
  },

  overview: {
    method: 'GET',
    path: '/overview',
    summary: 'How the server is: addresses, models, language model, voice, load.',
    answer: s.overviewAnswer,
  },
  listTurns: { method: 'GET', path: '/turns', summary: 'The last turns.', query: s.turnsQuery, answer: s.turnsAnswer },
  listProblems: {
    method: 'GET',
    path: '/problems',
    summary: 'The last warnings and errors, in words.',
    answer: s.problemsAnswer,
  },

  listDevices: { method: 'GET', path: '/devices', summary: 'Every device that was here.', answer: s.devicesAnswer },
  showDevice: {
    method: 'GET',
    path: '/devices/:id',
    summary: 'One device, with its token and firmware.',
    params: s.deviceIdParameter,
    answer: s.deviceDetailsAnswer,
  },
  renameDevice: {
    method: 'PATCH',
    path: '/devices/:id',
    summary: 'Gives a device a name.',
    params: s.deviceIdParameter,
    body: s.renameDeviceRequest,
    answer: s.deviceAnswer,
  },
  revokeDevice: {
    method: 'POST',
    path: '/devices/:id/revoke',
    summary: 'Ends the tokens and the connection of a device at once; it needs a code to come back.',
    params: s.deviceIdParameter,
    answer: s.deviceAnswer,
  },
  rotateDevice: {
    method: 'POST',
    path: '/devices/:id/rotate',
    summary: 'The device gets a new token when it boots next; the old one works until then.',
    params: s.deviceIdParameter,
    answer: s.deviceAnswer,
  },
  forgetDevice: {
    method: 'DELETE',
    path: '/devices/:id',
    summary: 'Removes all that is known of a device; it may come again as a new one.',
    params: s.deviceIdParameter,
  },
  approvePairing: {
    method: 'POST',
    path: '/pairing',
    summary: 'Binds the device that speaks this code.',
    body: s.pairingRequest,
    answer: s.deviceAnswer,
  },
  browserDevice: {
    method: 'POST',
    path: '/browser-device',
    summary: 'Makes this signed-in browser a device that may talk until it signs out.',
    answer: s.browserDeviceAnswer,
  },

  listAgents: {
    method: 'GET',
    path: '/agents',
    summary: 'Who answers on some devices in place of what the configuration says.',
    answer: s.agentsAnswer,
  },
  setAgent: {
    method: 'POST',
    path: '/agents/:id',
    summary: 'Adds one, or changes what is named of it; counts from the next connection of its devices on.',
    params: s.idParameter,
    body: s.setAgentRequest,
    answer: s.agentAnswer,
  },
  removeAgent: {
    method: 'DELETE',
    path: '/agents/:id',
    summary: 'Removes one; on its devices the configuration says again who answers.',
    params: s.idParameter,
  },
  chooseAgent: {
    method: 'POST',
    path: '/devices/:id/agent',
    summary: 'Says who answers on a device, from its next connection on.',
    params: s.deviceIdParameter,
    body: s.chooseAgentRequest,
  },

  listLlmPresets: {
    method: 'GET',
    path: '/llm/presets',
    summary: 'Language model services that are known by name, and the present choice.',
    answer: s.llmPresetsAnswer,
  },
  tryLlm: {
    method: 'POST',
    path: '/llm/try',
    summary: 'Asks a language model one short thing, without changing anything.',
    body: s.tryLlmRequest,
    answer: s.tryLlmAnswer,
  },
  listVoices: { method: 'GET', path: '/voices', summary: 'Voices that can be chosen.', answer: s.voicesAnswer },
  listenToVoice: {
    method: 'POST',
    path: '/voices/listen',
    summary: 'One sentence by a voice.',
    body: s.listenRequest,
    answer: 'sound',
  },
  listModels: {
    method: 'GET',
    path: '/models',
    summary: 'Models of recognition and voices, and how far downloads are.',
    answer: s.modelsAnswer,
  },
  pullModel: {
    method: 'POST',
    path: '/models/:id/pull',
    summary: 'Fetches a model in the background.',
    params: s.idParameter,
    answer: s.pullAnswer,
    status: 202,
  },

  readConfig: {
    method: 'GET',
    path: '/config',
    summary: 'The configuration in force, without its secrets.',
    answer: s.configAnswer,
  },
  changeConfig: {
    method: 'PATCH',
    path: '/config',
    summary:
      'Sets keys of the configuration file: checked, kept as a copy, tried, and taken back when it does not work.',
    body: s.changeConfigRequest,
    answer: s.changeConfigAnswer,
    also: { 422: 'Nothing was changed.' },
  },
  reloadConfig: {
    method: 'POST',
    path: '/config/reload',
    summary: 'Reads the configuration file again. Answers a ReloadAnswer (src/config/reload-answer.ts).',
    body: s.reloadConfigRequest,
    answer: 'json',
    also: { 422: 'Nothing was changed.' },
  },

  listFirmware: {
    method: 'GET',
    path: '/firmware',
    summary: 'Firmware images and whom they are offered.',
    answer: s.firmwareListAnswer,
  },
  addFirmware: {
    method: 'POST',
    path: '/firmware',
    summary:
      'Adds an image (application/octet-stream). It is offered to nobody before a roll-out, unless a share or devices are given.',
    query: s.addFirmwareQuery,
    body: 'binary',
    answer: s.addedFirmwareAnswer,
    status: 201,
  },
  removeFirmware: { method: 'DELETE', path: '/firmware/:id', summary: 'Removes an image.', params: s.idParameter },
  rollOutFirmware: {
    method: 'POST',
    path: '/firmware/:id/rollout',
    summary:
      'Offers an image to a share of the devices of its board, or to some by name; pauses it; lets one that was halted go on.',
    params: s.idParameter,
    body: s.rolloutRequest,
    answer: s.firmwareAnswer,
  },

  drain: {
    method: 'POST',
    path: '/drain',
    summary: 'Lets running replies finish, then stops the server.',
    body: s.drainRequest,
    answer: s.drainAnswer,
    status: 202,
  },
  readUpkeep: {
    method: 'GET',
    path: '/upkeep',
    summary: 'What is done regularly, and how it went last.',
    answer: s.upkeepAnswer,
  },
  runUpkeep: {
    method: 'POST',
    path: '/upkeep',
    summary: 'Does it now.',
    body: s.runUpkeepRequest,
    answer: s.upkeepAnswer,
    status: 202,
  },

  openApi: { method: 'GET', path: '/openapi.json', summary: 'This API as OpenAPI 3.1.', answer: 'json' },
} as const satisfies Readonly<Record<string, RouteSpec>>;

export type AdminRouteName = keyof typeof ADMIN_API;
