import type { Config } from './schema.js';
import { isLoopback } from '../core/index.js';
import { showValue, type Mistake, type Origin } from './mistake.js';

/** Checks the rules that involve two keys. `originOf` tells where a key was set. */
export function brokenRules(config: Config, originOf: (key: string) => Origin): Mistake[] {
  const mistakes: Mistake[] = [];
  const report = (
    rule: 'must_be_below' | 'must_not_exceed' | 'needs',
    key: string,
    value: unknown,
    other: string,
    otherValue: unknown,
  ): void => {
    // Points to the key that a user set, because a user cannot correct a default.
    const here = originOf(key).kind === 'default' ? originOf(other) : originOf(key);
    mistakes.push({
      kind: 'rule',
      origin: here,
      key,
      found: showValue(value),
      rule,
      other,
      otherFound: showValue(otherValue),
    });
  };
  const { session, vad, llm, pacing } = config;
  if (session.idle_farewell_ms >= session.idle_close_ms)
    report(
      'must_be_below',
      'session.idle_farewell_ms',
      session.idle_farewell_ms,
      'session.idle_close_ms',
      session.idle_close_ms,
    );
  if (vad.threshold_off >= vad.threshold)
    report('must_be_below', 'vad.threshold_off', vad.threshold_off, 'vad.threshold', vad.threshold);
  if (vad.min_silence_ms !== undefined && vad.max_silence_ms !== undefined && vad.min_silence_ms > vad.max_silence_ms)
    report('must_not_exceed', 'vad.min_silence_ms', vad.min_silence_ms, 'vad.max_silence_ms', vad.max_silence_ms);
  if (vad.piece_ms > vad.max_segment_ms)
    report('must_not_exceed', 'vad.piece_ms', vad.piece_ms, 'vad.max_segment_ms', vad.max_segment_ms);
  if (pacing.lead_start_packets > pacing.lead_max_packets)
    report(
      'must_not_exceed',
      'pacing.lead_start_packets',
      pacing.lead_start_packets,
      'pacing.lead_max_packets',
      pacing.lead_max_packets,
    );
  if (llm.first_token_ms > llm.total_ms)
    report('must_not_exceed', 'llm.first_token_ms', llm.first_token_ms, 'llm.total_ms', llm.total_ms);
  if (llm.preset === 'none' && llm.base_url !== undefined && llm.model === undefined)
    report('needs', 'llm.base_url', llm.base_url, 'llm.model', undefined);
  if (llm.preset === 'none' && llm.base_url === undefined && llm.model !== undefined)
    report('needs', 'llm.model', llm.model, 'llm.preset', undefined);
  const { preset, base_url: baseUrl, model } = llm.fallback;
  if (preset === 'none' && baseUrl !== undefined && model === undefined)
    report('needs', 'llm.fallback.base_url', baseUrl, 'llm.fallback.model', undefined);
  if (preset === 'none' && baseUrl === undefined && model !== undefined)
    report('needs', 'llm.fallback.model', model, 'llm.fallback.preset', undefined);
  const { wyoming } = config;
  if (wyoming.listen !== undefined && !isLoopback(`http://${wyoming.listen}`) && wyoming.allow.length === 0)
    report('needs', 'wyoming.listen', wyoming.listen, 'wyoming.allow', undefined);
  return mistakes;
}
