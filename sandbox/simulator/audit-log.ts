import type { AuditEvent } from './tenant.js';

/** Audit events in order of time, made or read one by one, so that a tenant may have any number of them. */
export interface EventSource {
  /** How many events there are at or before a moment. */
  countUntil(timeMs: number): number;
  /** JSON of one event, by its place in order of time. */
  json(index: number): string;
}

const NO_EVENTS: EventSource = {
  countUntil: () => 0,
  json: (index) => {
    throw new RangeError(`there is no event ${index}`);
  },
};

interface AddedEvent {
  readonly timeMs: number;
  readonly json: string;
}

/** A tenant's audit log: what its source holds, and events that were added, which may lie in the past. */
export class AuditLog implements EventSource {
  private readonly source: EventSource;
  private added: AddedEvent[] = [];
  /** Place in the whole log of each added event. */
  private places: number[] = [];
  /** Grows with every addition; pages of an older version are out of date. */
  version = 0;

  constructor(events: readonly AuditEvent[] | EventSource) {
    const given = isSource(events);
    this.source = given ? events : NO_EVENTS;
    if (!given) this.add(events);
  }

  add(events: readonly AuditEvent[]): void {
    const more = events.map((event) => ({ timeMs: timeOf(event), json: JSON.stringify(event) }));
    this.added = [...this.added, ...more].sort((a, b) => a.timeMs - b.timeMs);
    this.places = this.added.map(({ timeMs }, rank) => this.source.countUntil(timeMs) + rank);
    this.version++;
  }

  countUntil(timeMs: number): number {
    const added = countWhile(this.added.length, (rank) => (this.added[rank]?.timeMs ?? Infinity) <= timeMs);
    return this.source.countUntil(timeMs) + added;
  }

  json(index: number): string {
    const before = countWhile(this.places.length, (rank) => (this.places[rank] ?? Infinity) < index);
    const own = this.places[before] === index ? this.added[before] : undefined;
    return own?.json ?? this.source.json(index - before);
  }
}

/** Milliseconds of a time in the vendor's form, or undefined when it is in another. */
export function parseVendorTime(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$/.test(text)) return undefined;
  const timeMs = Date.parse(`${text.slice(0, -2)}:${text.slice(-2)}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** `2026-01-05T09:00:07+0000`. */
export const vendorTime = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 19)}+0000`;

function timeOf(event: AuditEvent): number {
  const timeMs = parseVendorTime(event.eventTime);
  if (timeMs === undefined) throw new TypeError(`eventTime ${event.eventTime} is not of the form ${vendorTime(0)}`);
  return timeMs;
}

const isSource = (events: readonly AuditEvent[] | EventSource): events is EventSource => 'countUntil' in events;

/** How many of the first items a rule holds for, when it holds for none after the first for which it does not. */
function countWhile(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
