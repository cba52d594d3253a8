export interface FieldProblem {
  field: string;
  message: string;
}

/**
 * Something the product will not do, with the reason a person can read. Thrown by services, turned into
 * RFC 9457 problem+json by the one error filter. `code` is stable and machine-readable.
 */
export class Refusal extends Error {
  private constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(detail);
    this.name = 'Refusal';
  }

  /** For what a library below us refused, such as a body that is too large. */
  static of(status: number, code: string, detail: string): Refusal {
    return new Refusal(status, code, detail);
  }

  static malformed(detail: string): Refusal {
    return new Refusal(400, 'malformed', detail);
  }

  /** For those who read by a specification that knows 400 and nothing finer. */
  static malformedFields(errors: FieldProblem[]): Refusal {
    return new Refusal(400, 'malformed', 'Check the parameters named below.', { errors });
  }

  static unauthorised(detail = 'Sign in first.'): Refusal {
    return new Refusal(401, 'signed-out', detail);
  }

  /** The session ran out while somebody was typing; what they sent is kept for when they are back. */
  static signedOutTyping(): Refusal {
    return new Refusal(401, 'signed-out', 'Sign in first.', { typed: 'kept' });
  }

  static forbidden(detail = 'Your role does not include this.'): Refusal {
    return new Refusal(403, 'forbidden', detail);
  }

  /** Absent and out of reach look the same, down to the bytes. */
  static notFound(): Refusal {
    return new Refusal(404, 'not-found', 'We cannot find that page or person.');
  }

  static conflict(code: string, detail: string, extra: Record<string, unknown> = {}): Refusal {
    return new Refusal(409, code, detail, extra);
  }

  static illegalMove(from: string, action: string, because: string): Refusal {
    return new Refusal(409, 'illegal-move', because, { from, action, because });
  }

  static gone(detail: string): Refusal {
    return new Refusal(410, 'gone', detail);
  }

  static stale(
    detail = 'Somebody changed this since you read it. Read it again, then repeat your change.',
  ): Refusal {
    return new Refusal(412, 'stale', detail);
  }

  static invalid(errors: FieldProblem[]): Refusal {
    return new Refusal(422, 'invalid', 'Check the answers marked below.', { errors });
  }

  static invalidField(field: string, message: string): Refusal {
    return Refusal.invalid([{ field, message }]);
  }

  static unprocessable(code: string, detail: string): Refusal {
    return new Refusal(422, code, detail);
  }

  static versionRequired(): Refusal {
    return new Refusal(428, 'version-required', 'Send If-Match with the ETag you last read.');
  }

  /** For a while, and through no fault of what was asked. */
  static unavailable(): Refusal {
    return new Refusal(
      503,
      'unavailable',
      'Not here for a moment. Nothing was done: try again in a minute.',
      {
        retryAfterSeconds: 60,
      },
    );
  }

  static tooMany(seconds: number): Refusal {
    return new Refusal(
      429,
      'too-many',
      `Too many tries. Wait ${String(Math.ceil(seconds / 60))} minute(s).`,
      {
        retryAfterSeconds: seconds,
      },
    );
  }
}
