import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../deploy/test/control-group.sh', import.meta.url));
const NAME = `chorus-bench-${process.pid}`;

/** A control group with limits, of version 1 or 2. It needs root. */
export class ControlGroup {
  private constructor() {}

  /** `memory` is a limit such as `3g`. */
  static make(cores: number, memory: string): ControlGroup {
    shell(`group_make ${cores} ${memory} 512`);
    return new ControlGroup();
  }

  /** A command that joins the group and then runs the arguments that follow. */
  get launcher(): readonly string[] {
    return ['bash', '-c', `${source()} && group_enter && exec "$@"`, 'bash'];
  }

  /** Describes peak memory, number of tasks, and how often the quota was exhausted. */
  tell(): string {
    return shell('group_tell').trim();
  }

  /** Call it after the group's processes have ended. */
  remove(): void {
    shell('group_remove');
  }
}

function source(): string {
  return `NAME=${NAME} && . '${SCRIPT}'`;
}

function shell(command: string): string {
  return execFileSync('bash', ['-c', `set -e; ${source()}; ${command}`], { encoding: 'utf8' });
}
