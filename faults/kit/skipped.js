/** A story that this system cannot tell, and why. */
export class Skipped extends Error {
  constructor(reason) {
    super(reason);
    this.name = 'Skipped';
  }
}
