import { z } from 'zod';
import { both } from '../../../core/index.js';
import { httpUrl, secret, words } from '../../settings.js';
import { defineMemoryService } from '../memory-service.js';
import { isHosted, Mem0 } from './mem0.js';

/** Hosted (docs.mem0.ai) or self-hosted. */
export const mem0 = defineMemoryService({
  id: 'mem0',
  about: both('The memory service mem0; unproven.', '记忆服务 mem0；尚未实测。'),
  settings: z.strictObject({
    base_url: httpUrl
      .default('https://api.mem0.ai')
      .meta(words('Address of mem0, or of a server of your own.', 'mem0 的地址，或自建服务的地址。')),
    api_key: secret('Its key.', '它的密钥。'),
  }),
  unproven: true,
  create({ base_url: baseUrl, api_key: apiKey }, { http, clock }) {
    // The hosted service needs a key.
    if (apiKey === undefined && isHosted(baseUrl)) return undefined;
    return new Mem0({ baseUrl, apiKey, http, clock });
  },
});
