import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Config } from './config.js';
import { keptSecret } from './keys.js';
import { checkSettings, type Settings } from './settings.js';

/** Addresses of the embedded database, known only once it runs. */
export interface DatabaseAddresses {
  url: string;
  ownerUrl: string;
}

/** Reads `.env`, if there is one (the environment wins over it), and checks everything before anything starts. */
export function readSettings(): Settings {
  const file = resolve('.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return checkSettings(process.env, process.cwd());
}

/** `embedded` is asked for only when no real database is named. */
export async function loadConfig(
  settings: Settings,
  embedded: () => Promise<DatabaseAddresses>,
): Promise<Config> {
  const { variables: v, dataDir } = settings;
  const isEmbedded = v.DATABASE_URL === undefined;
  const addresses =
    v.DATABASE_URL === undefined
      ? await embedded()
      : { url: v.DATABASE_URL, ownerUrl: v.DATABASE_OWNER_URL ?? null };
  const keys = join(dataDir, 'keys');
  return new Config({
    port: v.PORT,
    host: v.HOST,
    databaseUrl: addresses.url,
    databaseOwnerUrl: addresses.ownerUrl,
    databaseReplicaUrl: v.DATABASE_REPLICA_URL ?? null,
    embedded: isEmbedded,
    databasePoolSize: v.DATABASE_POOL_SIZE,
    redisUrl: v.REDIS_URL ?? null,
    dataDir,
    smtpUrl: v.SMTP_URL ?? null,
    mailFrom: v.MAIL_FROM,
    notify:
      v.NOTIFY_API_KEY === undefined
        ? null
        : {
            url: v.NOTIFY_URL.replace(/(?<!\/)\/+$/, ''),
            apiKey: v.NOTIFY_API_KEY,
            textTemplate: v.NOTIFY_TEXT_TEMPLATE ?? null,
            letterTemplate: v.NOTIFY_LETTER_TEMPLATE ?? null,
          },
    publicUrl: (v.PUBLIC_URL ?? httpAddress(v.HOST, v.PORT)).replace(/(?<!\/)\/+$/, ''),
    auditKey: v.AUDIT_KEY ?? keptSecret(keys, 'audit'),
    tokenKey: v.TOKEN_KEY ?? keptSecret(keys, 'token'),
    dataKey: v.DATA_KEY ?? keptSecret(keys, 'data'),
    oidc:
      v.OIDC_ISSUER === undefined || v.OIDC_CLIENT_ID === undefined || v.OIDC_CLIENT_SECRET === undefined
        ? null
        : {
            issuer: v.OIDC_ISSUER,
            clientId: v.OIDC_CLIENT_ID,
            clientSecret: v.OIDC_CLIENT_SECRET,
            name: v.OIDC_NAME,
          },
    tiles:
      v.TILE_URL === undefined || v.TILE_ATTRIBUTION === undefined
        ? null
        : { url: v.TILE_URL, attribution: v.TILE_ATTRIBUTION },
    logLevel: v.LOG_LEVEL,
    demoData: isEmbedded || v.DEMO_DATA,
    demoPassword: v.DEMO_PASSWORD ?? null,
    maintenance: v.MAINTENANCE,
    trustProxy: v.TRUST_PROXY === undefined ? false : v.TRUST_PROXY.split(',').map((part) => part.trim()),
  });
}

/** What a person on this machine types into a browser: a server listening everywhere is also on this machine. */
export function httpAddress(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${String(port)}`;
}
