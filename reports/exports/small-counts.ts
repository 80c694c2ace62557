/** Smallest count that is shown. Smaller counts may identify individuals, for example a day with two blocked clicks. */
export const SMALLEST_SHOWN = 5;

/** A count, or the reason for which it is not shown. */
export type ShownCount =
  | { readonly kind: 'exact'; readonly count: number }
  /** Between 1 and 4. */
  | { readonly kind: 'small' }
  /** Hidden because a small count could be derived from it and the sum. */
  | { readonly kind: 'withheld' };

export function shownCount(count: number): ShownCount {
  return count > 0 && count < SMALLEST_SHOWN ? { kind: 'small' } : { kind: 'exact', count };
}

export const countText = (shown: ShownCount): string => {
  if (shown.kind === 'exact') return formatCount(shown.count);
  return shown.kind === 'small' ? `<${SMALLEST_SHOWN}` : 'withheld';
};

/** Formats a count with commas between thousands, in any locale. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

export interface ShownPart {
  readonly label: string;
  readonly shown: ShownCount;
}

/**
 * Returns the parts of a sum for display, largest first. With exactly one small part, the next smallest is hidden too:
 * otherwise the small part could be derived from the sum.
 */
export function shownParts(parts: Readonly<Record<string, number>>): ShownPart[] {
  const sorted = Object.entries(parts)
    .filter(([, count]) => count > 0)
    .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  const small = sorted.filter(([, count]) => count < SMALLEST_SHOWN).length;
  const withheldAt = small === 1 ? sorted.length - 2 : -1;
  return sorted.map(([label, count], index) => ({
    label,
    shown: index === withheldAt ? { kind: 'withheld' } : shownCount(count),
  }));
}
