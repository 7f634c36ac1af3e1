import type { EndpointEvidence, EndpointPolicy } from '../../src/speech/listening/endpointing/endpoint-port.js';

/** An endpoint policy with the same waits for everybody. With push to talk the button ends the turn. */
export function fakeEndpoint(
  requiredSilenceMs: (evidence: EndpointEvidence) => number = () => 400,
  initialSilenceMs = 700,
): EndpointPolicy {
  return {
    initialSilenceMs: ({ mode }) => (mode === 'manual' ? Infinity : initialSilenceMs),
    requiredSilenceMs: (evidence) => (evidence.mode === 'manual' ? Infinity : requiredSilenceMs(evidence)),
    ownPauseAfter: () => 0,
  };
}
