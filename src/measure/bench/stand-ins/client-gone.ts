import type { ServerResponse } from 'node:http';

/** A signal that is aborted when the client goes away before the answer is complete, or by `parent`. */
export function clientGone(
  response: ServerResponse,
  parent: AbortSignal,
): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onClose = (): void => controller.abort(new Error('the client has gone away'));
  const onParent = (): void => controller.abort(parent.reason);
  response.once('close', onClose);
  parent.addEventListener('abort', onParent, { once: true });
  if (parent.aborted) onParent();
  return {
    signal: controller.signal,
    dispose: () => {
      response.off('close', onClose);
      parent.removeEventListener('abort', onParent);
    },
  };
}
