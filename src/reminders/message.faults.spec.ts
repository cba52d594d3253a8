import { sayFault } from './message.faults.js';

const said = (because: string | null, changes: Partial<Parameters<typeof sayFault>[0]> = {}) =>
  sayFault({ state: 'failed', because, recipient: 'client', channel: 'email', ...changes });

describe('what is said of a message that did not arrive', () => {
  it.each([
    ['550 5.1.1', 'There is nobody at that address or number.'],
    ['EADDRESS', 'There is nobody at that address or number.'],
    ['554 5.7.1', 'Their mail server takes no mail from us, or not this message.'],
    ['552', 'Their mail server refused it for good.'],
    ['451 4.2.0', 'The mail server could not take it just then.'],
    ['ECONNREFUSED', 'Whoever carries our messages could not be reached.'],
    ['EDNS', 'Whoever carries our messages could not be reached.'],
    ['ETIMEDOUT', 'There was no answer in time.'],
    ['ETLS', 'There was no safe connection to be had.'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'There was no safe connection to be had.'],
    ['ECONNECTION', 'The connection broke off.'],
    ['process_lost', 'The program was stopped while it was being sent.'],
    ['restored', 'A backup was restored that does not know whether it was sent.'],
    ['a code of tomorrow', 'It could not be sent.'],
  ])('%s by e-mail', (because, cause) => {
    expect(said(because)).toBe(
      `${cause} Reach them another way, or put right what was wrong and send it again.`,
    );
  });

  it.each([
    ['400 EADDRESS', 'There is nobody at that address or number.'],
    ['429', 'GOV.UK Notify takes no more from us just now.'],
    ['403', 'GOV.UK Notify did not accept it as we are set up.'],
    ['502', 'GOV.UK Notify had a fault.'],
    ['UND_ERR_CONNECT_TIMEOUT', 'Whoever carries our messages could not be reached.'],
    ['UND_ERR_HEADERS_TIMEOUT', 'There was no answer in time.'],
    ['UND_ERR_SOCKET', 'The connection broke off.'],
  ])('%s by text', (because, cause) => {
    expect(said(because, { channel: 'text', state: 'ready' })).toBe(`${cause} It is tried again by itself.`);
  });

  it('says whom to ask, and nothing where there is nothing to say', () => {
    expect(said('ETIMEDOUT', { state: 'unconfirmed' })).toBe(
      'There was no answer in time. It may have arrived: ask them before it is sent again.',
    );
    expect(said('552', { recipient: 'provider' })).toContain('Reach the group another way');
    expect(said('not_safe', { state: 'cancelled' })).toBe(
      'Not sent. That way of writing to them is not safe.',
    );
    expect(said(null, { state: 'ready' })).toBeNull();
    expect(said('250', { state: 'sent' })).toBeNull();
  });
});
