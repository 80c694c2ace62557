/** The keyring file cannot be used: it is missing, unreadable or not a keyring, or it exists and would be overwritten. */
export class VaultKeyringError extends Error {
  override readonly name = 'VaultKeyringError';
  readonly nextStep: string;

  constructor(problem: string, nextStep: string) {
    super(`${problem} ${nextStep}`);
    this.nextStep = nextStep;
  }
}

/** A private key file that other accounts can read or write. */
export class VaultExposedKeyError extends Error {
  override readonly name = 'VaultExposedKeyError';
  readonly nextStep: string;

  constructor(problem: string, nextStep: string) {
    super(`${problem} ${nextStep}`);
    this.nextStep = nextStep;
  }
}

/** Sealed keys cannot be opened: damaged, truncated, or sealed for another connection. Never contains their content. */
export class VaultSealError extends Error {
  override readonly name = 'VaultSealError';
  readonly nextStep = 'Enter the keys of this connection again.';

  constructor(problem: string) {
    super(`${problem} Enter the keys of this connection again.`);
  }
}

/** Keys are sealed for a key that this keyring does not have. */
export class VaultForeignKeyError extends Error {
  override readonly name = 'VaultForeignKeyError';
  /** Id of the key that they are sealed for. */
  readonly kid: string;
  readonly nextStep: string;

  constructor(connectionId: string, kid: string) {
    const nextStep = `Add that key to the file that MIMECAST_KEYRING_FILE names, or enter the keys of ${connectionId} again.`;
    super(
      `The keys of ${connectionId} are sealed for kid ${kid}, which is not in this worker's ring. ${nextStep} No call was made.`,
    );
    this.kid = kid;
    this.nextStep = nextStep;
  }
}
