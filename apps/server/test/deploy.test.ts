/** deploy/ against the processes as they are: what the chart sets is read, what it starts exists, what it asks is answered. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Manifest, renderChart } from '../../../scripts/chart.ts';
import { readConfig } from '../src/platform/config.ts';

const root = resolve(import.meta.dirname, '../../..');
const chart = join(root, 'deploy/helm/xiaopu');
const manifests = renderChart(chart, 'xiaopu');

interface Container {
  name: string;
  image: string;
  command?: string[];
  env?: { name: string; value?: string }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  ports?: { name: string; containerPort: number }[];
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  startupProbe?: Probe;
  volumeMounts?: { name: string }[];
}
interface Probe {
  httpGet?: { path: string; port: string };
  tcpSocket?: { port: string };
}
interface Workload {
  spec: {
    replicas: number;
    selector: { matchLabels: object };
    template: { metadata: { labels: object }; spec: { containers: Container[]; volumes?: { name: string }[] } };
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
}

type Model = new (data: object) => { validate(): void };

const named = (kind: string, name: string): Manifest => {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const workload = (kind: string, name: string) => named(kind, name) as unknown as Workload;
const containerOf = (kind: string, name: string) => workload(kind, name).spec.template.spec.containers[0] as Container;
const settings = (named('ConfigMap', 'xiaopu-settings') as unknown as { data: Record<string, string> }).data;

describe('the Helm chart', () => {
  it('sets only what the processes read, and what it sets is good', () => {
    const source = readFileSync(join(root, 'apps/server/src/platform/config.ts'), 'utf8');
    expect(
      Object.keys(settings).filter((name) => !source.includes(`'${name}'`) && !source.includes(`env.${name}`)),
    ).toEqual([]);
    const secrets = { S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b', SM4_KEYS: `k1:${'0'.repeat(32)}` };
    const config = readConfig({ ...settings, ...secrets, DATABASE_URL: 'postgres://x/y' });
    expect(config).toMatchObject({
      ...{ host: '0.0.0.0', port: 3000, publicBaseUrl: 'https://shop.example.com', seedDemo: false },
      ...{ trustedProxies: ['10.0.0.0/8'], s3: { bucket: 'xiaopu' }, otlpEndpoint: undefined },
    });
    // The Secret's names are in the comment that tells people to make it.
    const comment = readFileSync(join(chart, 'values.yaml'), 'utf8');
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'AMQP_URL', 'SM4_KEYS', 'METRICS_TOKEN']) {
      expect(comment).toContain(name);
      expect(source).toContain(`'${name}'`);
    }
  });

  it.each([
    ['xiaopu-http', 'http'],
    ['xiaopu-worker', 'worker'],
  ])('starts %s by a file that is there, with settings and secret', (name, role) => {
    const { command = [], envFrom = [] } = containerOf('Deployment', name);
    expect(command[1]).toBe(`apps/server/src/main/${role}.ts`);
    expect(existsSync(join(root, command[1] as string))).toBe(true);
    expect(envFrom.map((from) => from.configMapRef?.name ?? from.secretRef?.name)).toEqual([
      'xiaopu-settings',
      'xiaopu-settings',
    ]);
  });

  it('asks for health at addresses that answer, on ports that are open', () => {
    const health = readFileSync(join(root, 'apps/server/src/platform/http/health.ts'), 'utf8');
    const { startupProbe, readinessProbe, livenessProbe, ports = [] } = containerOf('Deployment', 'xiaopu-http');
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
      expect(health).toContain(`'${probe?.httpGet?.path}'`);
      expect(ports.map(({ name }) => name)).toContain(probe?.httpGet?.port);
    }
    expect(readinessProbe?.httpGet?.path).toBe('/readyz');
    expect(ports[0]?.containerPort).toBe(Number(settings.PORT));
  });

  it('is made of what Kubernetes takes: no field it does not know, none missing, none of another kind', async () => {
    const modelOf = async (apiVersion: string, kind: string) =>
      ((await import(`kubernetes-models/${apiVersion}`)) as Record<string, Model | undefined>)[kind];
    for (const { apiVersion, kind, ...rest } of manifests) {
      const Known = await modelOf(String(apiVersion), kind);
      expect(Known, `${apiVersion} ${kind}`).toBeDefined();
      if (Known) new Known(rest).validate();
    }
    const Deployment = (await modelOf('apps/v1', 'Deployment')) as Model;
    expect(() => new Deployment({ spec: { replicas: 'two' } }).validate()).toThrow(/replicas/);
  });

  it('keeps PostgreSQL’s volume where every release of its image takes one, and starts no server as root by a command', () => {
    const { volumeMounts = [] } = containerOf('StatefulSet', 'xiaopu-postgres') as {
      volumeMounts?: { mountPath: string }[];
    };
    expect(volumeMounts.map(({ mountPath }) => mountPath)).toContain('/var/lib/postgresql');
    for (const manifest of manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')) {
      const { containers, securityContext } = (manifest as unknown as Workload).spec.template.spec as {
        containers: Container[];
        securityContext?: { runAsNonRoot?: boolean };
      };
      if (containers.some(({ command }) => command))
        expect(securityContext?.runAsNonRoot, manifest.metadata.name).toBe(true);
    }
  });

  it('selects what it labels, and mounts what it has', () => {
    for (const manifest of manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')) {
      const { spec } = manifest as unknown as Workload;
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
      const volumes = [
        ...(spec.template.spec.volumes ?? []).map(({ name }) => name),
        ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name),
      ];
      for (const { volumeMounts = [] } of spec.template.spec.containers)
        for (const mount of volumeMounts) expect(volumes, manifest.metadata.name).toContain(mount.name);
    }
    for (const manifest of manifests.filter(({ kind }) => kind === 'Service')) {
      const { selector } = (manifest as unknown as { spec: { selector: { app: string } } }).spec;
      expect(
        manifests.some(({ metadata }) => metadata.name === selector.app),
        selector.app,
      ).toBe(true);
    }
  });

  it('C10-SEC-01 C12-ENC-02 gives the gateway the very file the stack tests run behind, and every name in it', () => {
    const template = readFileSync(join(root, 'deploy/nginx/xiaopu.conf.template'), 'utf8');
    const { data } = named('ConfigMap', 'xiaopu-gateway') as unknown as { data: Record<string, string> };
    expect(data['xiaopu.conf.template']?.trim()).toBe(template.trim());
    expect(template).toContain('ssl_protocols TLSv1.2 TLSv1.3;');
    const { env = [], ports = [] } = containerOf('Deployment', 'xiaopu-gateway');
    const wanted = new Set(
      [...template.replaceAll(/^\s*#.*$/gm, '').matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name),
    );
    expect(new Set(env.map(({ name }) => name))).toEqual(wanted);
    const given = (name: string) => env.find((each) => each.name === name)?.value;
    expect(given('HTTP_SERVERS')).toBe('server xiaopu-http:3000 max_fails=0;');
    expect(ports.map(({ containerPort }) => String(containerPort))).toEqual([
      given('PLAIN_LISTEN'),
      given('TLS_LISTEN'),
    ]);
  });

  it('has a Redis Cluster of three masters, quorum queues on three nodes, and can leave servers to others', () => {
    const redis = workload('StatefulSet', 'xiaopu-redis').spec;
    expect(redis.replicas / 2).toBe(3);
    expect(JSON.stringify(redis)).toContain('--cluster-enabled');
    const rabbit = named('ConfigMap', 'xiaopu-rabbitmq') as unknown as { data: Record<string, string> };
    expect(rabbit.data['rabbitmq.conf']).toContain('default_queue_type = quorum');
    expect(workload('StatefulSet', 'xiaopu-rabbitmq').spec.replicas % 2).toBe(1);
    const bare = renderChart(chart, 'shop', {
      'redis.enabled': false,
      'rabbitmq.enabled': false,
      'postgres.enabled': false,
    });
    expect(bare.filter(({ kind }) => kind === 'StatefulSet')).toEqual([]);
    expect(bare.map(({ metadata }) => metadata.name)).toContain('shop-http');
  });
});

describe('the runbook', () => {
  it('names only scripts and settings there are', () => {
    const text = readFileSync(join(root, 'deploy/README.md'), 'utf8');
    const scripts = [...text.matchAll(/deploy\/scripts\/[\w-]+\.sh/g)].map(([name]) => name);
    expect(scripts.length).toBeGreaterThanOrEqual(2);
    for (const script of scripts) expect(existsSync(join(root, script)), script).toBe(true);
    const config = readFileSync(join(root, 'apps/server/src/platform/config.ts'), 'utf8');
    for (const [, name] of text.matchAll(/`([A-Z][A-Z0-9]+_[A-Z0-9_]+)`/g))
      expect(config.includes(`'${name}'`) || ['DATA_DIR'].includes(name as string), name).toBe(true);
  });
});
