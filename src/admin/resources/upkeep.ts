import type { UiLanguage } from '../../core/index.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { DrainAnswer, DrainRequest, UpkeepAnswer } from '../schemas.js';

/** Stopping the server from outside. */
export interface LifecycleControl {
  /** It ends by itself some time after this returns, with the exit code that is told. */
  drain(request: DrainRequest): Omit<DrainAnswer, 'draining'>;
}

/** What is done regularly. */
export interface UpkeepControl {
  view(language: UiLanguage): Promise<UpkeepAnswer>;
  /** Begins; undefined: all of it. Errors: `upkeep.running`, `upkeep.unknown_task`. */
  start(tasks: readonly string[] | undefined): void;
}

/** Stopping the server, and what is done regularly. */
export function registerUpkeepRoutes(
  api: AdminApi,
  {
    lifecycle,
    upkeep,
  }: { readonly lifecycle?: LifecycleControl | undefined; readonly upkeep?: UpkeepControl | undefined },
): void {
  if (lifecycle) api.on(ADMIN_API.drain, ({ body }) => ({ draining: true as const, ...lifecycle.drain(body) }));
  if (upkeep) {
    api.on(ADMIN_API.readUpkeep, ({ language }) => upkeep.view(language));
    api.on(ADMIN_API.runUpkeep, ({ body, language }) => {
      upkeep.start(body.tasks);
      return upkeep.view(language);
    });
  }
}
