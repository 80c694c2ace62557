import type { Policy, Side, SideKind } from './policy.js';

export type Route = 'inbound' | 'outbound';

export const ROUTES: readonly Route[] = ['inbound', 'outbound'];

/** Mail of one direction that a policy is about. */
export interface Leg {
  readonly sender: Side;
  readonly recipient: Side;
  readonly conditional: boolean;
}

const ENDS = {
  inbound: { sender: 'external', recipient: 'internal' },
  outbound: { sender: 'internal', recipient: 'external' },
} as const satisfies Record<Route, { sender: SideKind; recipient: SideKind }>;

/** The directions that a policy is about: its own, and the other one when it is bidirectional. */
export function legsOf({ from, to, conditions }: Policy, bidirectional: boolean): Leg[] {
  const conditional = conditions === 'some';
  const own = { sender: from, recipient: to, conditional };
  return bidirectional ? [own, { sender: to, recipient: from, conditional }] : [own];
}

/** Whether some mail of a route may be meant. A domain, a group or a person may be on either side of the gateway. */
function touches({ sender, recipient }: Leg, route: Route): boolean {
  return mayBe(sender, ENDS[route].sender) && mayBe(recipient, ENDS[route].recipient);
}

/** Whether all mail of a route is meant. */
export function isBroad({ sender, recipient, conditional }: Leg, route: Route): boolean {
  return !conditional && isAll(sender, ENDS[route].sender) && isAll(recipient, ENDS[route].recipient);
}

/** Whether a policy may be about mail of a route: what is not clear about it may be anything. */
export function bearsOn(policy: Policy, route: Route): boolean {
  return legsOf(policy, policy.bidirectional ?? true).some((leg) => touches(leg, route));
}

/** The end of a route on which the tenant's own people are. */
export const ownSide = (leg: Leg, route: Route): Side => (route === 'inbound' ? leg.recipient : leg.sender);

/** The same leg with everybody at the tenant's end. */
export function withoutOwnSide(leg: Leg, route: Route): Leg {
  const everyone: Side = { kind: 'everyone' };
  return route === 'inbound' ? { ...leg, recipient: everyone } : { ...leg, sender: everyone };
}

function mayBe({ kind }: Side, wanted: 'internal' | 'external'): boolean {
  return kind === wanted || (kind !== 'internal' && kind !== 'external');
}

/** `unclear` stands for everybody here: who reads policies decides beforehand what to make of such a side. */
function isAll({ kind }: Side, wanted: 'internal' | 'external'): boolean {
  return kind === wanted || kind === 'everyone' || kind === 'unclear';
}

const LIMITS: Readonly<Partial<Record<SideKind, string>>> = {
  attribute: 'an attribute',
  group: 'a group',
  domain: 'a domain',
  person: 'one address',
};

/** By what a policy is limited to a part of the mail, in words. */
export function limitsOf({ from, to, conditions }: Policy): string[] {
  const [fromLimit, toLimit] = [LIMITS[from.kind], LIMITS[to.kind]];
  return [
    ...(fromLimit === undefined ? [] : [`from ${fromLimit}`]),
    ...(toLimit === undefined ? [] : [`to ${toLimit}`]),
    ...(conditions === 'some' ? ['conditions'] : []),
  ];
}
