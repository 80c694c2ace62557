import type { Answer } from './answers.js';

const MAX_BYTES = 96 * 1024 * 1024;

/** Pages as they were sent, so that a page that is asked again costs nothing: a benchmark must not measure the simulator. */
export class PageCache {
  private readonly pages = new Map<string, Answer>();
  private bytes = 0;

  get(key: string, make: () => Answer): Answer {
    const known = this.pages.get(key);
    if (known !== undefined) return known;
    const page = make();
    this.pages.set(key, page);
    this.bytes += size(page);
    this.dropOldest();
    return page;
  }

  private dropOldest(): void {
    for (const [key, page] of this.pages) {
      if (this.bytes <= MAX_BYTES) return;
      this.pages.delete(key);
      this.bytes -= size(page);
    }
  }
}

const size = ({ body, gzipped }: Answer): number => body.length + (gzipped?.length ?? 0);
