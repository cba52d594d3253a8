import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { Clock } from '../platform/clock/clock.js';
import { Refusal } from '../platform/errors/refusal.js';
import { FORM_TOKEN, isOurToken } from '../platform/http/form-token.js';
import { sessionSecret } from '../platform/http/page-cookies.js';
import { isStaffPage } from '../platform/http/pages.js';
import { isUuid } from '../platform/pure/ids.js';
import { PUBLIC, type RequestWithActor } from '../permissions/can.decorator.js';
import { type AccessClaims, ALGORITHM, AUDIENCE, ISSUER } from './access-token.types.js';
import { AccessTokens } from './access-tokens.service.js';
import { ProgramAccess } from './program-access.queries.js';
import { keyIn } from './program.rules.js';
import { keptPage, keptPath, worthKeeping } from './kept-form.rules.js';
import { KeptForms } from './kept-forms.service.js';
import { SessionQueries } from './session.queries.js';

type Answer = (error: Error | null, actor: MemberActor | false) => void;
type Authenticate = (request: RequestWithActor, reply: unknown, next: (error: unknown) => void) => void;

const namesSession = ({ sid, mid, sch }: AccessClaims): boolean => [sid, mid, sch].every(isUuid);

const STRATEGY = 'access-token';

/**
 * Who is asking. The token says which session and membership; the database says, at every request, whether they still
 * stand. Its own passport, since the shared one would keep the strategy of whichever application came last.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly passport = new passport.Authenticator();

  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
    private readonly sessions: SessionQueries,
    private readonly keptForms: KeptForms,
    private readonly programs: ProgramAccess,
    tokens: AccessTokens,
  ) {
    this.passport.use(
      STRATEGY,
      new Strategy(
        {
          jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
          // Its types are older than key objects, which it hands on untouched.
          secretOrKey: tokens.key as unknown as Buffer,
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          // Compared below with our own clock, which tests can move.
          ignoreExpiration: true,
        },
        (claims: AccessClaims, done: Answer) => {
          this.actorOf(claims).then(
            (actor) => {
              done(null, actor ?? false);
            },
            (error: unknown) => {
              done(error as Error, false);
            },
          );
        },
      ),
    );
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean>(PUBLIC, context.getHandler())) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<RequestWithActor>();
    request.actor = isStaffPage(request.url)
      ? await this.byCookie(request)
      : await this.authenticate(request, http.getResponse());
    return true;
  }

  /** The API takes no cookie and pages take no token, so that neither can be tricked with the other's. */
  private async byCookie(request: RequestWithActor): Promise<MemberActor> {
    const secret = sessionSecret(request);
    const found = secret === null ? null : await this.sessions.actorOfCookie(secret, this.clock.now());
    if (!found) throw await this.signedOut(request, secret);
    request.sessionEndsAt = found.endsAt;
    return found.actor;
  }

  /** Nobody loses what they typed to a session that ran out meanwhile. */
  private async signedOut(request: RequestWithActor, secret: string | null): Promise<Refusal> {
    const body = request.body as Record<string, unknown> | null | undefined;
    const ours = request.method === 'POST' && isOurToken(request, body?.[FORM_TOKEN]);
    const answers = ours ? worthKeeping(body) : null;
    if (secret === null || answers === null) return Refusal.unauthorised();
    const path = keptPath(request.url, body);
    const kept = path !== null && (await this.keptForms.keep(secret, path, answers, keptPage(body)));
    return kept ? Refusal.signedOutTyping() : Refusal.unauthorised();
  }

  /** A key is told from a person's token by its prefix alone. */
  private async byKey(request: RequestWithActor, key: string): Promise<MemberActor> {
    const actor = await this.programs.actorOf(key, request.ip, this.clock.now());
    if (!actor) throw Refusal.unauthorised('This key opens nothing here.');
    return actor;
  }

  private authenticate(request: RequestWithActor, reply: unknown): Promise<MemberActor> {
    const key = keyIn(request.headers.authorization);
    if (key !== null) return this.byKey(request, key);
    return new Promise((resolve, reject) => {
      const answer: Answer = (error, actor) => {
        if (error) reject(error);
        else if (actor) resolve(actor);
        else reject(Refusal.unauthorised());
      };
      const run = this.passport.authenticate(STRATEGY, { session: false }, answer) as Authenticate;
      run(request, reply, reject);
    });
  }

  private async actorOf(claims: AccessClaims): Promise<MemberActor | null> {
    const now = this.clock.now();
    if (!namesSession(claims)) return null;
    if (!(claims.exp * 1000 > now.getTime())) return null;
    return this.sessions.actorOf(claims, now);
  }
}
