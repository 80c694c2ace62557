import { quote } from 'shell-quote';
import type { DevAddresses } from '../../sandbox/dev-addresses.js';

/** Addresses as JSON, without the database password. */
export interface DevDocument {
  readonly ui: string;
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly database: string;
  readonly simulator: { readonly url: string; readonly keysFile: string };
}

export function devDocument(addresses: DevAddresses): DevDocument {
  const { uiUrl, temporalAddress, namespace, databaseUrl, simulatorUrl, keysFile } = addresses;
  return {
    ui: uiUrl,
    temporal: { address: temporalAddress, namespace },
    database: withoutPassword(databaseUrl),
    simulator: { url: simulatorUrl, keysFile },
  };
}

/** Lists the addresses and suggested commands, for people. */
export function devLines(addresses: DevAddresses): string[] {
  const { ui, temporal, database, simulator } = devDocument(addresses);
  return [
    `Temporal UI  ${ui}`,
    `Temporal     ${temporal.address}, namespace ${temporal.namespace}`,
    `Postgres     ${database}`,
    `Mimecast     ${simulator.url} (simulated; keys in ${simulator.keysFile})`,
    '',
    'In another terminal:',
    `  npx temporal-mimecast connect acme --base-url ${simulator.url} --keys-file ${quote([simulator.keysFile])}`,
    '  npx temporal-mimecast poll acme',
    '  npx temporal-mimecast status acme',
  ];
}

function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.password = '';
  return url.href;
}
