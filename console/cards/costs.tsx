import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, CostEntry, DeviceView } from '../api.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { useLanguage, useWords } from '../words/index.js';
import { nameOf } from './devices.js';

/** Use of services with a key, and its costs. The card is hidden if there is none. */
export function CostsCard({
  api,
  devices,
  nowMs,
}: {
  readonly api: Api;
  readonly devices: readonly DeviceView[];
  readonly nowMs: number;
}): JSX.Element | null {
  const words = useWords();
  const language = useLanguage();
  const [costs, setCosts] = useState<readonly CostEntry[]>([]);
  useAsk(api.costs, setCosts, [language], nowMs);
  if (costs.length === 0) return null;
  return (
    <Card title={words.costs.title} name="costs">
      <table>
        <thead>
          <tr>
            {[words.costs.day, words.costs.who, words.costs.service, words.costs.used, words.costs.cost].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {costs.map(({ day, deviceId, agentId, provider, unit, amount, cost }) => (
            <tr key={`${day} ${deviceId} ${agentId} ${provider} ${unit}`}>
              <td>{day}</td>
              <td>
                {nameOf(
                  devices.find((one) => one.deviceId === deviceId),
                  deviceId,
                  words,
                )}
              </td>
              <td>{provider}</td>
              <td class="number">
                {unit === 'audio_ms' ? Math.round(amount / 1000) : amount} {words.costs.units[unit]}
              </td>
              <td class="number">{cost?.toFixed(4)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
