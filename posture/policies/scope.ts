import type { Policy, Side, SideKind } from './policy.js';

export type Route = 'inbound' | 'outbound';

export const ROUTES: readonly Route[] = ['inbound', 'outbound'];

/** One direction of mail that a policy applies to. */
export interface Leg {
  readonly sender: Side;
  readonly recipient: Side;
  readonly conditional: boolean;
}

const ENDS = {
  inbound: { sender: 'external', recipient: 'internal' },
  outbound: { sender: 'internal', recipient: 'external' },
} as const satisfies Record<Route, { sender: SideKind; recipient: SideKind }>;

/** Returns the directions that a policy applies to: its own and, when bidirectional, the opposite. */
export function legsOf({ from, to, conditions }: Policy, bidirectional: boolean): Leg[] {
  const conditional = conditions === 'some';
  const own = { sender: from, recipient: to, conditional };
  return bidirectional ? [own, { sender: to, recipient: from, conditional }] : [own];
}

/** True when the leg may match some mail of a route. A domain, a group or a person can be on either side of the gateway. */
function touches({ sender, recipient }: Leg, route: Route): boolean {
  return mayBe(sender, ENDS[route].sender) && mayBe(recipient, ENDS[route].recipient);
}

/** True when the leg matches all mail of a route. */
export function isBroad({ sender, recipient, conditional }: Leg, route: Route): boolean {
  return !conditional && isAll(sender, ENDS[route].sender) && isAll(recipient, ENDS[route].recipient);
}

/** True when a policy may apply to mail of a route. An unclear side may be anything. */
export function bearsOn(policy: Policy, route: Route): boolean {
  return legsOf(policy, policy.bidirectional ?? true).some((leg) => touches(leg, route));
}

/** Returns the side of a leg that is the tenant's own. */
export const ownSide = (leg: Leg, route: Route): Side => (route === 'inbound' ? leg.recipient : leg.sender);

/** Replaces the tenant's side with everyone. */
export function withoutOwnSide(leg: Leg, route: Route): Leg {
  const everyone: Side = { kind: 'everyone' };
  return route === 'inbound' ? { ...leg, recipient: everyone } : { ...leg, sender: everyone };
}

function mayBe({ kind }: Side, wanted: 'internal' | 'external'): boolean {
  return kind === wanted || (kind !== 'internal' && kind !== 'external');
}

/**
 * True when the side includes everyone of a kind. `unclear` counts as everyone here: the reading has already decided
 * which policies are considered.
 */
function isAll({ kind }: Side, wanted: 'internal' | 'external'): boolean {
  return kind === wanted || kind === 'everyone' || kind === 'unclear';
}

const LIMITS: Readonly<Partial<Record<SideKind, string>>> = {
  attribute: 'an attribute',
  group: 'a group',
  domain: 'a domain',
  person: 'one address',
};

/** Describes what limits a policy to a part of the mail. */
export function limitsOf({ from, to, conditions }: Policy): string[] {
  const [fromLimit, toLimit] = [LIMITS[from.kind], LIMITS[to.kind]];
  return [
    ...(fromLimit === undefined ? [] : [`from ${fromLimit}`]),
    ...(toLimit === undefined ? [] : [`to ${toLimit}`]),
    ...(conditions === 'some' ? ['conditions'] : []),
  ];
}
