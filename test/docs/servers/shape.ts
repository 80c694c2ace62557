/** Compares the output of a run with the output that a guide shows: the same words in the same places, with any numbers. */

/** A line without what differs from run to run: digests, tokens, account codes, numbers, and the width of columns. */
function shapeOf(line: string): string {
  return line
    .replaceAll(/[\w+/=-]{40,}/g, '#')
    .replaceAll(/\b[0-9a-f]{8,}\b/g, '#')
    .replaceAll(/\bCUK\w+/g, 'CUK#')
    .replaceAll(/\d+/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** True when a printed line has the shape of the shown one; `…` matches any text. */
export function isLike(shown: string, printed: string): boolean {
  const parts = shapeOf(shown)
    .split('…')
    .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(shapeOf(printed));
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** The first shown line that was not printed, in order; none when all were. The guide may leave lines out. */
export function firstNotPrinted(shown: string, printed: string): string | undefined {
  const left = linesOf(printed);
  return linesOf(shown).find((line) => {
    if (line === '…') return false;
    const at = left.findIndex((one) => isLike(line, one));
    left.splice(0, at + 1);
    return at < 0;
  });
}

/** Lines that differ, as `shown → printed`. The guide shows all lines. */
export function differences(shown: string, printed: string): string[] {
  const [wanted, found] = [linesOf(shown), linesOf(printed)];
  return Array.from({ length: Math.max(wanted.length, found.length) }, (_, index) => [
    wanted[index] ?? 'nothing',
    found[index] ?? 'nothing',
  ])
    .filter(([one = '', other = '']) => !isLike(one, other))
    .map((pair) => pair.join(' → '));
}
