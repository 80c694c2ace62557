import { ENDPOINT_NAMES } from './endpoints.js';
import {
  accountCode,
  apiPath,
  ascending,
  choice,
  days,
  domains,
  flag,
  groups,
  interval,
  url,
  whole,
  type AnyKind,
} from './setting-kinds.js';
import { POLLED_STREAMS } from './streams.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.js';

/**
 * The settings of a connection. Everything that knows settings by name derives it from this table: the types, the checks
 * of messages and files, the options of `connect` and `edit`, the defaults, and docs/settings.md. A new setting is a new
 * entry here, and the code that uses it.
 */
export const SETTINGS = {
  baseUrl: {
    holds: url,
    about: "origin of the tenant's grid, like https://eu-api.mimecast.com",
    isTested: true,
    options: [{ flags: '--base-url <url>', connect: true }],
  },
  apiVersion: {
    holds: choice('1.0', '2.0'),
    about: 'version of the API that the keys are for; the keys and the base URL decide it',
    default: '1.0',
    inFiles: 'nowhere',
    isOfKeys: true,
  },
  streams: {
    each: POLLED_STREAMS,
    noun: 'stream',
    fields: {
      enabled: {
        holds: flag,
        about: 'whether the stream is polled',
        default: true,
        options: [
          { flags: '--enable <stream>', about: 'poll a stream', sets: true },
          { flags: '--disable <stream>', about: 'no longer poll a stream', sets: false },
        ],
      },
      everyMs: {
        holds: interval,
        about: 'time between two scheduled polls of a stream',
        default: {
          'audit-events': 6 * HOUR_MS,
          policies: DAY_MS,
          'archive-settings': DAY_MS,
          account: DAY_MS,
          'threat-statistics': DAY_MS,
        },
        fileKey: 'every',
        options: [
          { flags: '--every <stream=interval>', example: 'audit-events=6h', code: 'invalid-interval', connect: true },
        ],
      },
    },
  },
  endpointPaths: {
    optional: true,
    each: ENDPOINT_NAMES,
    noun: 'endpoint',
    holds: apiPath,
    about: 'path that replaces the usual one of an endpoint without a public contract',
    isTested: true,
    options: [
      {
        flags: '--path <endpoint=path>',
        example: 'url-protect=/api/policy/url-protect/get-policies',
        connect: true,
      },
    ],
  },
  pagination: {
    fields: {
      pageSize: {
        holds: whole(1, 500),
        about: 'rows requested per page',
        default: 500,
        options: [{ flags: '--page-size <rows>', connect: true }],
      },
      tokenIn: {
        holds: choice('meta', 'data'),
        about: 'where the page token is sent: meta.pagination, which is documented, or data[0]',
        default: 'meta',
        options: [{ flags: '--token-in <place>', connect: true }],
      },
    },
  },
  expectedAccount: {
    optional: true,
    holds: accountCode,
    about: 'account code that the keys must open; otherwise the account of the first accepted keys',
    inFiles: 'connection',
    isOfKeys: true,
  },
  thresholds: {
    optional: true,
    noun: 'threshold',
    about: 'limits that verdicts and reminders use',
    options: [{ flags: '--threshold <name=number>', example: 'retentionDays=2555' }],
    fields: {
      retentionDays: { holds: days, about: 'shortest acceptable retention of the archive, in days' },
      keysDueDays: { holds: days, about: 'age of the keys at which their rotation is due, in days', default: 75 },
      keysOverdueDays: {
        holds: days,
        about: 'age of the keys at which their rotation is overdue, in days',
        default: 90,
      },
    },
  },
  coverage: {
    optional: true,
    about: 'what policies for a part of the mail must cover to be enough',
    options: [{ flags: '--coverage <name=list>', example: 'domains=acme.example,acme.test' }],
    fields: {
      domains: { holds: domains, about: 'domains that policies must cover; their subdomains are domains of their own' },
      groups: { holds: groups, about: 'profile groups that policies must cover, by id or by name' },
    },
  },
  retention: {
    optional: true,
    noun: 'retention',
    about: 'how long evidence is kept before it is erased',
    options: [{ flags: '--retention <name=days>', example: 'eventBodiesDays=400' }],
    fields: {
      eventBodiesDays: {
        holds: days,
        about: 'bodies of audit events are erased this long after the event, in days',
        default: 400,
      },
      verdictsDays: { holds: days, about: 'records of verdicts are erased after this time, in days', default: 2555 },
    },
  },
  statistics: {
    optional: true,
    fields: {
      keepRows: {
        holds: flag,
        about: 'keep the rows of the protection logs, which name people',
        default: false,
        options: [{ flags: '--keep-rows <switch>' }],
      },
    },
  },
  refusals: {
    optional: true,
    inFiles: 'nowhere',
    fields: {
      confirmAfterMs: {
        holds: whole(0, 30 * DAY_MS),
        about: "time between a poll's rejected call and the connection's own test of the keys, in milliseconds",
        default: MINUTE_MS,
      },
      probeAfterMs: {
        holds: ascending(30 * DAY_MS),
        about: 'times after the pause at which rejected keys are tested first, in milliseconds',
        default: [HOUR_MS, 6 * HOUR_MS],
      },
      probeEveryMs: {
        holds: whole(SECOND_MS, 30 * DAY_MS),
        about: 'time between the tests of rejected keys that follow, in milliseconds',
        default: DAY_MS,
      },
    },
  },
} as const satisfies Readonly<Record<string, Entry>>;

export interface Setting extends Placed {
  readonly holds: AnyKind;
  /** Its effect, as the end of a sentence in help and docs. Units are in it or in the name. */
  readonly about: string;
  /** The value when nothing is set; for each member where they differ. None: the setting is off. */
  readonly default?: unknown;
  /** Its key in files, where that is not its name. */
  readonly fileKey?: string;
  /** A change takes effect only after a call to Mimecast has worked with it. */
  readonly isTested?: true;
}

/** Several settings in an object. */
interface Group extends Placed {
  readonly fields: Readonly<Record<string, Setting>>;
  readonly about?: string;
}

interface Placed {
  /** May be absent; `null` in a change of settings takes it back to its default. */
  readonly optional?: true;
  /** The noun for a name in it: "is not a stream". */
  readonly noun?: string;
  readonly options?: readonly SettingOption[];
  /** Place where files may have it; when absent, in `defaults` and in each connection. */
  readonly inFiles?: 'connection' | 'nowhere';
  /** Belongs to the keys: only `connect` and `rotate` set it. */
  readonly isOfKeys?: true;
}

/** Settings that there are once for each name. */
type Each<Value> = Value & { readonly each: readonly string[]; readonly noun: string };

export type Entry = Setting | Group | Each<Setting> | Each<Group>;

/** An option of the command line. */
export interface SettingOption {
  /** `--page-size <rows>`; with an equals sign in its value, the part before it is the name of what is set. */
  readonly flags: string;
  /** Help, where that is not the help of the setting. */
  readonly about?: string;
  readonly example?: string;
  /** The error code for a wrong value, where that is not `invalid-` with the name of the option. */
  readonly code?: string;
  /** The value that it sets, when its argument only names what is set. */
  readonly sets?: boolean;
  /** `connect` has it as well as `edit`. */
  readonly connect?: true;
}
