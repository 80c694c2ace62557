const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Every two characters of the alphabet: a token costs one look-up for two of its characters. */
const PAIRS = Array.from({ length: 4096 }, (_, index) => ALPHABET.charAt(index >> 6) + ALPHABET.charAt(index & 63));

/**
 * Repeatable random numbers: the same seed and place give the same numbers, in any order of asking. Mulberry32, a small
 * generator with good spread, begun at a mix of seed and place.
 */
export class Random {
  private state: number;

  constructor(seed: number, place = 0) {
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(place + 1, 0xc2b2ae35);
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.next() % limit;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  /** URL-safe base64 text. */
  token(length: number): string {
    let text = '';
    while (text.length < length) {
      const bits = this.next();
      text += (PAIRS[bits & 4095] ?? '') + (PAIRS[(bits >>> 12) & 4095] ?? '');
    }
    return text.slice(0, length);
  }

  /** `xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx`. */
  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.next().toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
