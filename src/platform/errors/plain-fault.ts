/**
 * Something that stops Betony from starting or a command from running, told to the person at the keyboard: what is
 * wrong, then what to do. Printed without a stack trace, followed by exit code 1.
 */
export class PlainFault extends Error {
  constructor(...lines: string[]) {
    super(lines.join('\n'));
    this.name = 'PlainFault';
  }
}
