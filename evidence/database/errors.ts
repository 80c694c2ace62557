/** The database is unreachable or refuses the connection. Nothing was stored; the call can be repeated. */
export class EvidenceUnreachableError extends Error {
  override readonly name = 'EvidenceUnreachableError';
  readonly nextStep: string;

  /**
   * @param where host and port, never the whole URL: it contains the password
   * @param reason short reason from the driver or the server
   */
  constructor(where: string, reason: string, options?: ErrorOptions) {
    const nextStep = 'Check DATABASE_URL and that the server runs.';
    super(`Postgres at ${where} cannot be used: ${reason}. ${nextStep}`, options);
    this.nextStep = nextStep;
  }
}

/**
 * Postgres rejected a value of a statement: it is too long, out of range, or breaks a constraint. Nothing was stored, and
 * the same statement fails again.
 */
export class EvidenceValueError extends Error {
  override readonly name = 'EvidenceValueError';
  /** SQLSTATE. */
  readonly code: string;
  /** Constraint that the value breaks, if any. */
  declare readonly constraint?: string;
  readonly nextStep: string;

  constructor(code: string, constraint?: string, options?: ErrorOptions) {
    const nextStep = 'Postgres works; report this code with the log of the worker.';
    const which = constraint === undefined ? '' : `, constraint ${constraint}`;
    super(`Postgres rejected a value (SQLSTATE ${code}${which}). Nothing was stored. ${nextStep}`, options);
    this.code = code;
    if (constraint !== undefined) this.constraint = constraint;
    this.nextStep = nextStep;
  }
}

/** The database lacks migrations that this version needs. */
export class EvidenceSchemaError extends Error {
  override readonly name = 'EvidenceSchemaError';
  readonly nextStep: string;

  constructor(pending: readonly string[], options?: ErrorOptions) {
    const which = pending.length > 0 ? ` (${pending.join(', ')})` : '';
    const nextStep = 'Run: temporal-mimecast migrate';
    super(`The evidence database is not up to date${which}. ${nextStep}`, options);
    this.nextStep = nextStep;
  }
}

/** A Temporal namespace. Its id tells a new namespace from an earlier one of the same name. */
export interface TemporalNamespace {
  readonly name: string;
  /** None where it is not known. */
  readonly id?: string;
}

/** One database serves one Temporal namespace; this one serves another. */
export class EvidenceNamespaceError extends Error {
  override readonly name = 'EvidenceNamespaceError';
  readonly nextStep: string;

  constructor(claimed: TemporalNamespace, found: TemporalNamespace) {
    const nextStep =
      'Check TEMPORAL_NAMESPACE and DATABASE_URL; after a restore or a move: temporal-mimecast migrate --adopt-namespace';
    const which =
      claimed.name === found.name
        ? `another Temporal namespace of the name "${found.name}": its id is ${claimed.id}, and this one's is ${found.id}`
        : `the Temporal namespace "${claimed.name}", and this is "${found.name}"`;
    super(`This database holds the evidence of ${which}. ${nextStep}`);
    this.nextStep = nextStep;
  }
}

const MOST_NAMES = 5;

/** Workflows of connections were started for another version of this product, and its workers cannot continue them. */
export class EvidenceUpgradeError extends Error {
  override readonly name = 'EvidenceUpgradeError';
  readonly nextStep: string;

  /** @param others connections whose mark differs, at least one */
  constructor(others: readonly { readonly connectionId: string; readonly version: number }[], version: number) {
    const isNewer = others.some((other) => other.version > version);
    const names = others.slice(0, MOST_NAMES).map(({ connectionId }) => connectionId);
    const more = others.length > MOST_NAMES ? `, and ${others.length - MOST_NAMES} more` : '';
    const nextStep = isNewer
      ? 'Use the newest release that this database was upgraded for.'
      : 'Stop all workers of the earlier release, then run: temporal-mimecast migrate';
    const which = `${others.length === 1 ? 'A connection has' : `${others.length} connections have`} a workflow of ${isNewer ? 'a later' : 'an earlier'} release`;
    super(`${which} (${names.join(', ')}${more}), which this release cannot continue. ${nextStep}`);
    this.nextStep = nextStep;
  }
}

/** The connection, the credential version or the annotation does not exist. */
export class EvidenceNotFoundError extends Error {
  override readonly name = 'EvidenceNotFoundError';

  constructor(what: string) {
    super(`There is no ${what}.`);
  }
}

/** The change is not allowed in the current state of the connection or of the credential version. */
export class EvidenceStateError extends Error {
  override readonly name = 'EvidenceStateError';
}

/** The keys open a different account than the one of the connection's evidence. Nothing was changed. */
export class EvidenceAccountError extends Error {
  override readonly name = 'EvidenceAccountError';

  constructor(connectionId: string, pinned: string, proved: string) {
    super(
      `These keys open account ${proved}, but ${connectionId} holds evidence of ${pinned}. Nothing was changed. ` +
        'Use a new connection id, or the right keys.',
    );
  }
}
