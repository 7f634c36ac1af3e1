import type { Fact, ReportDocument, Text } from '../report/index.js';
import { answerSection, deviceSection } from './answer-sections.js';
import type { Figures } from './figures.js';
import type { MonitorFindings } from './findings.js';
import { detailSection, machineSection, serverSection } from './machine-sections.js';
import type { Observation } from './observation.js';
import { inBytes } from '../quantities.js';
import { documentWords } from './words/document.js';

export function documentOf(findings: MonitorFindings, command: string, producer: string): ReportDocument {
  const { observation, figures, targets, advice, verdict } = findings;
  return {
    title: documentWords.title,
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
  if (mode === 'monitor')
    return local && machine
      ? documentWords.watchedHere(server.url, seconds)
      : documentWords.watchedFromOutside(server.url, seconds);
  return documentWords.talked(devices, server.url, seconds, mode === 'both' && local);
}

function factsOf({ machine, server, local }: Observation, figures: Figures): readonly Fact[] {
  const facts: Fact[] = [];
  const put = (name: Text, value: Text | undefined): void => {
    if (value !== undefined && value !== '') facts.push({ name, value });
  };
  const container = figures.machine?.container;
  put('CPU', machine?.cpu);
  put(documentWords.facts.cores, machine && String(machine.cores));
  put(documentWords.facts.memory, machine && `${machine.memoryGb} GB`);
  put(
    documentWords.facts.cpuLimit,
    container?.cpuQuota === undefined ? undefined : documentWords.cores(container.cpuQuota),
  );
  put(
    documentWords.facts.memoryLimit,
    container?.memoryLimitBytes === undefined ? undefined : inBytes(container.memoryLimitBytes),
  );
  put(documentWords.facts.system, machine?.os);
  put('Node.js', machine?.node);
  put(documentWords.facts.server, server.version === undefined ? undefined : `Chorus ${server.version}`);
  put(documentWords.facts.where, local ? documentWords.onThisMachine : server.url);
  put(
    documentWords.facts.hears,
    server.recognition &&
      Object.entries(server.recognition)
        .flatMap(([language, model]) => (model === undefined ? [] : [`${language}: ${model}`]))
        .join(', '),
  );
  put(documentWords.facts.thinks, server.llm);
  put(documentWords.facts.speaks, server.voices?.join(', '));
  put(
    documentWords.facts.maxTalking,
    server.maxTalking === undefined ? undefined : documentWords.devices(server.maxTalking),
  );
  return facts;
}
