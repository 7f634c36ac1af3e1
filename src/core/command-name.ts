/**
 * The text with its commands (`npx chorus …`, or `chorus …` in backquotes) as they work where it is shown. Texts are
 * written with `npx chorus`, which outside of the installation would be somebody else's package.
 */
export function withOwnCommand(text: string, command: string): string {
  return text.replaceAll(/\bnpx chorus\b|(?<=`)chorus(?= [a-z])/g, command);
}
