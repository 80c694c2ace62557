import { vendorTime, type EventSource } from './audit-log.js';
import { evenSpread } from './even-spread.js';
import { Random } from './random.js';

/** Shorter than the 270 characters of real ids: so a page of 500 events has the 207 KB that pages have. */
const ID_LENGTH = 130;

export interface BelievableEventsOptions {
  readonly seed: number;
  readonly domain: string;
  /** Events from `from` to `to`, evenly spread with some jitter. */
  readonly events: number;
  readonly from: Date;
  readonly to: Date;
  /** Goes on at the same rate after `to`, as time passes. */
  readonly ongoing: boolean;
}

/** Who did something, and where from. */
interface Actor {
  readonly user: string;
  readonly admin: string;
  readonly address: string;
}

interface Kind {
  readonly auditType: string;
  readonly category: string;
  readonly info: (actor: Actor, random: Random, time: string) => string;
}

const APPLICATIONS = ['Administration Console', 'Mimecast for Outlook', 'Personal Portal', 'SAML'] as const;
const GROUPS = ['Permitted Senders', 'Blocked Senders', 'Finance', 'Executives'] as const;
const POLICIES = [
  'Anti-Spoofing [Inbound] F(External) T(Internal) [Active] [Apply to inbound]',
  'Attachment Protection [Default] F(External) T(Internal) [Active] [Safe file on demand]',
  'URL Protection [Default] F(External) T(Internal) [Active] [Aggressive]',
  'Content Examination [Payment card numbers] F(Internal) T(External) [Active] [Hold]',
  'Blocked Senders [Campaign] F(@invoice.example) T(Internal) [Active] [Block]',
] as const;

const logon =
  (result: string) =>
  ({ user, address }: Actor, random: Random, time: string): string =>
    `${result} for ${user}, Date: ${time.slice(0, 10)}, Time: ${time.slice(11, 19)} GMT, IP: ${address}, Application: ${random.pick(APPLICATIONS)}`;

const policy =
  (change: string) =>
  ({ admin, address }: Actor, random: Random): string =>
    `${random.pick(POLICIES)} ${change} by ${admin}, IP: ${address}`;

const kind = (auditType: string, category: string, info: Kind['info']): Kind => ({ auditType, category, info });

const LOGGED_ON = kind('User Logged On', 'authentication_logs', logon('Successful authentication'));
const CHALLENGED = kind('Logon Requires Challenge', 'authentication_logs', logon('Second factor requested'));
const FAILED_LOGON = kind('Logon Authentication Failed', 'authentication_logs', logon('Failed authentication'));

/** What tenants' logs hold, the common kinds several times over. */
const KINDS: readonly [Kind, ...Kind[]] = [
  LOGGED_ON,
  ...[LOGGED_ON, LOGGED_ON, LOGGED_ON, LOGGED_ON, LOGGED_ON, CHALLENGED, CHALLENGED, FAILED_LOGON],
  kind('Existing Policy Changed', 'account_logs', policy('changed')),
  kind('New Policy', 'account_logs', policy('created')),
  kind('Policy Deleted', 'account_logs', policy('deleted')),
  kind(
    'User Password Changed',
    'user_account_and_role_logs',
    ({ user, admin, address }) =>
      `Password of ${user} changed by ${admin}, IP: ${address}, Application: Administration Console`,
  ),
  kind(
    'Folder Log Entry',
    'profile_group_logs',
    ({ user, admin }, random) => `Address ${user} was added to profile group ${random.pick(GROUPS)} by ${admin}`,
  ),
  kind(
    'Search Action',
    'archive_service_logs',
    ({ admin, address }, random) =>
      `Archive search by ${admin}, IP: ${address}, Reason: request ${random.below(9000) + 1000}, Source: archive`,
  ),
  kind(
    'Completed Directory Sync',
    'integrations_and_apis',
    (_, random) =>
      `Directory synchronization completed, ${random.below(400)} users and ${random.below(40)} groups read, 0 errors, connector Microsoft Entra ID`,
  ),
  kind(
    'Mimecast Support Login',
    'mimecast_access_logs',
    ({ admin, address }, random) =>
      `Support access granted by ${admin}, IP: ${address}, ticket ${random.below(900_000) + 100_000}`,
  ),
  kind(
    'Page Data Exports',
    'reporting_logs',
    ({ admin, address }) =>
      `Page Accepted Email exported as CSV by ${admin}, IP: ${address}, Application: Administration Console`,
  ),
];

/** Events made when they are asked for: a hundred thousand take no more memory than ten. */
export function believableEvents({ seed, domain, events, ...range }: BelievableEventsOptions): EventSource {
  const { timeMs, countUntil } = evenSpread({ seed, count: events, ...range });
  return {
    countUntil,
    json: (index) => eventJson(new Random(seed, index), vendorTime(timeMs(index)), domain),
  };
}

/** Written out, as no text in it needs to be escaped: that takes a third of the time, and pages are made while somebody waits. */
function eventJson(random: Random, eventTime: string, domain: string): string {
  random.below(1000); // The first number is the jitter of the time.
  const { auditType, category, info } = random.pick(KINDS);
  const actor = {
    user: `user${String(random.below(400)).padStart(3, '0')}@${domain}`,
    admin: `admin${random.below(6) + 1}@${domain}`,
    address: `192.0.2.${random.below(254) + 1}`,
  };
  const user = category === 'authentication_logs' ? actor.user : actor.admin;
  const id = `eNo${random.token(ID_LENGTH - 3)}`;
  const eventInfo = info(actor, random, eventTime);
  return `{"id":"${id}","auditType":"${auditType}","user":"${user}","eventTime":"${eventTime}","eventInfo":"${eventInfo}","category":"${category}"}`;
}
