import { randomInt } from 'node:crypto';
import { vendorTime, type EventSource } from './audit-log.js';
import { evenSpread, type SpreadOptions } from './even-spread.js';
import { Random } from './random.js';
import type { ProtectionRow, SimulatedProtectionLog, SimulatedTenant } from './tenant.js';

export interface BelievableRowsOptions extends Omit<SpreadOptions, 'count'> {
  readonly domain: string;
  /** Clicks from `from` to `to`; the other logs have fewer rows, in proportion. */
  readonly clicks: number;
}

/** A row for each so many clicks. */
const CLICKS_FOR_ONE: Readonly<Record<SimulatedProtectionLog, number>> = {
  'ttp-url-logs': 1,
  'ttp-attachment-logs': 4,
  'ttp-impersonation-logs': 25,
  'dlp-logs': 15,
};

type RowMaker = (row: { readonly random: Random; readonly time: string; readonly people: People }) => ProtectionRow;

/** Who wrote to whom. */
interface People {
  readonly user: string;
  readonly sender: string;
  readonly messageId: string;
}

const ROW_MAKERS: Readonly<Record<SimulatedProtectionLog, RowMaker>> = {
  'ttp-url-logs': click,
  'ttp-attachment-logs': attachment,
  'ttp-impersonation-logs': impersonation,
  'dlp-logs': policyHit,
};

const LOGS = Object.keys(CLICKS_FOR_ONE) as SimulatedProtectionLog[];

/** The protection logs of a mid-sized company: nearly everything clean, and something of each kind that is not. */
export function believableRows({
  clicks,
  domain,
  ...range
}: BelievableRowsOptions): NonNullable<SimulatedTenant['protectionLogs']> {
  const source = (log: SimulatedProtectionLog, place: number): EventSource => {
    const seed = range.seed + 1 + place;
    const count = Math.floor(clicks / CLICKS_FOR_ONE[log]);
    const { timeMs, countUntil } = evenSpread({ ...range, seed, count });
    return {
      countUntil,
      json(index) {
        const random = new Random(seed, index);
        random.below(1000); // The first number is the jitter of the time.
        const row = { random, time: vendorTime(timeMs(index)), people: peopleFrom(random, domain) };
        return JSON.stringify(ROW_MAKERS[log](row));
      },
    };
  };
  return Object.fromEntries(LOGS.map((log, place) => [log, source(log, place)]));
}

/** Rows that happened some time ago, and that are like no other row. */
export function lateRows(log: SimulatedProtectionLog, count: number, ageMs: number): ProtectionRow[] {
  const time = vendorTime(Date.now() - ageMs);
  return Array.from({ length: count }, () => {
    const random = new Random(randomInt(2 ** 32));
    return ROW_MAKERS[log]({ random, time, people: peopleFrom(random, 'example.com') });
  });
}

function peopleFrom(random: Random, domain: string): People {
  return {
    user: `user${String(random.below(400)).padStart(3, '0')}@${domain}`,
    sender: `${random.pick(['billing', 'news', 'anna.kowalska', 'no-reply', 'j.ortega'])}@${random.pick(['partner.example', 'shop.example', 'invoice.example'])}`,
    messageId: `<${random.token(16)}@mail.example>`,
  };
}

/** Out of sixty clicks three are malicious: one blocked, one warned of, one that a warned user went on with. */
function click({ random, time, people }: Parameters<RowMaker>[0]): ProtectionRow {
  const outcome = random.pick(CLICK_OUTCOMES);
  const { user, sender, messageId } = people;
  return {
    userEmailAddress: user,
    fromUserEmailAddress: sender,
    url: `https://${random.pick(['docs', 'track', 'portal'])}.example/${random.token(12)}`,
    ttpDefinition: random.pick(['Default Inbound URL Protect Definition', 'Aggressive for Executives']),
    subject: random.pick(['Your invoice', 'Minutes of the meeting', 'Parcel on its way']),
    ...CLICKS[outcome],
    sendingIp: `198.51.100.${random.below(254) + 1}`,
    date: time,
    route: random.pick(['inbound', 'inbound', 'inbound', 'internal']),
    creationMethod: 'User Click',
    emailPartsDescription: random.pick([['Body'], ['Body', 'Attachment']]),
    messageId,
    tagMap: {},
  };
}

