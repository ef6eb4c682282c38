import type { SwitchDefinition } from '../platform/switches.ts';

export const OA_SWITCHES: readonly SwitchDefinition[] = [
  { key: 'oa.redirectHosts', label: '网页授权域名', hint: '逗号分隔的 host；空为不检查', default: '' },
];
