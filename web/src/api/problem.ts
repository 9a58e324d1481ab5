import type { ProblemBody } from "./types";

/** The server refused: RFC 9457, with the data that it concerns. */
export class Problem extends Error {
  readonly body: ProblemBody;
  constructor(body: ProblemBody) {
    super(body.title);
    this.name = "Problem";
    this.body = body;
  }
  get code(): string {
    return this.body.code;
  }
  get status(): number {
    return this.body.status;
  }
  /** Somebody else acted on the matter since it was read. */
  get stale(): boolean {
    return this.body.changed != null || this.body.code === "stale";
  }
}

/** No answer came: the request may or may not have arrived, so it is sent again under the same key. */
export class Unreachable extends Error {
  constructor() {
    super("unreachable");
    this.name = "Unreachable";
  }
}
