import type { FastifyRequest } from 'fastify';
import type { AdvertisedAddress } from '../../device/ota/advertised-address.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { AdminOperations } from '../operations.js';

export interface OperationRouteOptions extends AdminOperations {
  /** What a person enters on a device; undefined: not known. */
  readonly advertise: (request: FastifyRequest) => AdvertisedAddress | undefined;
  readonly draining: () => boolean;
  readonly wallMs: () => number;
}

/** How the server is, what it can say and understand, and its configuration. */
export function registerOperationRoutes(api: AdminApi, options: OperationRouteOptions): void {
  const { overview, problems, configuration, models, voices, languageModel } = options;
  if (overview) {
    api.on(ADMIN_API.overview, ({ request, language }) => {
      const address = options.advertise(request);
      return {
        ...overview(language),
        nowMs: options.wallMs(),
        ...(address && { addresses: { ...address, secure: address.websocketUrl.startsWith('wss:') } }),
        drain: options.draining(),
      };
    });
  }
  if (problems) api.on(ADMIN_API.listProblems, () => ({ problems: [...problems()] }));
  if (models) {
    api.on(ADMIN_API.listModels, ({ language }) => ({ models: [...models.list(language)] }));
    api.on(ADMIN_API.pullModel, ({ params, language }) => ({ model: models.pull(params.id, language) }));
  }
  if (voices) {
    api.on(ADMIN_API.listVoices, ({ language }) => voices.list(language));
    api.on(ADMIN_API.listenToVoice, async ({ body, language, signal, reply }) => {
      const { type, bytes } = await voices.listen(body, language, signal);
      return reply.type(type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
  }
  if (languageModel) {
    api.on(ADMIN_API.listLlmPresets, ({ language, signal }) => languageModel.presets(language, signal));
    api.on(ADMIN_API.tryLlm, ({ body, language, signal }) => languageModel.try(body, language, signal));
  }
  if (configuration) {
    api.on(ADMIN_API.readConfig, ({ language }) => configuration.read(language));
    api.on(ADMIN_API.changeConfig, async ({ body, language, reply }) => {
      const answer = await configuration.change(new Map(Object.entries(body.set)), language);
      if (!answer.ok) void reply.code(422);
      return answer;
    });
    api.on(ADMIN_API.reloadConfig, async ({ body, reply }) => {
      const answer = await configuration.reload(body.trial);
      if (!answer.ok) void reply.code(422);
      return answer;
    });
  }
}
