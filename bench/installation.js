import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { prepared } from './statements.js';

export const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
};

export const KEYS = {
  AUDIT_KEY: 'a key for the length of one benchmark',
  TOKEN_KEY: 'another key for one benchmark only',
  DATA_KEY: 'a third key for one benchmark only',
};

export const folder = mkdtempSync(join(tmpdir(), 'betony-bench-'));
chmodSync(folder, 0o711);
const stops = [() => rmSync(folder, { recursive: true, force: true })];

/** What ends something that was started here; the last started ends first. */
export const atEnd = (stop) => stops.push(stop);

export async function endAll() {
  for (const stop of stops.reverse()) await stop();
}

/** As large as the bench's scheme needs. */
const LARGE = { max_connections: '240', shared_buffers: '2GB', max_wal_size: '8GB' };

/** A PostgreSQL of its own, empty, and migrated unless another build is to do that. */
export async function startDatabase(settings = LARGE, { migrated = true } = {}) {
  const load = (path) => import(`../dist/platform/database/${path}.js`);
  const [{ postgresBinaries }, { serverAccount }, server, roles, { migrate }] = await Promise.all(
    ['postgres-binaries', 'server-account', 'postgres-server', 'embedded-roles', 'migrate'].map(load),
  );
  const account = serverAccount(null);
  const place = {
    binaries: postgresBinaries(account),
    account,
    folder: join(folder, 'postgres'),
    log: join(folder, 'postgres.log'),
  };
  const passwords = Object.fromEntries(
    ['superuser', 'owner', 'app'].map((role) => [role, randomBytes(12).toString('hex')]),
  );
  await server.makeCluster(place, passwords.superuser);
  const { port, pid } = await server.startServer(place, await server.freePort(), settings);
  atEnd(() => server.stopServer(place));
  await roles.prepareDatabase(port, passwords);
  const url = roles.address(roles.APP_ROLE, passwords.app, port, roles.DATABASE);
  const ownerUrl = roles.address(roles.OWNER_ROLE, passwords.owner, port, roles.DATABASE);
  if (migrated) await migrate({ databaseUrl: url, databaseOwnerUrl: ownerUrl });
  return {
    pid,
    url,
    ownerUrl,
    superuserUrl: roles.address(server.SUPERUSER, passwords.superuser, port, roles.DATABASE),
  };
}

/** The product inside this process, to fill the database and to hear which statements a request sends. */
export async function startInProcess(database) {
  const { Test } = await import('@nestjs/testing');
  const { AppModule } = await import('../dist/app.module.js');
  const { Config } = await import('../dist/platform/config/config.js');
  const { httpAdapter, prepareHttpApp } = await import('../dist/platform/http/http-app.js');
  const { createLog, NestLog } = await import('../dist/platform/logging/log.js');
  const config = new Config({
    port: 0,
    host: '127.0.0.1',
    databaseUrl: database.url,
    databaseOwnerUrl: null,
    embedded: false,
    databasePoolSize: 4,
    redisUrl: null,
    dataDir: join(folder, 'data'),
    smtpUrl: null,
    notify: null,
    mailFrom: 'Betony <no-reply@betony.example.org>',
    publicUrl: 'http://127.0.0.1',
    auditKey: KEYS.AUDIT_KEY,
    tokenKey: KEYS.TOKEN_KEY,
    dataKey: KEYS.DATA_KEY,
    oidc: null,
    logLevel: 'silent',
    demoData: false,
    demoPassword: null,
    trustProxy: ['127.0.0.1'],
  });
  const log = createLog(config);
  const module = await Test.createTestingModule({ imports: [AppModule.for(config)] })
    .setLogger(new NestLog(log))
    .compile();
  const app = module.createNestApplication(httpAdapter(config, log));
  await prepareHttpApp(app, config);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

/** The API as `npm run start:api` starts it, and after how many seconds it was ready; `profile` is a folder for a profile of its processor's time, `redis` the queue's address. */
export async function startApi(database, { profile, redis } = {}) {
  const port = await freePort();
  const profiling = profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : [];
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const asStarted = scripts['start:api'].split(' ').slice(1);
  const child = spawn(process.execPath, [...profiling, ...asStarted], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...KEYS,
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: database.url,
      DATA_DIR: join(folder, 'api'),
      LOG_LEVEL: 'error',
      TRUST_PROXY: '127.0.0.1',
      ...(redis && { REDIS_URL: redis }),
    },
  });
  atEnd(async () => {
    child.kill('SIGTERM');
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
  });
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  for (;;) {
    const ready = await fetch(`${url}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    const seconds = (performance.now() - began) / 1000;
    if (ready) return { url, pid: child.pid, ready: seconds };
    if (seconds > 90 || child.exitCode !== null) throw new Error('The API did not start');
    await wait(20);
  }
}

/** A Redis of its own that keeps what it is told; null where there is no redis-server. */
export async function startRedis() {
  const port = await freePort();
  const child = spawn(
    'redis-server',
    [
      '--port',
      port,
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--appendonly',
      'yes',
      '--maxmemory-policy',
      'noeviction',
    ],
    { stdio: 'ignore' },
  );
  const failed = await Promise.race([once(child, 'error').then(() => true), wait(1000).then(() => false)]);
  if (failed) return null;
  atEnd(() => child.kill());
  return `redis://127.0.0.1:${port}`;
}

/** PgBouncer in transaction mode in front of a database; gives the address to go through. */
export async function startPgBouncer(program, url) {
  const { hostname, port: server, username, password, pathname } = new URL(url);
  const port = await freePort();
  const [file, users] = ['pgbouncer.ini', 'users.txt'].map((name) => join(folder, name));
  writeFileSync(users, `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`);
  writeFileSync(
    file,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
max_prepared_statements = 1000
default_pool_size = 20
max_client_conn = 200
log_connections = 0
log_disconnections = 0
log_pooler_errors = 1
`,
  );
  // It refuses to run as root, and must be let into what only we may read.
  const asRoot = process.getuid?.() === 0;
  if (asRoot) for (const path of [file, users]) chmodSync(path, 0o644);
  const child = spawn(program, [...(asRoot ? ['-u', 'nobody'] : []), '-q', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  atEnd(() => child.kill());
  await wait(1000);
  if (child.exitCode !== null) throw new Error('PgBouncer did not start');
  const through = new URL(url);
  through.port = String(port);
  return through.href;
}

/** The program without a framework that does the same work, of so many connections. */
export async function startBareNode(database, works, connections) {
  const child = fork(new URL('./bare-node.js', import.meta.url), { stdio: 'inherit' });
  const sent = Object.fromEntries(works.map((work) => [work.name, prepared(work.connections)]));
  child.send({ url: database.url, connections, works: sent });
  const [{ port }] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
