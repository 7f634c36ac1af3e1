import type { EndpointEvidence, EndpointPolicy } from '../../src/speech/listening/endpointing/endpoint-port.js';

/** A policy that waits equally long after everybody's words. In push to talk, the button ends the turn. */
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
