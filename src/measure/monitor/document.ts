import type { Fact, ReportDocument, Text } from '../report/index.js';
import { answerSection, deviceSection } from './answer-sections.js';
import type { Figures } from './figures.js';
import type { MonitorFindings } from './findings.js';
import { detailSection, machineSection, serverSection } from './machine-sections.js';
import type { Observation } from './observation.js';
import { inBytes } from '../quantities.js';

/** `command` measures the same again; `producer` is program and version. */
export function documentOf(findings: MonitorFindings, command: string, producer: string): ReportDocument {
  const { observation, figures, targets, advice, verdict } = findings;
  return {
    title: { en: 'How the voice server is doing', zh: '语音服务器运行情况' },
    about: aboutOf(observation),
    generatedAtWallMs: observation.startedWallMs + observation.elapsedMs,
    producer,
    command,
    verdict,
    targets,
    advice,
    machine: factsOf(observation, figures),
    sections: [
      ...answerSection(findings),
      ...deviceSection(findings),
      ...machineSection(findings),
      ...serverSection(findings),
      detailSection(findings),
    ],
  };
}

function aboutOf({ mode, elapsedMs, server, fleet, local, machine }: Observation): Text {
  const seconds = Math.round(elapsedMs / 1000);
  const devices = fleet?.options.devices ?? 0;
  const watched: Text =
    local && machine
      ? { en: ' and this machine were watched', zh: '和本机' }
      : { en: ' was watched from outside', zh: '（从外部）' };
  if (mode === 'monitor')
    return {
      en: `The server at ${server.url}${watched.en} for ${seconds} s; nothing was added to its load.`,
      zh: `观察了 ${server.url} 的服务器${watched.zh} ${seconds} 秒，没有增加它的负载。`,
    };
  return {
    en:
      `${devices} simulated ${devices === 1 ? 'device' : 'devices'} talked to the server at ` +
      `${server.url} for ${seconds} s, with recordings of a ` +
      `person${mode === 'both' && local ? '; server and machine were watched meanwhile' : ''}.`,
    zh: `${devices} 台模拟设备用真人录音与 ${server.url} 的服务器对话 ${seconds} 秒${mode === 'both' && local ? '，同时观察了服务器和本机' : ''}。`,
  };
}

function factsOf({ machine, server, local }: Observation, figures: Figures): readonly Fact[] {
  const facts: Fact[] = [];
  const put = (en: string, zh: string, value: Text | undefined): void => {
    if (value !== undefined && value !== '') facts.push({ name: { en, zh }, value });
  };
  const container = figures.machine?.container;
  put('CPU', 'CPU', machine?.cpu);
  put('Cores', '核数', machine && String(machine.cores));
  put('Memory', '内存', machine && `${machine.memoryGb} GB`);
  put(
    'CPU limit of the container',
    '容器的 CPU 上限',
    container?.cpuQuota === undefined
      ? undefined
      : { en: `${container.cpuQuota} cores`, zh: `${container.cpuQuota} 核` },
  );
  put(
    'Memory limit of the container',
    '容器的内存上限',
    container?.memoryLimitBytes === undefined ? undefined : inBytes(container.memoryLimitBytes),
  );
  put('System', '系统', machine?.os);
  put('Node.js', 'Node.js', machine?.node);
  put('Server', '服务器', server.version === undefined ? undefined : `Chorus ${server.version}`);
  put('Where', '位置', local ? { en: 'on this machine', zh: '本机' } : server.url);
  put(
    'Hears with',
    '听',
    server.recognition &&
      Object.entries(server.recognition)
        .flatMap(([language, model]) => (model === undefined ? [] : [`${language}: ${model}`]))
        .join(', '),
  );
  put('Thinks with', '想', server.llm);
  put('Speaks with', '说', server.voices?.join(', '));
  put(
    'May talk at once',
    '可同时对话',
    server.maxTalking === undefined ? undefined : { en: `${server.maxTalking} devices`, zh: `${server.maxTalking} 台` },
  );
  return facts;
}
