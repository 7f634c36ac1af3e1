import { noMetrics, systemClock } from '../../src/core/index.js';
import { ServiceGate, type ServiceGateOptions } from '../../src/providers/service-gate.js';

/** Makes a gate as providers get it. */
export const gateFor = (options: Partial<ServiceGateOptions> = {}): ServiceGate =>
  new ServiceGate({
    kind: 'tts',
    service: 'test',
    concurrent: 4,
    clock: systemClock,
    metrics: noMetrics,
    ...options,
  });