type ClickOutcome = 'clean' | 'blocked' | 'warned' | 'continued';

const CLICK_OUTCOMES: readonly [ClickOutcome, ...ClickOutcome[]] = [
  'clean',
  ...Array<ClickOutcome>(56).fill('clean'),
  'blocked',
  'warned',
  'continued',
];

const NO_OVERRIDE = { adminOverride: 'N/A', userOverride: 'None' };

const CLICKS: Readonly<Record<ClickOutcome, ProtectionRow>> = {
  clean: {
    ...NO_OVERRIDE,
    scanResult: 'clean',
    action: 'allow',
    actions: 'Allow',
    category: 'Business',
    userAwarenessAction: 'N/A',
  },
  blocked: {
    ...NO_OVERRIDE,
    scanResult: 'malicious',
    action: 'block',
    actions: 'Block',
    category: 'Phishing & Fraud',
    userAwarenessAction: 'N/A',
  },
  warned: {
    ...NO_OVERRIDE,
    scanResult: 'malicious',
    action: 'warn',
    actions: 'None',
    category: 'Dangerous file extension',
    userAwarenessAction: 'N/A',
  },
  continued: {
    ...NO_OVERRIDE,
    scanResult: 'malicious',
    action: 'warn',
    actions: 'None',
    category: 'Compromised',
    userAwarenessAction: 'Continue',
    userOverride: 'Allow',
  },
};

const SCAN_RESULTS: readonly [string, ...string[]] = [
  'safe',
  ...Array<string>(30).fill('safe'),
  'malicious',
  'timeout',
  'error',
];

function attachment({ random, time, people }: Parameters<RowMaker>[0]): ProtectionRow {
  const result = random.pick(SCAN_RESULTS);
  const { user, sender, messageId } = people;
  return {
    senderAddress: sender,
    recipientAddress: user,
    fileName: `${random.pick(['invoice', 'contract', 'minutes'])}-${random.below(9000)}.pdf`,
    fileType: 'application/pdf',
    result,
    actionTriggered: result === 'malicious' ? 'block' : random.pick(['none', 'none', 'none', 'user release, none']),
    date: time,
    details: `${result}\r\nTime taken: 0 hrs, 0 min, ${random.below(50) + 3} sec`,
    route: random.pick(['inbound', 'inbound', 'inbound', 'outbound']),
    messageId,
    subject: 'Your documents',
    fileHash: hex(random),
    definition: 'Safe File with On-Demand Sandbox',
  };
}

/** About half of the rows share an id, as some of the vendor's do. */
function impersonation({ random, time, people }: Parameters<RowMaker>[0]): ProtectionRow {
  const { user, sender, messageId } = people;
  const identifier = random.pick(['newly_observed_domain', 'internal_user_name', 'reply_address_mismatch']);
  return {
    id: `MTOKEN:eNo${random.pick(['shared', random.token(40)])}`,
    senderAddress: sender,
    recipientAddress: user,
    subject: 'Urgent payment',
    definition: 'Default Impersonation Protection Definition',
    hits: 1,
    identifiers: [identifier],
    action: random.pick(['hold', 'hold', 'bounce', 'none']),
    taggedExternal: true,
    taggedMalicious: random.below(4) === 0,
    senderIpAddress: `203.0.113.${random.below(254) + 1}`,
    eventTime: time,
    impersonationResults: [
      {
        impersonationDomainSource: identifier,
        similarDomain: 'tenant.example',
        stringSimilarToDomain: 'tenent.example',
        checkerResult: 'hit',
      },
    ],
    messageId,
  };
}

function policyHit({ random, time, people }: Parameters<RowMaker>[0]): ProtectionRow {
  const { user, sender, messageId } = people;
  return {
    senderAddress: user,
    recipientAddress: sender,
    subject: 'Customer list',
    eventTime: time,
    route: random.pick(['outbound', 'outbound', 'inbound']),
    policy: random.pick(['Payment card numbers', 'Confidential watermark']),
    action: random.pick(['notification', 'hold', 'encrypt']),
    messageId,
  };
}

const hex = (random: Random): string =>
  Array.from({ length: 8 }, () => random.below(0x1_0000).toString(16).padStart(4, '0')).join('');
