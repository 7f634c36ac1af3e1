import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { AdminOperations } from '../operations.js';

/** Stopping the server, and what is done regularly. */
export function registerUpkeepRoutes(api: AdminApi, { lifecycle, upkeep }: AdminOperations): void {
  if (lifecycle) api.on(ADMIN_API.drain, ({ body }) => ({ draining: true as const, ...lifecycle.drain(body) }));
  if (upkeep) {
    api.on(ADMIN_API.readUpkeep, ({ language }) => upkeep.view(language));
    api.on(ADMIN_API.runUpkeep, ({ body, language }) => {
      upkeep.start(body.tasks);
      return upkeep.view(language);
    });
  }
}
