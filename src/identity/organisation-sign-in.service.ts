import { Injectable, Logger } from '@nestjs/common';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  type Configuration,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import sql from 'sql-template-tag';
import { Clock } from '../platform/clock/clock.js';
import { Config, type OidcSettings } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from '../platform/database/tx.js';
import { Refusal } from '../platform/errors/refusal.js';
import { describe } from '../platform/logging/log.js';
import { Vault } from '../platform/vault/vault.js';
import { emailHash } from './account.rules.js';
import type { Arrival } from './arrival.js';
import { type OnPages, SignIn } from './sign-in.service.js';

const BACK = 'desk/sign-in/organisation/back';
const SCOPE = 'openid email';
const TIMEOUT_SECONDS = 10;
const TICKET_MS = 10 * 60_000;

/** RFC 8176: the organisation has seen more than a password. */
const MULTI_FACTOR = 'mfa';

/** Why nobody was signed in, each with words of its own on the page. */
export const NOT_SIGNED_IN = [
  'too-late',
  'refused',
  'failed',
  'unverified',
  'unknown',
  'other-identity',
] as const;
export type NotSignedIn = (typeof NOT_SIGNED_IN)[number];

export type OrganisationAnswer = { answer: OnPages; next: string } | { because: NotSignedIn };

/** What has to come back unchanged, kept by the browser that asked and readable by nobody but us. */
interface Ticket {
  state: string;
  nonce: string;
  verifier: string;
  next: string;
  at: number;
}

interface Claims {
  issuer: string;
  subject: string;
  /** Only one that the organisation has verified. */
  email: string | null;
  multiFactor: boolean;
}

/** Sign-in by the organisation's own account (OpenID Connect, code flow with PKCE). It lets in members, and makes none. */
@Injectable()
export class OrganisationSignIn {
  private readonly logger = new Logger('organisation-sign-in');
  private found: Promise<Configuration> | null = null;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly vault: Vault,
    private readonly database: Database,
    private readonly signIns: SignIn,
  ) {}

  /** What people call it; null where there is none. */
  get name(): string | null {
    return this.config.oidc?.name ?? null;
  }

  /** Where the browser goes, and the ticket it brings back. */
  async begin(next: string): Promise<{ address: string; ticket: string } | { because: NotSignedIn }> {
    const there = await this.provider().catch((error: unknown) => this.failed(error));
    if (there === null) return { because: 'failed' };
    const ticket: Ticket = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      next,
      at: this.clock.now().getTime(),
    };
    const address = buildAuthorizationUrl(there, {
      redirect_uri: `${this.config.publicUrl}/${BACK}`,
      scope: SCOPE,
      state: ticket.state,
      nonce: ticket.nonce,
      code_challenge: await calculatePKCECodeChallenge(ticket.verifier),
      code_challenge_method: 'S256',
    });
    return { address: address.href, ticket: this.vault.lock('oidc', 'ticket', JSON.stringify(ticket)) };
  }

  /** `query` is what the organisation sent back with the browser. */
  async finish(kept: string | null, query: string, arrival: Arrival): Promise<OrganisationAnswer> {
    const ticket = this.ticketIn(kept);
    if (!ticket) return { because: 'too-late' };
    const claims = await this.claims(ticket, query);
    if (typeof claims === 'string') return { because: claims };
    const account = await this.accountOf(claims);
    if (typeof account === 'string') return { because: account };
    try {
      const answer = await this.signIns.signInProved(account.id, arrival, {
        shown: claims.multiFactor ? 'organisation' : null,
        remember: (tx) => linkWithin(tx, account.id, claims),
      });
      return { answer, next: ticket.next };
    } catch (error) {
      // Disabled, or no membership left: the same words as for somebody we never knew.
      if (error instanceof Refusal && error.status === 401) return { because: 'unknown' };
      throw error;
    }
  }

  private ticketIn(kept: string | null): Ticket | null {
    const text = kept === null ? null : this.vault.open('oidc', 'ticket', kept);
    if (text === null) return null;
    const ticket = JSON.parse(text) as Ticket;
    return this.clock.now().getTime() - ticket.at < TICKET_MS ? ticket : null;
  }

  private async claims(ticket: Ticket, query: string): Promise<Claims | NotSignedIn> {
    try {
      const there = await this.provider();
      const tokens = await authorizationCodeGrant(
        there,
        new URL(`${this.config.publicUrl}/${BACK}${query}`),
        {
          expectedState: ticket.state,
          expectedNonce: ticket.nonce,
          pkceCodeVerifier: ticket.verifier,
          idTokenExpected: true,
        },
      );
      const id = tokens.claims();
      if (!id) return 'failed';
      // Some tell the address apart from who it is.
      const more = id['email'] === undefined ? await fetchUserInfo(there, tokens.access_token, id.sub) : id;
      const amr = id['amr'];
      return {
        issuer: id.iss,
        subject: id.sub,
        email: more['email_verified'] === true && typeof more['email'] === 'string' ? more['email'] : null,
        multiFactor: Array.isArray(amr) && amr.includes(MULTI_FACTOR),
      };
    } catch (error) {
      if (error instanceof AuthorizationResponseError) return 'refused';
      this.failed(error);
      return 'failed';
    }
  }

  private async accountOf({ issuer, subject, email }: Claims): Promise<{ id: string } | NotSignedIn> {
    const [linked] = await this.database.unscoped<{ id: string }>(sql`
      select account_id as id from organisation_identity where issuer = ${issuer} and subject = ${subject}`);
    if (linked) return linked;
    if (email === null) return 'unverified';
    const [known] = await this.database.unscoped<{ id: string; taken: boolean }>(sql`
      select a.id, exists (
        select 1 from organisation_identity i where i.account_id = a.id and i.issuer = ${issuer}) as taken
      from user_account a where a.email_hash = ${emailHash(email)}`);
    if (!known) return 'unknown';
    return known.taken ? 'other-identity' : { id: known.id };
  }

  private provider(): Promise<Configuration> {
    const { oidc } = this.config;
    if (!oidc) throw Refusal.notFound();
    this.found ??= discovered(oidc).catch((error: unknown) => {
      // Asked again next time: it may only have been away.
      this.found = null;
      throw error;
    });
    return this.found;
  }

  /** The kind of fault alone: what the other side says may hold names. */
  private failed(error: unknown): null {
    if (error instanceof Refusal) throw error;
    this.logger.warn({ fault: 'organisation sign-in failed', ...describe(error) });
    return null;
  }
}

const discovered = ({ issuer, clientId, clientSecret }: OidcSettings): Promise<Configuration> => {
  const server = new URL(issuer);
  return discovery(server, clientId, undefined, ClientSecretBasic(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    // Settings allow http on this very machine alone.
    execute: server.protocol === 'http:' ? [allowInsecureRequests] : [],
  });
};

async function linkWithin(tx: Tx, accountId: string, { issuer, subject }: Claims): Promise<void> {
  await tx.run(sql`
    insert into organisation_identity (issuer, subject, account_id, created_at)
    values (${issuer}, ${subject}, ${accountId}, ${tx.now}) on conflict (issuer, subject) do nothing`);
}
