/** `npm run types`: every workspace with a tsconfig, Vue ones by vue-tsc; all are checked before the verdict. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

process.chdir(new URL('..', import.meta.url).pathname);
const projects = ['apps', 'packages'].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
const checkable = [...projects, 'scripts', 'journeys'].filter((project) => existsSync(join(project, 'tsconfig.json')));

async function check(project: string): Promise<boolean> {
  const manifest = join(project, 'package.json');
  const { scripts } = (existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {}) as {
    scripts?: Record<string, string>;
  };
  const command = scripts?.types
    ? (['npm', ['run', '--silent', 'types', '-w', project]] as const)
    : (['npx', ['tsc', '-p', project, '--incremental', '--tsBuildInfoFile', remembered(project)]] as const);
  const child = spawn(command[0], command[1], {
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  const code = await new Promise((done) => child.on('exit', done));
  process.stdout.write(code === 0 ? `types ok   ${project}\n` : `types FAIL ${project}\n${output}`);
  return code === 0;
}

/** Where the compiler keeps what it knew, so that the next check looks only at what changed. */
function remembered(project: string): string {
  return join('node_modules/.cache/types', `${project.replace('/', '-')}.tsbuildinfo`);
}

const verdicts: boolean[] = [];
const lane = async () => {
  for (let project = checkable.shift(); project; project = checkable.shift()) verdicts.push(await check(project));
};
await Promise.all([lane(), lane()]);
process.exit(verdicts.every(Boolean) ? 0 : 1);
