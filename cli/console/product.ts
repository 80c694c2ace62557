import { createRequire } from 'node:module';
import type { Product } from '../../reports/exports/rendering.js';

const { version } = createRequire(import.meta.url)('@surecloud/temporal-mimecast/package.json') as {
  readonly version: string;
};

/** What this is, as reports and exports name it. */
export const PRODUCT: Product = { name: 'temporal-mimecast', vendor: 'SureCloud', version };
