/** Modules stand on floors; imports go down only. Siblings on one floor never import each other. */
const FLOORS = [
  ['platform'],
  ['audit'],
  ['permissions'],
  ['identity'],
  ['clients', 'providers', 'link-workers'],
  ['referrals'],
  ['onward-referrals'],
  ['caseload', 'outcomes', 'assets', 'stories', 'feedback'],
  ['reminders', 'reporting'],
  ['fhir', 'open-referral', 'records', 'client-page', 'webhooks'],
  ['imports'],
  ['web'],
  ['demo'],
];

const climbs = FLOORS.flatMap((modules, floor) =>
  modules.map((module) => {
    const outOfBounds = FLOORS.slice(floor)
      .flat()
      .filter((other) => other !== module);
    return {
      name: `floor-${module}`,
      comment: `${module} may import its own files and lower floors only`,
      severity: 'error',
      from: { path: `^src/${module}/` },
      to: { path: `^src/(${outOfBounds.join('|') || 'nothing-stands-higher'})/` },
    };
  }),
);

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    ...climbs,
    {
      name: 'pure-stays-pure',
      comment: 'Rules and tables know nothing of frameworks or databases',
      severity: 'error',
      from: { path: '(\\.(rules|lifecycle|types|gates|catalogue|table)|platform/pure/[^/]+)\\.ts$' },
      to: {
        path: '(@nestjs|typeorm|node_modules/pg/|bullmq|src/platform/(database|http|jobs|mail|outbox)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'edges-never-touch-the-database',
      severity: 'error',
      from: { path: '(\\.controller\\.ts$|^src/(web|fhir|open-referral)/)' },
      to: { path: '(src/platform/database/|node_modules/(typeorm|pg|sql-template-tag)/)' },
    },
    {
      name: 'queue-only-in-jobs',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/jobs/' },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'src-never-imports-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
    },
  },
};
