import { describe, expect, it } from 'vitest';
import { METRICS } from '../../core/index.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { PrometheusMetrics } from './prometheus.js';

describe('metrics', () => {
  it('exposes every metric of the table in the text format', async () => {
    const metrics = new PrometheusMetrics({ version: '1.2.3' });
    metrics.count('chorus_ota_requests_total', { result: 'bound' });
    metrics.count('chorus_ota_requests_total', { result: 'bound' }, 2);
    metrics.gauge('chorus_connections', 5);
    metrics.observeMs('chorus_turn_stage_seconds', 120, { stage: 'asr' });
    metrics.onCollect(() => metrics.gauge('chorus_slots', 2));
    const { contentType, body } = await metrics.exposition();
    metrics.close();
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const name of Object.keys(METRICS))
      expect(body).toContain(`# TYPE ${name} ${METRICS[name as keyof typeof METRICS].type}`);
    expect(body).toContain('chorus_ota_requests_total{result="bound"} 3');
    expect(body).toContain('chorus_connections 5');
    expect(body).toContain('chorus_turn_stage_seconds_bucket{le="0.15",stage="asr"} 1');
    expect(body).toContain('chorus_turn_stage_seconds_sum{stage="asr"} 0.12');
    expect(body).toContain('chorus_slots 2');
    expect(body).toContain(`chorus_build_info{version="1.2.3",node="${process.version}"} 1`);
    expect(body).toMatch(/chorus_event_loop_delay_seconds\{quantile="0\.99"\} \d/);
  });

  it('reports the delay of the event loop, regardless of how often it is read', async () => {
    const delay = new EventLoopDelay();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const untilMs = performance.now() + 80;
    while (performance.now() < untilMs);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { p50Ms, maxMs } = delay.read();
    const again = delay.read();
    delay.close();
    expect(maxMs).toBeGreaterThan(60);
    expect(p50Ms).toBeLessThan(40);
    expect(again.maxMs).toBeGreaterThanOrEqual(maxMs);
  });

  it('keeps two registries independent', async () => {
    const [one, two] = [new PrometheusMetrics(), new PrometheusMetrics()];
    one.gauge('chorus_connections', 1);
    two.gauge('chorus_connections', 2);
    expect((await one.exposition()).body).toContain('chorus_connections 1');
    one.close();
    two.close();
  });
});
