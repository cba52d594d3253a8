import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { hasActiveNames, type Seen } from './content.rules.js';

const HEAD = 4100;
/** An archive's end lies within its last 65,557 bytes. */
const TAIL = 66_000;
/** The longest name looked for, with every letter written as #xx. */
const CARRY = 64;

/** Looks at a file while it goes by, keeping its beginning and its end and nothing between. */
export class ContentScan extends Transform {
  private readonly hash = createHash('sha256');
  private head = Buffer.alloc(0);
  private readonly tail = Buffer.alloc(TAIL);
  private carried = '';
  private bytes = 0;
  private active = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    this.hash.update(chunk);
    if (this.head.length < HEAD)
      this.head = Buffer.concat([this.head, chunk.subarray(0, HEAD - this.head.length)]);
    const last = chunk.subarray(-TAIL);
    this.tail.copyWithin(0, last.length);
    last.copy(this.tail, TAIL - last.length);
    const text = this.carried + chunk.toString('latin1');
    this.active ||= hasActiveNames(text);
    this.carried = text.slice(-CARRY);
    done(null, chunk);
  }

  seen(): Seen {
    const { bytes, head, active } = this;
    return { bytes, head, active, tail: this.tail.subarray(-Math.min(TAIL, Math.max(bytes, 1))) };
  }

  sha256(): string {
    return this.hash.copy().digest('hex');
  }
}
