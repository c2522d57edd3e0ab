/** Something is missing that a scenario needs: it proves nothing, one way or the other. */
export class NotTried extends Error {}
