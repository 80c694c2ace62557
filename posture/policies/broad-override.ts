import type { Policy } from './policy.js';
import { actingPolicies, type Reading } from './precedence.js';
import { isBroad, ROUTES } from './scope.js';

/** Returns the policies in force that disable all mail of a route and override all others. */
export function broadOverrides(policies: readonly Policy[], now: Date, reading: Reading): Policy[] {
  return actingPolicies(policies, now, reading)
    .filter(({ on, override }) => !on && override)
    .filter(({ legs }) => legs.some((leg) => ROUTES.some((route) => isBroad(leg, route))))
    .map(({ policy }) => policy);
}
