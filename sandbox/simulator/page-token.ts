import { createHmac, randomBytes } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';

/** Filters that a page token is bound to; sent with every page. */
export interface PageFilters {
  readonly startMs: number;
  readonly endMs: number;
  readonly pageSize: number;
}

export interface PagePlace extends PageFilters {
  /** Rows before the page. */
  readonly offset: number;
}

const MAX_TOKEN_BYTES = 4_096;

/**
 * Page tokens in the publicly known form: URL-safe base64 of deflated JSON with a row number. They count rows and are not a
 * snapshot: rows that arrive at the start of the list shift the later pages.
 */
export class PageTokens {
  private readonly secret = randomBytes(16);

  issue(place: PagePlace, accessKey: string): string {
    const { pageSize: pagesizeid, offset: recordstartid, startMs: start, endMs: end } = place;
    const token = { pagesizeid, secureid: this.seal(place, accessKey), version: 1, recordstartid, start, end };
    return deflateSync(JSON.stringify(token), { level: 9 }).toString('base64url');
  }

  /** Reads the position in a token; undefined when the simulator did not issue it, or it belongs to another account. */
  read(token: string, accessKey: string): PagePlace | undefined {
    try {
      const bytes = inflateSync(Buffer.from(token, 'base64url'), { maxOutputLength: MAX_TOKEN_BYTES });
      const read = JSON.parse(bytes.toString()) as Record<string, number | string>;
      const place = {
        startMs: Number(read['start']),
        endMs: Number(read['end']),
        pageSize: Number(read['pagesizeid']),
        offset: Number(read['recordstartid']),
      };
      return read['secureid'] === this.seal(place, accessKey) ? place : undefined;
    } catch {
      return undefined;
    }
  }

  private seal({ startMs, endMs, pageSize, offset }: PagePlace, accessKey: string): string {
    const text = [accessKey, startMs, endMs, pageSize, offset].join(' ');
    return createHmac('sha256', this.secret).update(text).digest('base64url').slice(0, 22);
  }
}
