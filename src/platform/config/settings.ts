import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { LOG_LEVELS } from './config.js';

/** The keys of an installation sign tokens, seal the audit record and encrypt what is secret; a short one could be guessed. */
const SHORTEST_KEY = 32;

const url = (protocols: string[]) =>
  z.string().refine(
    (value) => {
      if (!URL.canParse(value)) return false;
      const { protocol, host } = new URL(value);
      return protocols.includes(protocol.slice(0, -1)) && host !== '';
    },
    { message: `must be an address that begins with ${protocols.map((p) => `${p}://`).join(' or ')}` },
  );

/** What each installation keeps to itself, apart from its database. */
const KEYS = ['AUDIT_KEY', 'TOKEN_KEY', 'DATA_KEY'] as const;

const key = z.string().min(SHORTEST_KEY, `must have at least ${String(SHORTEST_KEY)} characters`);

const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .refine((value) => /^\d+$/.test(value) && Number(value) >= from && Number(value) <= to, {
      message: `must be a whole number from ${String(from)} to ${String(to)}`,
    })
    .transform(Number);

const yesOrNo = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((value) => value === 'true');

const mailFrom = z.string().regex(/^[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/, {
  message: 'must be an e-mail address, with or without a name before it',
});

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const uuid = z
  .string()
  .regex(new RegExp(`^${UUID}$`), { message: 'must be the ID that Notify shows for the template' });
/** A name, the id of the service and the secret, joined by hyphens. */
const notifyKey = z.string().regex(new RegExp(`^.+-${UUID}-${UUID}$`), {
  message: 'must be a whole API key of GOV.UK Notify: its name and two long ids',
});

/** What Fastify takes as a proxy to trust: names of groups, addresses, networks. */
const isNetwork = (text: string): boolean =>
  ['loopback', 'linklocal', 'uniquelocal'].includes(text) || ipaddr.isValid(text) || ipaddr.isValidCIDR(text);

/** Who says who somebody is must not be spoken to in the clear, but on this very machine. */
const issuer = url(['http', 'https']).refine(
  (value) =>
    !URL.canParse(value) ||
    new URL(value).protocol === 'https:' ||
    ['localhost', '127.0.0.1', '[::1]'].includes(new URL(value).hostname),
  { message: 'must begin with https://' },
);

/** Its origin goes into the content policy of pages with a map, where a space or a semicolon would say more than that. */
const tiles = url(['https']).refine(
  (value) =>
    URL.canParse(value) &&
    /^https:\/\/[\w.-]+(:\d+)?\/[^\s;,'"]*$/.test(value) &&
    ['{z}', '{x}', '{y}'].every((part) => value.includes(part)),
  { message: 'must be an address with {z}, {x} and {y} in it' },
);

const schema = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'must be a host name or an IP address')
    .default('127.0.0.1'),
  DATABASE_URL: url(['postgres', 'postgresql']).optional(),
  DATABASE_OWNER_URL: url(['postgres', 'postgresql']).optional(),
  DATABASE_REPLICA_URL: url(['postgres', 'postgresql']).optional(),
  DATABASE_POOL_SIZE: wholeNumber(4, 200).default(10),
  REDIS_URL: url(['redis', 'rediss']).optional(),
  DATA_DIR: z.string().default('./data'),
  SMTP_URL: url(['smtp', 'smtps']).optional(),
  MAIL_FROM: mailFrom.default('Betony <no-reply@betony.example.org>'),
  NOTIFY_URL: url(['http', 'https']).default('https://api.notifications.service.gov.uk'),
  NOTIFY_API_KEY: notifyKey.optional(),
  NOTIFY_TEXT_TEMPLATE: uuid.optional(),
  NOTIFY_LETTER_TEMPLATE: uuid.optional(),
  PUBLIC_URL: url(['http', 'https']).optional(),
  AUDIT_KEY: key.optional(),
  TOKEN_KEY: key.optional(),
  DATA_KEY: key.optional(),
  OIDC_ISSUER: issuer.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().max(60, 'must have 60 characters or fewer').default('your organisation'),
  TILE_URL: tiles.optional(),
  TILE_ATTRIBUTION: z.string().max(200, 'must have 200 characters or fewer').optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  DEMO_DATA: yesOrNo.default(false),
  DEMO_PASSWORD: z.string().min(12, 'must have at least 12 characters').optional(),
  MAINTENANCE: yesOrNo.default(false),
  TRUST_PROXY: z
    .string()
    .refine((value) => value.split(',').every((one) => isNetwork(one.trim())), {
      message: 'must be a list of IP addresses or networks, separated by commas',
    })
    .optional(),
});

