/**
 * A policy as shown by its list. Values that are missing or unreadable are `unclear` (flags: absent). Such a policy
 * never counts for a pass, and can prevent a fail.
 */
export interface Policy {
  /** Name for people: the description, or the position in the list. */
  readonly name: string;
  readonly acts: 'on' | 'off' | 'unclear';
  readonly enabled?: boolean;
  readonly begins: Boundary;
  readonly ends: Boundary;
  /** True when it takes precedence over more specific policies of its type. */
  readonly override?: boolean;
  /** True when it also applies to the opposite direction. */
  readonly bidirectional?: boolean;
  readonly from: Side;
  readonly to: Side;
  /** Additional conditions, such as source addresses and host names. */
  readonly conditions: 'none' | 'some' | 'unclear';
}

/** Time at which a policy starts or ends. */
export type Boundary = Date | 'eternal' | 'unclear';

/** One side of a policy: the senders or recipients that it applies to. */
export interface Side {
  readonly kind: SideKind;
  /** For a domain or a group, all identifiers that Mimecast gives: the domain; the group's id and name. */
  readonly values?: readonly string[];
}

export type SideKind = 'everyone' | 'internal' | 'external' | 'attribute' | 'group' | 'domain' | 'person' | 'unclear';
