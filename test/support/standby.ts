import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  address,
  APP_ROLE,
  DATABASE,
  OWNER_ROLE,
  type Passwords,
  prepareDatabase,
} from '../../src/platform/database/embedded-roles.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { postgresBinaries } from '../../src/platform/database/postgres-binaries.js';
import {
  freePort,
  LOOPBACK,
  makeCluster,
  type ServerPlace,
  startServer,
  stopServer,
  SUPERUSER,
} from '../../src/platform/database/postgres-server.js';
import { serverAccount } from '../../src/platform/database/server-account.js';
import type { TestDatabase } from './test-database.js';

/** Two servers of their own: a migrated one, and one that follows it by streaming replication. */
export interface Replicated {
  primary: TestDatabase;
  standby: TestDatabase;
  stopStandby(): Promise<void>;
  startStandby(): Promise<void>;
  end(): Promise<void>;
}

export async function aReplicatedDatabase(): Promise<Replicated> {
  const around = mkdtempSync(join(tmpdir(), 'betony-standby-'));
  chmodSync(around, 0o711);
  const account = serverAccount(null);
  const binaries = postgresBinaries(account);
  const placeOf = (name: string): ServerPlace => ({
    binaries,
    account,
    folder: join(around, name),
    log: join(around, `${name}.log`),
  });
  const [first, second] = [placeOf('primary'), placeOf('standby')];
  const secret = (): string => randomBytes(12).toString('hex');
  const passwords: Passwords = { superuser: secret(), owner: secret(), app: secret() };
  const at = (port: number): TestDatabase => ({
    name: DATABASE,
    url: address(APP_ROLE, passwords.app, port, DATABASE),
    ownerUrl: address(OWNER_ROLE, passwords.owner, port, DATABASE),
    superuserUrl: address(SUPERUSER, passwords.superuser, port, DATABASE),
    drop: () => Promise.resolve(),
  });

  await makeCluster(first, passwords.superuser, ['--no-sync']);
  const { port } = await startServer(first, await freePort());
  const primary = at(port);
  await prepareDatabase(port, passwords);
  await migrate({ databaseUrl: primary.url, databaseOwnerUrl: primary.ownerUrl });

  // What a server left when it stopped in order is a base for another.
  await stopServer(first);
  cpSync(first.folder, second.folder, { recursive: true });
  writeFileSync(join(second.folder, 'standby.signal'), '');
  for (const inside of ['', ...readdirSync(second.folder, { recursive: true, encoding: 'utf8' })])
    if (account) chownSync(join(second.folder, inside), account.uid, account.gid);
  chmodSync(second.folder, 0o700);
  await startServer(first, port);
  const standbyPort = await freePort();
  const startStandby = async (): Promise<void> => {
    await startServer(second, standbyPort, {
      primary_conninfo: `host=${LOOPBACK} port=${String(port)} user=${SUPERUSER} password=${passwords.superuser}`,
    });
  };
  const stopStandby = () => stopServer(second);
  await startStandby();
  return {
    primary,
    standby: at(standbyPort),
    startStandby,
    stopStandby,
    end: async () => {
      await stopStandby();
      await stopServer(first);
      rmSync(around, { recursive: true, force: true });
    },
  };
}