const roleOf = (address: string): string | null => (URL.canParse(address) ? new URL(address).username : null);

/** Rules between variables. Apart from the schema, so that they are told together with its faults. */
function faultsBetween(given: Record<string, string | undefined>): Fault[] {
  const faults: Fault[] = [];
  const templates = ['NOTIFY_TEXT_TEMPLATE', 'NOTIFY_LETTER_TEMPLATE'] as const;
  const named = templates.filter((variable) => given[variable] !== undefined);
  if (given.NOTIFY_API_KEY === undefined && named[0] !== undefined) {
    faults.push({ variable: 'NOTIFY_API_KEY', message: `is missing, though ${named[0]} is set` });
  }
  if (given.NOTIFY_API_KEY !== undefined && named.length === 0) {
    faults.push({
      variable: 'NOTIFY_TEXT_TEMPLATE',
      message: 'is missing: NOTIFY_API_KEY alone sends nothing; set this, NOTIFY_LETTER_TEMPLATE or both',
    });
  }
  if ((given.TILE_URL === undefined) !== (given.TILE_ATTRIBUTION === undefined)) {
    const [missing, set] =
      given.TILE_URL === undefined
        ? (['TILE_URL', 'TILE_ATTRIBUTION'] as const)
        : (['TILE_ATTRIBUTION', 'TILE_URL'] as const);
    faults.push({ variable: missing, message: `is missing, though ${set} is set` });
  }
  const oidc = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;
  const said = oidc.filter((variable) => given[variable] !== undefined);
  if (said[0] !== undefined) {
    for (const variable of oidc) {
      if (given[variable] === undefined)
        faults.push({ variable, message: `is missing, though ${said[0]} is set` });
    }
  }
  if (given.DATABASE_URL === undefined) {
    for (const variable of ['DATABASE_OWNER_URL', 'DATABASE_REPLICA_URL'] as const) {
      if (given[variable] === undefined) continue;
      faults.push({
        variable: 'DATABASE_URL',
        message: `is missing, though ${variable} is set; set both or neither`,
      });
    }
    return faults;
  }
  if (
    given.DATABASE_REPLICA_URL !== undefined &&
    roleOf(given.DATABASE_REPLICA_URL) !== roleOf(given.DATABASE_URL)
  ) {
    faults.push({
      variable: 'DATABASE_REPLICA_URL',
      message: 'must name the same role as DATABASE_URL, whose rights were checked',
    });
  }
  for (const variable of KEYS) {
    if (given[variable] !== undefined) continue;
    faults.push({
      variable,
      message: 'is missing; a real database needs it, for example from: openssl rand -base64 48',
    });
  }
  KEYS.forEach((variable, index) => {
    const same = KEYS.slice(0, index).find((earlier) => given[earlier] === given[variable]);
    if (given[variable] !== undefined && same !== undefined) {
      faults.push({ variable, message: `must differ from ${same}` });
    }
  });
  return faults;
}

type Variables = z.output<typeof schema>;

/** What the environment said. Addresses and keys are still null where Betony makes its own. */
export interface Settings {
  variables: Variables;
  dataDir: string;
}

export interface Fault {
  variable: string;
  message: string;
}

/** Lists every faulty variable with what is wrong, and never a value: values are often secrets. */
export class FaultySettings extends Error {
  constructor(readonly faults: Fault[]) {
    super(
      [
        'Betony cannot start with these settings (.env.example explains each):',
        ...faults.map(({ variable, message }) => `  ${variable} ${message}`),
      ].join('\n'),
    );
    this.name = 'FaultySettings';
  }
}

export function checkSettings(
  environment: Record<string, string | undefined>,
  workingFolder: string,
): Settings {
  // In a .env file "NAME=" is how people write "not set".
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const checked = schema.safeParse(given);
  const faults = [
    ...(checked.error?.issues ?? []).map((issue) => ({
      variable: String(issue.path[0]),
      message: issue.message,
    })),
    ...faultsBetween(given),
  ];
  if (!checked.success || faults.length > 0) throw new FaultySettings(faults);
  return { variables: checked.data, dataDir: resolve(workingFolder, checked.data.DATA_DIR) };
}
