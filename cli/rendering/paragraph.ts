/** Width in characters: enough for a table, and for half a screen. */
const WIDTH = 110;

/** Wraps a text beside a label, with hanging indent. */
export function paragraph(label: string, text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  const lengthWith = (word: string): number => label.length + [...line, word].join(' ').length;
  for (const word of text.split(' ')) {
    if (line.length > 0 && lengthWith(word) > width) {
      lines.push(line.join(' '));
      line = [];
    }
    line.push(word);
  }
  return [...lines, line.join(' ')].map((words, index) => (index === 0 ? label : ' '.repeat(label.length)) + words);
}
