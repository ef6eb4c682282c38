/** `npm run new:module -- <capability|process|observer> <name>`: a module that starts, is described, and has a first test. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const kinds = ['capability', 'process', 'observer'];
const [kind = '', name = ''] = process.argv.slice(2);
if (!kinds.includes(kind) || !/^[a-z][a-z-]{2,30}$/.test(name)) {
  process.stderr.write('Usage: npm run new:module -- <capability|process|observer> <kebab-name>\n');
  process.exit(2);
}

const root = new URL('..', import.meta.url).pathname;
const folder = join(root, 'apps/server/src/modules', name);
if (existsSync(folder)) {
  process.stderr.write(`Module ${name} exists already.\n`);
  process.exit(1);
}

const schema = name.replaceAll('-', '_');
const pascal = name.replaceAll(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
const camel = (pascal[0] ?? '').toLowerCase() + pascal.slice(1);
const now = new Date().toISOString();
const stamp = `${now.slice(0, 10).replaceAll('-', '')}_${now.slice(11, 16).replace(':', '')}`;

const files: Record<string, string> = {
  [`${folder}/README.md`]: `# ${name}\n\nA ${kind}. Owns: (one line; if it needs "and", make two modules).\n\n- Promises: \n- Refuses: \n- Events out: none. Events in: none.\n`,
  [`${folder}/index.ts`]: `export { create${pascal}, type ${pascal} } from './${name}.service.ts';\nexport { ${camel}Routes } from './${name}.routes.ts';\n`,
  [`${folder}/${name}.service.ts`]: `import type { Clock } from '#platform/clock.ts';\n\nexport type ${pascal} = ReturnType<typeof create${pascal}>;\n\nexport function create${pascal}({ clock }: { clock: Clock }) {\n  return {\n    /** When this module last looked at its clock: replace with the first use case. */\n    now: () => clock.now(),\n  };\n}\n`,
  [`${folder}/${name}.routes.ts`]: `import type { RouteApp } from '#platform/http/app.ts';\nimport type { ${pascal} } from './${name}.service.ts';\n\nexport function ${camel}Routes(_app: RouteApp, _deps: { ${camel}: ${pascal} }): void {}\n`,
  [`${folder}/${name}.service.test.ts`]: `import { expect, it } from 'vitest';\nimport { createFixedClock } from '#platform/clock.ts';\nimport { create${pascal} } from './${name}.service.ts';\n\nit('asks the clock it was given', () => {\n  const clock = createFixedClock('2026-01-01T00:00:00Z');\n  expect(create${pascal}({ clock }).now()).toEqual(new Date('2026-01-01T00:00:00Z'));\n});\n`,
  [join(root, `apps/server/migrations/${stamp}_${schema}_create_schema.ts`)]:
    `import { type Kysely, sql } from 'kysely';\n\nexport async function up(db: Kysely<never>): Promise<void> {\n  await sql\`set local lock_timeout = '5s'\`.execute(db);\n  await sql\`create schema ${schema}\`.execute(db);\n}\n`,
};

await mkdir(folder, { recursive: true });
for (const [path, text] of Object.entries(files)) await writeFile(path, text);

const kindsFile = join(root, 'apps/server/test/module-kinds.ts');
const known = await readFile(kindsFile, 'utf8');
const key = name.includes('-') ? `'${name}'` : name;
await writeFile(kindsFile, known.replace(/\n};\n$/, `\n  ${key}: '${kind}',\n};\n`));

process.stdout.write(
  `Made ${folder}. Next: its README's "Owns" line, then wire it in apps/server/src/main/compose.ts.\n`,
);
