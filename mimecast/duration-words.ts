/** Formats a duration in its two largest units: `6 d 4 h`, `35 min`. */
export function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const largest = parts.filter(([amount]) => amount > 0).slice(0, 2);
  return largest.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}
