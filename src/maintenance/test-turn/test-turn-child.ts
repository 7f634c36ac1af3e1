import { systemClock } from '../../core/index.js';
import { serveChild } from '../../engines/index.js';
import { testTurn, type TestFailure, type TurnServer } from './test-turn.js';

// Entry of the process in which a simulated device talks to the server that started it. Encoding its speech would block
// the server's event loop for longer than its devices can wait.

/** What the process is asked. */
export interface TestTurnCall {
  /** Without a path. */
  readonly origin: string;
  readonly token: string;
  readonly language: string;
}

/** In place of undefined, which a message cannot be. */
export interface TestTurnAnswer {
  readonly failure?: TestFailure;
}

serveChild({
  init: () => Promise.resolve(),
  async call(request, signal): Promise<TestTurnAnswer> {
    const { origin, token, language } = request as TestTurnCall; // Both ends are the same build.
    const failure = await testTurn(serverAt(origin, token), language, systemClock, signal);
    return failure === undefined ? {} : { failure };
  },
});

function serverAt(origin: string, token: string): TurnServer {
  return {
    otaUrl: `${origin}/xiaozhi/ota/`,
    token,
    async call(method, path, _body, signal) {
      const response = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        signal,
      });
      return response.json().catch(() => undefined);
    },
  };
}
