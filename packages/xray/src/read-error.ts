/** A source that cannot be read, told so that its user can mend it. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
}
