import { ChorusError } from '../../../core/index.js';
import { serviceWords, type RequestedPause } from '../../../providers/index.js';
import type { Fetch } from './bounded-fetch.js';

/** Obeys a server's request to pause. During the pause, each request fails with a text for the model. */
export function pausingFetch(pause: RequestedPause, ask: Fetch): Fetch {
  const paused = (): ChorusError =>
    new ChorusError('tool.failed', serviceWords.pause(serviceWords.names.mcp, Math.ceil(pause.leftMs / 1000)));
  return async (url, init) => {
    if (pause.leftMs > 0) throw paused();
    const response = await ask(url, init);
    if (!pause.note(response)) return response;
    await response.body?.cancel().catch(() => undefined);
    throw paused();
  };
}
