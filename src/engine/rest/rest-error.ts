// A request that cannot be answered as asked: the status, and what is said beside it.
export class RestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
