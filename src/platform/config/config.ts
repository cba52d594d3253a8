/**
 * Everything the outside world can set, already checked. Injected as `Config`; nothing else reads the environment.
 */
export class Config {
  readonly port: number;
  readonly host: string;
  /** The application role's address: not the owner of the tables, and bound by row level security. */
  readonly databaseUrl: string;
  /** The owner's address, needed by `migrate` alone. */
  readonly databaseOwnerUrl: string | null;
  /** A copy of the database that follows it, where figures are read; absent, and they are read from the database itself. */
  readonly databaseReplicaUrl?: string | null;
  /** True when Betony runs its own PostgreSQL inside `dataDir`. */
  readonly embedded: boolean;
  readonly databasePoolSize: number;
  readonly redisUrl: string | null;
  /** Absolute path. */
  readonly dataDir: string;
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Texts and letters; null when nobody carries them. */
  readonly notify: NotifySettings | null;
  /** How long whoever carries a message may take; tests are less patient than people. */
  readonly carrierWaits?: CarrierWaits;
  /** Where people reach this installation; the beginning of every link in a message. No slash at its end. */
  readonly publicUrl: string;
  readonly auditKey: string;
  readonly tokenKey: string;
  /** Encrypts the few things that even whoever reads the database must not learn. */
  readonly dataKey: string;
  /** An organisation's own sign-in; null where there is none. */
  readonly oidc: OidcSettings | null;
  /** Streets behind the outlines of maps, where somebody provides them; null, and nobody else is asked for anything. */
  readonly tiles: TileSettings | null;
  readonly logLevel: LogLevel;
  readonly demoData: boolean;
  readonly demoPassword: string | null;
  /** Everybody is told to come back soon; health is answered as ever. */
  readonly maintenance: boolean;
  readonly trustProxy: false | string[];

  constructor(values: ConfigValues) {
    Object.assign(this, values);
  }
}

/** In milliseconds: until there is a connection, and until there is any answer on it. */
export interface CarrierWaits {
  connect: number;
  answer: number;
}
export const CARRIER_WAITS: CarrierWaits = { connect: 10_000, answer: 30_000 };

/** OpenID Connect. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What people call it, on the button. */
  name: string;
}

/** Pictures of a street map, by the address of each with {z}, {x} and {y} in it. */
export interface TileSettings {
  url: string;
  /** Whose they are, as their licence asks for it. */
  attribution: string;
}

/** GOV.UK Notify. A channel without a template is not carried. */
export interface NotifySettings {
  url: string;
  apiKey: string;
  textTemplate: string | null;
  letterTemplate: string | null;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type ConfigValues = { -readonly [Name in keyof Config]: Config[Name] };
