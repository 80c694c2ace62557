import type { EndpointName, Stream } from '../../model/connection.js';
import type { MimecastApi } from '../../mimecast/api.js';
import type { WindowRules } from '../../mimecast/audit-windows.js';
import type { RangePageRequest } from '../../mimecast/paged-reading.js';
import type { LedgerStream, StoredPage, TakenWindow } from '../../evidence/ledger/window.js';
import type { Refused } from '../../evidence/database/guard.js';

/** A log of the vendor that is read window by window and page by page. */
export interface PagedLog {
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  /** Identifies its windows in the ledger. */
  readonly ledgerStream: LedgerStream;
  readonly rules: WindowRules;
  fetch(api: MimecastApi, request: RangePageRequest): Promise<FetchedPage>;
}

/** A page on its way from the vendor to the store, prepared while the previous page is being stored. */
export interface FetchedPage {
  readonly nextToken?: string;
  /**
   * Stores the page with the window's checkpoint after it. @param pagesBefore number of pages that the window must
   * have before this one
   */
  store(window: TakenWindow, pagesBefore: number): Promise<StoredPage | Refused | 'repeated-token'>;
}
