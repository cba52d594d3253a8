import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles the product once, so that tests can also run it as the program it is. */
function compile() {
  rmSync(join(root, 'dist-test'), { recursive: true, force: true });
  const swc = join(root, 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
  const { status, stderr } = spawnSync(
    process.execPath,
    [swc, 'src', '-d', 'dist-test', '--config-file', '.swcrc', '--strip-leading-paths', '--copy-files', '-q'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The product does not compile:\n${stderr}`);
}

const compiled = (path) => import(pathToFileURL(join(root, 'dist-test', path)).href);

/** One PostgreSQL for the run, with a migrated template that every test file copies. Speed before safety: it is thrown away. */
export default async function setUp() {
  compile();
  const { postgresBinaries } = await compiled('platform/database/postgres-binaries.js');
  const { serverAccount } = await compiled('platform/database/server-account.js');
  const { freePort, makeCluster, startServer, stopServer } = await compiled(
    'platform/database/postgres-server.js',
  );
  const { address, APP_ROLE, DATABASE, OWNER_ROLE, prepareDatabase } = await compiled(
    'platform/database/embedded-roles.js',
  );
  const { migrate } = await compiled('platform/database/migrate.js');

  const temporary = mkdtempSync(join(tmpdir(), 'betony-test-'));
  chmodSync(temporary, 0o711);
  const account = serverAccount(null);
  const place = {
    binaries: postgresBinaries(account),
    account,
    folder: join(temporary, 'postgres'),
    log: join(temporary, 'postgres.log'),
  };
  const passwords = Object.fromEntries(
    ['superuser', 'owner', 'app'].map((role) => [role, randomBytes(12).toString('hex')]),
  );
  await makeCluster(place, passwords.superuser, ['--no-sync']);
  const { port } = await startServer(place, await freePort(), {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '200',
  });
  globalThis.stopTestPostgres = async () => {
    await stopServer(place);
    rmSync(temporary, { recursive: true, force: true });
  };
  try {
    await prepareDatabase(port, passwords);
    await migrate({
      databaseUrl: address(APP_ROLE, passwords.app, port, DATABASE),
      databaseOwnerUrl: address(OWNER_ROLE, passwords.owner, port, DATABASE),
    });
  } catch (error) {
    await globalThis.stopTestPostgres();
    throw error;
  }
  process.env.BETONY_TEST_POSTGRES = JSON.stringify({ port, passwords, template: DATABASE });
}
