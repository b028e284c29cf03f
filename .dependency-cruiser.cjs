// Which way imports point: engine puts the others together, the others never meet.
const areas = ['operators', 'connectors', 'dashboards', 'config'];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...areas.map((area) => ({
      name: `${area}-stands-alone`,
      severity: 'error',
      from: { path: `^${area}/` },
      to: {
        path: `^(engine|${areas.filter((a) => a !== area).join('|')})/`,
        // Connectors may know the settings' types; nothing else crosses.
        ...(area === 'connectors' ? { pathNot: '^config/settings\\.ts$' } : {}),
      },
    })),
    {
      name: 'operators-are-pure',
      severity: 'error',
      from: { path: '^operators/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'rxjs-only-in-stream',
      severity: 'error',
      from: { path: '^operators/(?!stream/)' },
      to: { path: 'node_modules/rxjs' },
    },
    { name: 'not-to-test', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
