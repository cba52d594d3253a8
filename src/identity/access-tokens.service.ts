import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Config } from '../platform/config/config.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { type AccessClaims, ALGORITHM, AUDIENCE, ISSUER } from './access-token.types.js';
import { ACCESS_SECONDS } from './session.rules.js';
import { derivedToken } from './token.rules.js';

@Injectable()
export class AccessTokens {
  /** A key object, because jsonwebtoken first tries to read plain text as a public key, which costs a fifth of a request. */
  readonly key: KeyObject;
  private readonly jwt: JwtService;

  constructor(config: Config) {
    this.key = createSecretKey(Buffer.from(derivedToken(config.tokenKey, 'access-key', ISSUER)));
    this.jwt = new JwtService({
      secret: this.key,
      signOptions: { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE },
    });
  }

  sign(
    actor: Pick<MemberActor, 'accountId' | 'sessionId' | 'membershipId' | 'schemeId'>,
    now: Date,
    seconds = ACCESS_SECONDS,
  ): string {
    const issued = Math.floor(now.getTime() / 1000);
    const claims: AccessClaims = {
      sub: actor.accountId,
      sid: actor.sessionId,
      mid: actor.membershipId,
      sch: actor.schemeId,
      iat: issued,
      exp: issued + seconds,
    };
    return this.jwt.sign(claims);
  }
}
