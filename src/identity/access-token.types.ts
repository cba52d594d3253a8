/** What an access token says. Short names, since it travels with every request. */
export interface AccessClaims {
  /** Account. */
  sub: string;
  /** Session. */
  sid: string;
  /** Membership. */
  mid: string;
  /** Scheme. */
  sch: string;
  /** Seconds since 1970. */
  iat: number;
  exp: number;
}

export const ISSUER = 'betony';
export const AUDIENCE = 'betony-api';
export const ALGORITHM = 'HS256';
