import { systemClock } from '../../core/index.js';
import { serveChild } from '../../engines/child.js';
import { testTurn, type TestFailure, type TurnServer } from './test-turn.js';

// A child process runs the simulated device, because encoding its speech in the server would block the event loop for
// longer than other devices can wait.

export interface TestTurnCall {
  readonly origin: string;
  readonly token: string;
  readonly language: string;
}

/** The failure is a field, because a message between processes cannot be undefined. */
export interface TestTurnAnswer {
  readonly failure?: TestFailure;
}

serveChild({
  init: () => Promise.resolve(),
  async call(request, signal): Promise<TestTurnAnswer> {
    const { origin, token, language } = request as TestTurnCall; // Both processes are of the same build.
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
