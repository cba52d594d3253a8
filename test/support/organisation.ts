import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/** Somebody at the organisation, as its sign-in tells of them. */
export interface AtOrganisation {
  sub: string;
  email: string;
  email_verified: boolean;
  amr?: string[];
}

export interface Organisation {
  settings: { issuer: string; clientId: string; clientSecret: string; name: string };
  /** Who signs in next, without being asked anything; null refuses. */
  who: AtOrganisation | null;
  /** Walks from its door to where it sends the browser back, as a browser of its own would. */
  walk(address: string): Promise<URL>;
  stop(): Promise<void>;
}

/** A real OpenID provider on this machine. `redirectTo` is where it may send browsers back. */
export async function anOrganisation(redirectTo: string): Promise<Organisation> {
  const server = createServer((request, response) => {
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const issuer = `http://127.0.0.1:${String(port)}`;
  const known = new Map<string, AtOrganisation>();
  const organisation: Organisation = {
    settings: { issuer, clientId: 'betony', clientSecret: 'a secret of both', name: 'Saltwick Health' },
    who: null,
    walk,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: organisation.settings.clientId,
        client_secret: organisation.settings.clientSecret,
        redirect_uris: [redirectTo],
      },
    ],
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a key of the test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, id: string) => {
      const person = known.get(id);
      return person && { accountId: id, claims: () => ({ ...person }) };
    },
  });
  const callback = provider.callback();
  const handle = (...[request, response]: Parameters<typeof callback>): void => {
    if (!request.url?.startsWith('/interaction/')) callback(request, response);
    else {
      void answer(request, response).catch(() => {
        response.writeHead(500).end();
      });
    }
  };
  async function answer(...[request, response]: Parameters<typeof callback>): Promise<void> {
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    const { who } = organisation;
    if (who === null) {
      await provider.interactionFinished(request, response, { error: 'access_denied' });
    } else if (prompt.name === 'login') {
      known.set(who.sub, who);
      const login = { accountId: who.sub, ...(who.amr ? { amr: who.amr } : {}) };
      await provider.interactionFinished(request, response, { login });
    } else {
      const grant = new provider.Grant({
        accountId: session?.accountId ?? '',
        clientId: params.client_id,
      });
      grant.addOIDCScope(params.scope);
      await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
    }
  }
  async function walk(address: string): Promise<URL> {
    const jar = new Map<string, string>();
    let at = new URL(address);
    for (let steps = 0; at.origin === issuer && steps < 10; steps++) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const reply = await fetch(at, { redirect: 'manual', headers: { cookie } });
      for (const given of reply.headers.getSetCookie()) {
        const [name = '', value = ''] = given.split(';', 1)[0]?.split('=') ?? [];
        jar.set(name, value);
      }
      const location = reply.headers.get('location');
      if (location === null) throw new Error(`${String(reply.status)} ${await reply.text()}`);
      at = new URL(location, at);
    }
    return at;
  }
  return organisation;
}
