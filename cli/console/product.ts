import { createRequire } from 'node:module';
import type { Product } from '../../reports/exports/rendering.js';

const { version } = createRequire(import.meta.url)('@surecloud/temporal-mimecast/package.json') as {
  readonly version: string;
};

/** This product, as named in reports and exports. */
export const PRODUCT: Product = { name: 'temporal-mimecast', vendor: 'SureCloud', version };
