import { Help } from 'commander';

/** Wide enough for a table, narrow enough for half a screen. */
const WIDTH = 110;

/** Wraps a text beside a label; further lines are indented by the width of the label. */
export function paragraph(label: string, text: string, width = WIDTH): string[] {
  const lines = new Help().boxWrap(text, width - label.length).split('\n');
  return lines.map((line, index) => (index === 0 ? label : ' '.repeat(label.length)) + line);
}
