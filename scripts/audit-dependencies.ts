/**
 * Fails on a known hole in a production dependency unless docs/accepted-advisories.json explains it. When the registry
 * has no audit service, says so and passes: an outage must not stop every change.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface Advisory {
  name: string;
  severity: string;
  via: (string | { title: string; url: string })[];
}

process.chdir(new URL('..', import.meta.url).pathname);
const accepted = JSON.parse(readFileSync('docs/accepted-advisories.json', 'utf8')) as Record<string, string>;
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const report = JSON.parse(stdout || '{}') as { vulnerabilities?: Record<string, Advisory>; error?: unknown };

if (!report.vulnerabilities) {
  process.stdout.write('The registry offers no audit here: dependencies were not checked.\n');
  process.exit(0);
}
const open = Object.values(report.vulnerabilities).filter(({ name }) => !(name in accepted));
for (const { name, severity, via } of open) {
  const reasons = via.map((reason) => (typeof reason === 'string' ? `by ${reason}` : `${reason.title} ${reason.url}`));
  process.stdout.write(`${severity}: ${name}: ${reasons.join('; ')}\n`);
}
process.stdout.write(`${open.length} open, ${Object.keys(accepted).length} accepted with a reason.\n`);
process.exit(open.length === 0 ? 0 : 1);
