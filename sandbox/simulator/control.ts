import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { believableTenant } from './fixtures/believable-tenant.js';
import { lateRows } from './fixtures/believable-rows.js';
import { accessChange, faultRule, lateArrival, lateRowArrival, newTenant, settingsChange } from './control-input.js';
import { lateEvents } from './fixtures/late-events.js';
import type { RunningTenant } from './running-tenant.js';
import { randomClient, randomKeys } from './tenant.js';
import type { Simulator } from './interface.js';

export const CONTROL_PATH = '/simulator';

type Json = Readonly<Record<string, unknown>>;
type Route = (simulator: Simulator, body: Json, rest: readonly string[]) => unknown;

/**
 * Controls a simulator from another process. Bodies and responses are JSON; the simulator listens on loopback only.
 *
 * - `GET /simulator` settings, tenants (with their keys) and faults
 * - `POST /simulator/settings` some of `SimulatorSettings`
 * - `POST /simulator/faults` a `FaultRule` → `{ id }` · `DELETE /simulator/faults` all · `DELETE /simulator/faults/{id}` one
 * - `GET /simulator/requests` the calls so far · `DELETE /simulator/requests`
 * - `POST /simulator/tenants` `{ seed?, events? }` → a generated tenant's keys, of API 1.0 and of API 2.0
 * - `POST /simulator/tenants/{number}/rotate-keys` → new keys, the old ones are refused; `number` is the index in the list
 * - `POST /simulator/tenants/{number}/expire-keys` every call returns 418 until the keys are rotated
 * - `POST /simulator/tenants/{number}/rotate-client-secret` → the new keys of API 2.0, the old secret is refused
 * - `POST /simulator/tenants/{number}/expire-tokens` expires the tokens of API 2.0 that were issued so far
 * - `POST /simulator/tenants/{number}/access` `{ endpoint, access }`
 * - `POST /simulator/tenants/{number}/late-events` `{ count?, ageMs? }` events that appear now and happened `ageMs` ago
 * - `POST /simulator/tenants/{number}/late-rows` `{ log, count?, ageMs? }` the same for a protection log, by its endpoint's
 *   name
 */
export function control(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
  body: Json | undefined,
): void {
  const answer = (status: number, value: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
  };
  // A web page in a browser on this machine can reach loopback; browsers always send its origin.
  if (request.headers.origin !== undefined) {
    answer(403, { error: 'not for web pages' });
    return;
  }
  const [, , subject = '', ...rest] = (request.url ?? '').split('/');
  const route = ROUTES[`${request.method ?? 'GET'} ${subject}`];
  if (route === undefined) {
    answer(404, { error: 'no such function', functions: Object.keys(ROUTES) });
    return;
  }
  try {
    answer(200, route(simulator, body ?? {}, rest) ?? {});
  } catch (error) {
    answer(400, { error: messageOf(error) });
  }
}

const ROUTES: Readonly<Record<string, Route>> = {
  'GET ': ({ url, settings, tenants, faults }) => ({
    url,
    settings,
    tenants: tenants.map(({ keys, client, expired }) => ({ keys, client, expired })),
    faults: faults.list(),
  }),
  'POST settings': (simulator, body) => {
    simulator.configure(settingsChange.parse(body));
    return simulator.settings;
  },
  'POST faults': ({ faults }, body) => ({ id: faults.add(faultRule.parse(body)) }),
  'DELETE faults': ({ faults }, _, [id]) => {
    if (id === undefined) faults.clear();
    else faults.remove(Number(id));
  },
  'GET requests': ({ requests }) => requests,
  'DELETE requests': (simulator) => {
    simulator.forgetRequests();
  },
  'POST tenants': (simulator, body, [place, action]) => {
    if (place === undefined) {
      const { keys, client } = addBelievable(simulator, body);
      return { keys, client };
    }
    const tenant = simulator.tenants[Number(place)];
    if (tenant === undefined) throw new RangeError(`there is no tenant ${place}`);
    return actOn(tenant, action, body);
  },
};

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

function addBelievable(simulator: Simulator, body: Json): RunningTenant {
  const { seed = simulator.tenants.length + 1, events } = newTenant.parse(body);
  return simulator.addTenant(believableTenant({ seed, events, keys: randomKeys(), client: randomClient() }));
}

function actOn(tenant: RunningTenant, action: string | undefined, body: Json): unknown {
  switch (action) {
    case 'rotate-keys':
      return { keys: tenant.rotateKeys() };
    case 'expire-keys':
      tenant.expired = true;
      return { expired: true };
    case 'rotate-client-secret':
      return { client: tenant.rotateClientSecret() };
    case 'expire-tokens':
      tenant.tokens.expire();
      return { expired: tenant.tokens.issued.length };
    case 'access': {
      const { endpoint, access } = accessChange.parse(body);
      tenant.setAccess(endpoint, access);
      return { endpoint, access };
    }
    case 'late-events': {
      const { count, ageMs } = lateArrival.parse(body);
      const events = lateEvents(count, ageMs);
      tenant.addLateEvents(events);
      return { events };
    }
    case 'late-rows': {
      const { log, count, ageMs } = lateRowArrival.parse(body);
      const rows = lateRows(log, count, ageMs);
      tenant.addLateRows(log, rows);
      return { rows };
    }
    default:
      throw new TypeError(`a tenant has no function ${action ?? ''}`);
  }
}
