import type { EndpointName, Stream } from '../../model/connection.js';
import type { MimecastApi } from '../../mimecast/api.js';
import type { WindowRules } from '../../mimecast/audit-windows.js';
import type { RangePageRequest } from '../../mimecast/paged-reading.js';
import type { LedgerStream, StoredPage, TakenWindow } from '../../evidence/ledger/window.js';
import type { Refused } from '../../evidence/database/guard.js';

/** A log of the vendor's that is read window by window and page by page: where it is, and what becomes of a page. */
export interface PagedLog {
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  /** Under which its windows are kept. */
  readonly ledgerStream: LedgerStream;
  readonly rules: WindowRules;
  fetch(api: MimecastApi, request: RangePageRequest): Promise<FetchedPage>;
}

/** A page on its way from the vendor to the store, prepared while the page before is being stored. */
export interface FetchedPage {
  readonly nextToken?: string;
  /** Stores it with the window's checkpoint behind it. @param pagesBefore pages that the window must have before this one */
  store(window: TakenWindow, pagesBefore: number): Promise<StoredPage | Refused | 'repeated-token'>;
}
