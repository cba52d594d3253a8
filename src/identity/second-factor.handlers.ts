import sql from 'sql-template-tag';
import type { Tx } from '../platform/database/tx.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { AccountMail } from './account-mail.service.js';
import { SECOND_FACTOR_CHANGED, SIGN_IN_CODE_ASKED } from './identity.events.js';
import { codeLetter, FACTOR_CHANGES, factorLetter, type FactorChange } from './message.words.js';
import { CHALLENGE_MINUTES, SignInChallenges } from './sign-in-challenges.service.js';

/** The code is derived from the challenge's id, since no job may carry it. */
@Handles(SIGN_IN_CODE_ASKED, 'send-sign-in-code')
export class SendSignInCode implements EventHandler {
  constructor(
    private readonly challenges: SignInChallenges,
    private readonly mail: AccountMail,
  ) {}

  async handle(tx: Tx, { accountId, challengeId }: EventPayload, event: HandledEvent): Promise<void> {
    if (!accountId || !challengeId) throw new Error('The event lacks its ids.');
    // Too late to be of use: a code that opens nothing only worries people.
    const live = await tx.maybe(sql`
      select 1 from sign_in_challenge
      where id = ${challengeId} and asks = 'mail' and ended_at is null and expires_at > ${tx.now}`);
    if (!live) return;
    const code = this.challenges.codeOf(challengeId);
    await this.mail.send(tx, accountId, event.id, (name) =>
      codeLetter({ name, code, minutes: CHALLENGE_MINUTES }),
    );
  }
}

@Handles(SECOND_FACTOR_CHANGED, 'tell-of-second-factor')
export class TellOfSecondFactor implements EventHandler {
  constructor(private readonly mail: AccountMail) {}

  async handle(tx: Tx, { accountId, what }: EventPayload, event: HandledEvent): Promise<void> {
    if (!accountId || !isChange(what)) throw new Error('The event lacks its parts.');
    const account = this.mail.address;
    await this.mail.send(tx, accountId, event.id, (name) => factorLetter({ name, what, account }));
  }
}

const isChange = (what: string | null | undefined): what is FactorChange =>
  FACTOR_CHANGES.some((one) => one === what);
