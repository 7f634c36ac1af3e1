import { systemClock } from '../../core/index.js';
import { serveChild } from '../../engines/child.js';
import { testTurn, type TestFailure, type TurnServer } from './test-turn.js';

// Entry of the process in which a simulated device talks to the server that started it. Encoding its speech would block
// the server's event loop for longer than its devices can wait.

/** Request to the process. */
export interface TestTurnCall {
  /** Origin of the server's address, without a path. */
  readonly origin: string;
  readonly token: string;
  readonly language: string;
}

/** Wraps the failure, because a message cannot be undefined. */
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
