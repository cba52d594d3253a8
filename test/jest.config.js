import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const {
  exclude: _specs,
  sourceMaps: _maps,
  $schema: _schema,
  ...swc
} = JSON.parse(readFileSync(`${root}.swcrc`, 'utf8'));

const REQUIRED_ESM = ['content-disposition', 'cookie'];

const project = (name, testMatch, more = {}) => ({
  displayName: name,
  rootDir: root,
  testEnvironment: 'node',
  testMatch: testMatch.map((glob) => `<rootDir>/${glob}`),
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/dist-test', '<rootDir>/data'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false, sourceMaps: 'inline' }],
    // Packages that CommonJS ones take by require() though they are ESM: Node can since 20.19, Jest cannot yet.
    [`/(${REQUIRED_ESM.join('|')})/.+\\.js$`]: ['@swc/jest', { swcrc: false, jsc: { target: 'es2022' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!.*(${REQUIRED_ESM.join('|')})/)`],
  resolver: '<rootDir>/test/support/resolver.cjs',
  ...more,
});

const withDatabase = {
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
};

/** @type {import('jest').Config} */
export default {
  rootDir: root,
  maxWorkers: 2,
  // Modules of one test file outlive it in Jest: a worker that has grown starts anew before it does nothing but collect garbage.
  workerIdleMemoryLimit: '1200MB',
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/test/support/closing-line.cjs'],
  projects: [
    project('unit', ['src/**/*.spec.ts', 'test/unit/**/*.spec.ts', 'test/chaos/**/*.spec.ts']),
    project('integration', ['test/integration/**/*.spec.ts'], withDatabase),
    project('e2e', ['test/e2e/**/*.spec.ts'], withDatabase),
    project('journeys', ['test/journeys/**/*.spec.ts'], withDatabase),
    project('architecture', ['test/architecture/**/*.spec.ts']),
  ],
};
