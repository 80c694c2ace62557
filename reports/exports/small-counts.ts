/** Counts below this may point at single persons: a day with two blocked clicks is somebody's day. */
export const SMALLEST_SHOWN = 5;

/** A count as it may be shown. */
export type ShownCount =
  | { readonly kind: 'exact'; readonly count: number }
  /** Between 1 and 4. */
  | { readonly kind: 'small' }
  /** Kept back so that a small one beside it does not follow from the sum. */
  | { readonly kind: 'withheld' };

export function shownCount(count: number): ShownCount {
  return count > 0 && count < SMALLEST_SHOWN ? { kind: 'small' } : { kind: 'exact', count };
}

export const countText = (shown: ShownCount): string => {
  if (shown.kind === 'exact') return formatCount(shown.count);
  return shown.kind === 'small' ? `<${SMALLEST_SHOWN}` : 'withheld';
};

/** With a comma between thousands, whatever the machine's language. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

export interface ShownPart {
  readonly label: string;
  readonly shown: ShownCount;
}

/**
 * The parts of a sum that is shown beside them, the greatest first. A single small part would follow from the sum and the
 * others, so the next smallest is then kept back with it.
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
