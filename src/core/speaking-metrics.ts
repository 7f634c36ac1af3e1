import { both } from './language.js';
import type { MetricDefinition } from './metric-definition.js';

const LEAD_BUCKETS_MS = [0, 60, 120, 180, 240, 360, 480, 600, 900, 1200, 1800];
const LATE_BUCKETS_MS = [1, 2, 5, 10, 20, 40, 60, 100, 200, 500, 1000];
const UNDERRUN_BUCKETS_MS = [20, 60, 120, 250, 500, 1000, 2000, 5000];

export const SPEAKING_METRICS = {
  chorus_replies_speaking: { type: 'gauge', help: both('Replies being spoken.', '正在念的回答数。') },
  chorus_packets_sent_total: { type: 'counter', help: both('Downlink audio packets sent.', '发出的下行音频包。') },
  chorus_lead_seconds: {
    type: 'histogram',
    help: both(
      'Sound that a device holds ahead of what it plays, by the pacer’s prediction, when a packet has been sent to it.',
      '每发给设备一个包时，按发送节奏预测，设备比它正在播放的提前多少。',
    ),
    bucketsMs: LEAD_BUCKETS_MS,
  },
  chorus_pacing_late_seconds: {
    type: 'histogram',
    help: both('How late a packet left that was ready in time.', '按时准备好的包晚发了多久。'),
    bucketsMs: LATE_BUCKETS_MS,
  },
  chorus_underruns_predicted_total: {
    type: 'counter',
    help: both('Times the device is predicted to have run dry in mid-reply.', '预测设备在回答中途断流的次数。'),
  },
  chorus_underrun_seconds: {
    type: 'histogram',
    help: both('For how long, each time.', '每次断流多久。'),
    bucketsMs: UNDERRUN_BUCKETS_MS,
  },
  chorus_phrase_cache_total: {
    type: 'counter',
    help: both('Phrase cache look-ups of phrases that are kept.', '在短句缓存里查找会保留的句子的次数。'),
    labels: { result: 'hit, miss' },
  },
  chorus_phrase_cache_bytes: {
    type: 'gauge',
    help: both('Opus packets that the phrase cache has in memory.', '短句缓存在内存里的 Opus 包大小。'),
  },
  chorus_phrase_cache_disk_bytes: {
    type: 'gauge',
    help: both('Files of the phrase cache (data/phrases).', '短句缓存的文件大小（data/phrases）。'),
  },
} as const satisfies Record<`chorus_${string}`, MetricDefinition>;
