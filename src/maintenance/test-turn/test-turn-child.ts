import { systemClock } from '../../core/index.js';
import { serveChild } from '../../engines/child.js';
import { testTurn, type TestFailure, type TurnServer } from './test-turn.js';

// Entry point of a child process. It runs a simulated device that talks to the server which started the process. In the
// server itself, encoding the device's speech would block the event loop for longer than other devices can wait.

/** Request to the process. */
export interface TestTurnCall {
  /** Origin of the server's address, without a path. */
  readonly origin: string;
  readonly token: string;
  readonly language: string;
}

/** Result of the test. The failure is a field of an object, because a message between processes cannot be undefined. */
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
