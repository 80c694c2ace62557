import fc from 'fast-check';
import type { EndpointName } from '../../../mimecast/endpoints.js';
import { PROTOTYPE_NAMES } from '../hostile.js';
import { nested } from './hostile-answers.js';

/** Field names that the readers of answers know. */
const KNOWN_NAMES = [
  ...['meta', 'status', 'pagination', 'next', 'pageToken', 'totalCount', 'data', 'fail', 'errors', 'code', 'retryable'],
  ...['id', 'eventTime', 'auditType', 'category', 'user', 'accountCode', 'accountName', 'packages', 'archive'],
  ...['maxRetention', 'maxRetentionConfirmed', 'archiveEnabled', 'enabled', 'option', 'policy', 'from', 'to', 'type'],
  ...[
    'fromType',
    'toType',
    'fromEternal',
    'toEternal',
    'fromDate',
    'toDate',
    'override',
    'bidirectional',
    'conditions',
  ],
  ...['description', 'emailDomain', 'groupId', 'date', 'route', 'definition', 'ttpDefinition', 'scanResult', 'result'],
  ...['action', 'actionTriggered', 'hits', 'identifiers', 'taggedMalicious', 'clickLogs', 'attachmentLogs', 'dlpLogs'],
];

const NUMBERS = ['1e400', '-1e999', '1e308', '-0', '0.1', '2147483648', '9007199254740993', '1.10', '-1', '1e-400'];

const anyName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KNOWN_NAMES) },
  { weight: 2, arbitrary: fc.constantFrom(...PROTOTYPE_NAMES, 'toJSON', 'then', '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('\0', 'a\0b', '\uD800', 'x\uDC00', '\u202Eabc', '\u001b[2J', 'constructor', '__proto__'),
  fc.constantFrom('2026-04-01T00:10:00+0000', '9999-12-31T23:59:59-2300', '0000-00-00T00:00:00Z', 'everyone'),
  fc.constant('x'.repeat(50_000)),
);

/** The text of any JSON value, with everything that is possible in JSON and not in JavaScript or Postgres. */
const { value: anyValue, object: anyObject } = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    anyText.map((text) => JSON.stringify(text)),
    fc.constantFrom('null', 'true', 'false', '[]', '{}', '""', ...NUMBERS),
    fc.double().map((number) => (Number.isFinite(number) ? String(number) : '0')),
    fc.constantFrom(nested(65), nested(20_000), `${'{"policy":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
    fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join(',')}]`),
    tie('object'),
  ),
  object: fc.array(fc.tuple(anyName, tie('value')), { maxLength: 6 }).map(objectText),
}));

type FieldText = readonly [name: string, value: string];

function objectText(fields: readonly FieldText[]): string {
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** An object that has certain fields, so that it is not refused for them, beside any others. */
const anyObjectWith = (required: readonly FieldText[]): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(anyName, anyValue), { maxLength: 6 })
    .map((fields) => objectText([...fields.filter(([name]) => !required.some(([own]) => own === name)), ...required]));

const TIME = JSON.stringify('2026-04-01T00:10:00+0000');
const LOG_LISTS = {
  'ttp-url-logs': ['clickLogs', 'date'],
  'ttp-attachment-logs': ['attachmentLogs', 'date'],
  'ttp-impersonation-logs': ['impersonationLogs', 'eventTime'],
  'dlp-logs': ['dlpLogs', 'eventTime'],
} as const;

/** Items with all that the endpoint requires, and anything beside it. */
function anyFormedItems(endpoint: EndpointName): fc.Arbitrary<string> {
  if (Object.hasOwn(LOG_LISTS, endpoint)) {
    const [list, time] = LOG_LISTS[endpoint as keyof typeof LOG_LISTS];
    return listOf(anyObjectWith([[time, TIME]])).map((rows) => `[${objectText([[list, rows]])}]`);
  }
  switch (endpoint) {
    case 'audit-events':
      return listOf(
        anyObjectWith([
          ['id', '"e1"'],
          ['eventTime', TIME],
        ]),
      );
    case 'account':
      return anyObjectWith([['accountCode', '"CUK12A9"']]).map((account) => `[${account}]`);
    case 'blocked-senders':
      return listOf(
        anyObject.chain((policy) =>
          anyObjectWith([
            ['option', '"x"'],
            ['policy', policy],
          ]),
        ),
      );
    default:
      return listOf(anyObject);
  }
}

const listOf = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(item, { maxLength: 4 }).map((items) => `[${items.join(',')}]`);

/** Items as an endpoint may give them. */
const anyItems: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 3, arbitrary: anyObject }, { weight: 1, arbitrary: anyValue }), { maxLength: 4 })
  .map((items) => `[${items.join(',')}]`);

/** A success that lists the items: what is wrong is in them, or in the pagination. */
export const anySuccess = (endpoint: EndpointName): fc.Arbitrary<string> =>
  fc
    .tuple(fc.oneof(anyItems, anyFormedItems(endpoint)), fc.oneof(fc.constant('{}'), anyObject))
    .map(([data, pagination]) => `{"meta":{"status":200,"pagination":${pagination}},"data":${data},"fail":[]}`);

/** The text of any answer that is JSON. */
export const anyAnswer: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: anyValue },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyValue, anyValue, anyValue)
      .map(([meta, data, fail]) => `{"meta":${meta},"data":${data},"fail":${fail}}`),
  },
);
