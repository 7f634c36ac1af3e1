import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';

/** The description is made when somebody asks for it: the port must not wait for it to be open. */
export function registerOpenApiRoute(api: AdminApi, version: string): void {
  let document: Promise<unknown> | undefined;
  api.on(ADMIN_API.openApi, () => {
    document ??= import('../openapi.js').then(({ openApiDocument }) => openApiDocument(version));
    return document;
  });
}
