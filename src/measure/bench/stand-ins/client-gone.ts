import type { ServerResponse } from 'node:http';

/** The signal is aborted by `parent`, or when the client goes away before the answer is complete. */
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
