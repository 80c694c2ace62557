/**
 * A policy as its list shows it. What the list does not say, or says in a way that cannot be read, is `unclear` (or absent, for
 * a flag): such a policy never counts for anything good, and keeps what would fail from failing.
 */
export interface Policy {
  /** For people: its description, or its place in the list. */
  readonly name: string;
  readonly acts: 'on' | 'off' | 'unclear';
  readonly enabled?: boolean;
  readonly begins: Boundary;
  readonly ends: Boundary;
  /** It goes before policies of its type that would be more specific. */
  readonly override?: boolean;
  /** It applies to mail of the other direction too. */
  readonly bidirectional?: boolean;
  readonly from: Side;
  readonly to: Side;
  /** Source addresses, host names and the like that mail must match besides. */
  readonly conditions: 'none' | 'some' | 'unclear';
}

/** The moment at which a policy begins or ends. */
export type Boundary = Date | 'eternal' | 'unclear';

/** Whose mail a policy is about, on one of its two sides. */
export interface Side {
  readonly kind: SideKind;
  /** Where the side is a domain or a group, everything by which Mimecast names it: the domain; the group's id, its name. */
  readonly values?: readonly string[];
}

export type SideKind = 'everyone' | 'internal' | 'external' | 'attribute' | 'group' | 'domain' | 'person' | 'unclear';
