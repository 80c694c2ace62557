/**
 * A Markdown list whose items begin with a name in bold. A list and not a table, which the Temporal UI shows without any
 * space between its cells. Parts may hold anything: messages have more than one line.
 */
export function markdownList(items: readonly (readonly [name: string, ...parts: (string | undefined)[]])[]): string {
  return items.map(([name, ...parts]) => `- ${[`**${name}**`, ...parts.flatMap(onOneLine)].join(' · ')}`).join('\n');
}

const onOneLine = (text: string | undefined): string[] =>
  text === undefined || text === '' ? [] : [text.replaceAll(/\s*\n\s*/g, ' · ')];
