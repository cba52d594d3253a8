import tests from '../jest.config.js';

const { testMatch: _specs, ...integration } = tests.projects.find(
  ({ displayName }) => displayName === 'integration',
);

/** Long trials, run by hand: `npm run campaign`. */
export default {
  rootDir: integration.rootDir,
  maxWorkers: 1,
  projects: [
    { ...integration, displayName: 'campaign', testMatch: ['<rootDir>/test/campaigns/**/*.campaign.ts'] },
  ],
};
