/**
 * Replaces the commands in a text (`npx chorus …`, or `chorus …` in backquotes) by those that work where it is shown.
 * Texts are written with `npx chorus`, which would run somebody else's package outside of the installation.
 */
export function withOwnCommand(text: string, command: string): string {
  return text.replaceAll(/\bnpx chorus\b|(?<=`)chorus(?= [a-z])/g, command);
}
