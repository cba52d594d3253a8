import sql from 'sql-template-tag';
import { OneTimeLinks } from '../identity/one-time-links.service.js';
import { outOfQuietHours } from '../platform/clock/calendar.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/tx.js';
import { MailSender } from '../platform/mail/mail-sender.js';
import { MessageSender } from '../platform/messages/message-sender.js';
import type { EventPayload } from '../platform/outbox/events.js';
import { type EventHandler, type HandledEvent, Handles } from '../platform/outbox/handles.js';
import { outbox } from '../platform/outbox/outbox.js';
import { decidedLetter, proveLetter, replacedLetter } from './claim.words.js';
import type { ClaimState } from './claim.types.js';
import type { GroupAddress } from './group-address.rules.js';
import { sendToGroup } from './group-letter.js';
import { privacyAddress } from './privacy-notice.js';
import { CLAIM_EVENTS } from './provider.events.js';

interface Claim {
  state: ClaimState;
  email: string | null;
}

const claimOf = (
  tx: Tx,
  claimId: string | null | undefined,
): Promise<(Claim & Record<string, unknown>) | null> =>
  tx.maybe(sql`
    select state, email from provider_claim where scheme_id = ${tx.schemeId} and id = ${claimId ?? null}::uuid`);

async function deliver(
  mail: MailSender,
  config: Config,
  to: string,
  letter: { subject: string; text: string },
  id: string,
): Promise<void> {
  const messageId = `${id}@${new URL(config.publicUrl).hostname}`;
  const { outcome, code } = await mail.send({ to, ...letter, messageId });
  // Thrown, so that it is tried again; a repeat carries the same Message-ID.
  if (outcome === 'failed' || outcome === 'unknown') throw new Error(`Nothing was sent: ${code}`);
}

@Handles(CLAIM_EVENTS.ask, 'send-proof-of-claim')
export class SendProofOfClaim implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly mail: MailSender,
    private readonly links: OneTimeLinks,
  ) {}

  async handle(tx: Tx, { claimId, linkId }: EventPayload): Promise<void> {
    if (!linkId) throw new Error('The event lacks its ids.');
    const claim = await claimOf(tx, claimId);
    const live = await this.links.liveUntil(tx, 'claim', linkId);
    if (!claim?.email || claim.state !== 'asked' || !live) return;
    const letter = proveLetter(this.links.address('claim', linkId), privacyAddress(this.config.publicUrl));
    await deliver(this.mail, this.config, claim.email, letter, linkId);
  }
}

@Handles(CLAIM_EVENTS.decide, 'tell-of-claim')
export class TellOfClaim implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly mail: MailSender,
  ) {}

  async handle(tx: Tx, { claimId }: EventPayload, { id }: HandledEvent): Promise<void> {
    const claim = await claimOf(tx, claimId);
    if (!claim?.email) return;
    const letter = decidedLetter(claim.state === 'approved', privacyAddress(this.config.publicUrl));
    await deliver(this.mail, this.config, claim.email, letter, id);
  }
}

/**
 * Whoever answered before learns of it where they were written to, so that a claim that deceived a manager comes to light.
 * They did not ask, so it waits for the morning.
 */
@Handles(CLAIM_EVENTS.replace, 'tell-address-before-claim', { unrepeatable: 'ask' })
export class TellAddressBeforeClaim implements EventHandler {
  constructor(
    private readonly config: Config,
    private readonly sender: MessageSender,
  ) {}

  async handle(tx: Tx, { claimId }: EventPayload): Promise<void> {
    if (!claimId) throw new Error('The event lacks its id.');
    const morning = outOfQuietHours(tx.now);
    if (morning > tx.now) return outbox.hold(tx, morning, CLAIM_EVENTS.replace, { claimId });
    const claim = await tx.maybe<{ email: string | null; phone: string | null }>(sql`
      select before_email as email, before_phone as phone from provider_claim
      where scheme_id = ${tx.schemeId} and id = ${claimId}`);
    const before = claim && addressBefore(claim);
    if (!before) return;
    const letter = replacedLetter(privacyAddress(this.config.publicUrl));
    await sendToGroup(this.sender, this.config, before, letter, `${claimId}.before`);
    await tx.run(sql`
      update provider_claim set before_email = null, before_phone = null
      where scheme_id = ${tx.schemeId} and id = ${claimId}`);
  }
}

function addressBefore({
  email,
  phone,
}: {
  email: string | null;
  phone: string | null;
}): GroupAddress | null {
  if (phone !== null) return { channel: 'text', to: phone };
  return email === null ? null : { channel: 'email', to: email };
}
