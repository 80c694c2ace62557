import { believableEvents } from './believable-events.js';
import { believablePolicies } from './believable-policies.js';
import { believableRows } from './believable-rows.js';
import { Random } from './random.js';
import type { ClientKeys, SimulatedTenant, TenantKeys } from './tenant.js';

const DAY_MS = 86_400_000;

export interface BelievableTenantOptions {
  /** The same seed gives the same tenant. Default 1. */
  readonly seed?: number;
  /** Audit events between `from` and `to`. Default 3000. */
  readonly events?: number;
  /** Clicks in the log of URL Protection, of the last 30 days; the other protection logs go along with it. Default 3000. */
  readonly clicks?: number;
  /** Default: 60 days, which is as far back as the vendor goes, before `to`. */
  readonly from?: Date;
  /** Default: now. */
  readonly to?: Date;
  /** Whether events go on after `to` as time passes. Default false. */
  readonly ongoing?: boolean;
  /** Default: made from the seed. */
  readonly keys?: TenantKeys;
  /** Default: made from the seed. */
  readonly client?: ClientKeys;
  readonly access?: SimulatedTenant['access'];
}

export interface BelievableTenant extends SimulatedTenant {
  readonly client: ClientKeys;
  readonly accountCode: string;
  /** Values of the account's answer that must be kept nowhere: passphrase, support code, contacts. */
  readonly canaries: readonly string[];
}

/** A tenant as a mid-sized company might have it: everything configured, all endpoints there. */
export function believableTenant(options: BelievableTenantOptions = {}): BelievableTenant {
  const { seed = 1, events = 3000, clicks = 3000, to = new Date(), ongoing = false } = options;
  const from = options.from ?? new Date(to.getTime() - 60 * DAY_MS);
  const rowsFrom = new Date(Math.max(from.getTime(), to.getTime() - 30 * DAY_MS));
  const random = new Random(seed);
  const domain = `tenant${seed}.example`;
  const accountCode = `CUK${random.below(90) + 10}A${random.below(900) + 100}`;
  const sensitive = sensitiveFields(random, domain);
  const keys = options.keys ?? keysFrom(random);

  // From numbers of its own: what the seed gave before, it gives still.
  const client = options.client ?? clientFrom(new Random(seed, -1));

  return {
    keys,
    client,
    accountCode,
    canaries: Object.values(sensitive),
    auditEvents: believableEvents({ seed, domain, events, from, to, ongoing }),
    protectionLogs: believableRows({ seed, domain, clicks, from: rowsFrom, to, ongoing }),
    statistics: vendorTotals(to),
    data: {
      ...believablePolicies(random, domain),
      'archive-settings': [archiveSettings()],
      account: [{ ...account(accountCode, seed), ...sensitive, domain }],
    },
    ...(options.access === undefined ? {} : { access: options.access }),
  };
}

/** What the fields mean is not published; these are what a public client's tests show. */
function vendorTotals(to: Date): NonNullable<SimulatedTenant['statistics']> {
  const date = to.toISOString().slice(0, 10);
  return {
    'stats-url-clicks': [{ date, maliciousClicks: 7 }],
    'stats-attachment-scans': [{ date, maliciousAttachments: 2 }],
    'stats-impersonations': [{ date, impersonations: 3 }],
  };
}

function keysFrom(random: Random): TenantKeys {
  const secret = Buffer.from(random.token(86), 'base64url').toString('base64');
  return {
    applicationId: random.uuid(),
    applicationKey: random.uuid(),
    accessKey: random.token(128),
    secretKey: secret,
  };
}

function clientFrom(random: Random): ClientKeys {
  return { clientId: random.token(32), clientSecret: random.token(64) };
}

/** The fields of an account that let people in, or that are about people. */
function sensitiveFields(random: Random, domain: string): Record<string, string> {
  return {
    passphrase: `passphrase-${random.token(12)}`,
    supportCode: `support-${random.token(8)}`,
    contactEmail: `contact-${random.token(6)}@${domain}`,
    contactName: `contact name ${random.token(6)}`,
    telephone: `+44 20 7946 0${random.below(900) + 100}`,
    adminEmail: `administrator-${random.token(6)}@${domain}`,
  };
}

function account(accountCode: string, seed: number): Record<string, unknown> {
  return {
    accountCode,
    accountName: `Tenant ${seed}`,
    region: 'eu',
    type: 'full',
    archive: true,
    gateway: true,
    maxRetention: 2555,
    maxRetentionConfirmed: true,
    minRetentionEnabled: true,
    automatedSegmentPurge: true,
    policyInheritance: false,
    databaseCode: 'ukdb12',
    searchReason: true,
    contentAdministratorDefaultView: 'Metadata',
    adminSessionTimeout: 60,
    exportApi: false,
    exgestAllowQuery: false,
    exgestAllowExtraction: false,
    expressAccount: false,
    cybergraphV2Enabled: true,
    userCount: 412,
    mimecastId: '01-0102-00236',
    packages: [
      'Advanced Mail Gateway [1001]',
      'Attachment Management [1004]',
      'Attachment Protection (Site) [1056]',
      'Content Control and Data Leak Prevention [1013]',
      'Impersonation Protection [1060]',
      'Journal Services [1053]',
      'URL Protection (Site) [1043]',
    ],
  };
}

/** There is no public contract: the archive's part of the account's answer is the best guess. */
function archiveSettings(): Record<string, unknown> {
  return {
    archiveEnabled: true,
    maxRetention: 2555,
    maxRetentionConfirmed: true,
    minRetentionEnabled: true,
    automatedSegmentPurge: true,
    journalingEnabled: true,
    litigationHold: false,
  };
}
