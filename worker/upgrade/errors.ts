/** An upgrade that stopped. What it had done stays done, and the same command resumes it. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError';
  readonly nextStep: string;

  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(`${message} ${nextStep}`, options);
    this.nextStep = nextStep;
  }
}
