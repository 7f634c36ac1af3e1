import { describe, expect, it } from 'vitest';
import { METRICS } from '../core/index.js';
import { PrometheusMetrics } from './prometheus.js';

describe('metrics', () => {
  it('exposes every metric of the table in the text format', async () => {
    const metrics = new PrometheusMetrics();
    metrics.count('chorus_ota_requests_total', { result: 'bound' });
    metrics.count('chorus_ota_requests_total', { result: 'bound' }, 2);
    metrics.gauge('chorus_connections', 5);
    metrics.observe('chorus_turn_stage_ms', 120, { stage: 'asr' });
    const { contentType, body } = await metrics.exposition();
    metrics.close();
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    for (const name of Object.keys(METRICS)) expect(body).toContain(`# TYPE ${name} ${METRICS[name as keyof typeof METRICS].type}`);
    expect(body).toContain('chorus_ota_requests_total{result="bound"} 3');
    expect(body).toContain('chorus_connections 5');
    expect(body).toContain('chorus_turn_stage_ms_bucket{le="150",stage="asr"} 1');
    expect(body).toMatch(/chorus_process_resident_bytes\{process="main"\} [1-9]\d{6,}/);
    expect(body).toMatch(/chorus_event_loop_delay_ms\{quantile="0\.99"\} \d/);
  });

  it('two registries do not disturb each other', async () => {
    const [one, two] = [new PrometheusMetrics(), new PrometheusMetrics()];
    one.gauge('chorus_connections', 1);
    two.gauge('chorus_connections', 2);
    expect((await one.exposition()).body).toContain('chorus_connections 1');
    one.close();
    two.close();
  });
});
