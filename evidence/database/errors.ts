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

/** One database serves one Temporal namespace; this one serves another. */
export class EvidenceNamespaceError extends Error {
  override readonly name = 'EvidenceNamespaceError';
  readonly nextStep: string;

  constructor(claimedBy: string, wanted: string) {
    const nextStep = 'Use a database of its own for each namespace.';
    super(
      `This database holds the evidence of the Temporal namespace "${claimedBy}", and this is "${wanted}". ${nextStep}`,
    );
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

/** The keys open a different account than the one whose evidence the connection holds. Nothing was changed. */
export class EvidenceAccountError extends Error {
  override readonly name = 'EvidenceAccountError';

  constructor(connectionId: string, pinned: string, proved: string) {
    super(
      `These keys open account ${proved}, but ${connectionId} holds evidence of ${pinned}. Nothing was changed. ` +
        'Use a new connection id, or the right keys.',
    );
  }
}
