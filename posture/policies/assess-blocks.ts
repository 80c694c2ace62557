import { count, idlePolicies, named, namesOf, type Assessment, type AssessmentOptions } from './assess.js';
import type { Policy } from './policy.js';
import { actingPolicies, type ActingPolicy, type Reading } from './precedence.js';
import { isBroad } from './scope.js';
import { policyStateOf, unclearParts } from './policy-state.js';

/**
 * Assesses whether at least one sender block is in force. A block from everyone to everyone would stop all mail; it is
 * treated as a mistake, flagged, and not counted. When an exemption of all inbound mail overrides, only blocks that
 * also override count.
 */
export function assessBlocks(policies: readonly Policy[], { now }: AssessmentOptions): Assessment {
  const worst = blocksIn(policies, now, 'worst');
  const best = blocksIn(policies, now, 'best');
  const unclear = policies.filter((policy) => unclearParts(policy, now).length > 0);
  const flagged = namesOf(best.forEveryone.filter((policy) => unclearParts(policy, now).length === 0));
  const details = {
    ...idlePolicies(policies, now),
    ...named('blocksEveryone', flagged),
    ...(worst.inForce > 0 && { blocks: worst.inForce }),
  };

  if (worst.inForce > 0) {
    return {
      verdict: 'pass',
      code: 'in-force',
      reason: `${count(worst.inForce, 'sender block is', 'sender blocks are')} in force.`,
      details,
    };
  }
  const isCertain = worst.overridden && best.overridden && best.inForce === 0;
  if (unclear.length > 0 && !isCertain) {
    const which = count(unclear.length, 'policy is', 'policies are');
    const reason = `No sender block is certainly in force, and ${which} not clear in every part.`;
    return { verdict: 'unknown', code: 'indeterminate', reason, details };
  }
  return { verdict: 'fail', ...withoutBlock(policies, worst, now), details };
}

interface Blocks {
  readonly inForce: number;
  readonly forEveryone: readonly Policy[];
  /** True when an exemption overrides existing blocks. */
  readonly overridden: boolean;
}

function blocksIn(policies: readonly Policy[], now: Date, reading: Reading): Blocks {
  const acting = actingPolicies(policies, now, reading);
  const isExempt = acting.some(
    ({ on, override, legs }) => !on && override && legs.some((leg) => isBroad(leg, 'inbound')),
  );
  const blocks = acting.filter(({ on }) => on);
  const real = blocks.filter((block) => !blocksEveryone(block));
  const inForce = real.filter(({ override }) => override || !isExempt);
  return {
    inForce: inForce.length,
    forEveryone: blocks.filter(blocksEveryone).map(({ policy }) => policy),
    overridden: real.length > inForce.length,
  };
}

const blocksEveryone = ({ legs }: ActingPolicy): boolean =>
  legs.some(
    ({ sender, recipient, conditional }) => !conditional && sender.kind === 'everyone' && recipient.kind === 'everyone',
  );

function withoutBlock(policies: readonly Policy[], blocks: Blocks, now: Date): Pick<Assessment, 'code' | 'reason'> {
  if (blocks.overridden) {
    return { code: 'overridden', reason: 'An exemption of all inbound mail overrides every sender block.' };
  }
  if (blocks.forEveryone.length > 0) {
    return {
      code: 'blocks-everyone',
      reason: 'The only block in force is from everyone to everyone, which would stop all mail: it does not count.',
    };
  }
  const states = policies.filter(({ acts }) => acts === 'on').map((policy) => policyStateOf(policy, now));
  if (states.includes('expired')) return { code: 'expired', reason: 'The sender blocks have ended.' };
  if (states.includes('not-begun')) return { code: 'not-begun', reason: 'The sender blocks have not begun yet.' };
  if (policies.length === 0) return { code: 'none', reason: 'There is no blocked-sender policy.' };
  return { code: 'off', reason: 'No sender block is switched on.' };
}
