/** A reason not to start that its user can mend: printed as one line, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
