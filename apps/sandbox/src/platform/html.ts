import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Marks text that is markup already. Everything else is escaped on its way into a page. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | false | null | undefined | Part[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);

const render = (part: Part): string => {
  if (part === false || part === null || part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(render).join('');
  return escapeText(String(part));
};

export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.reduce((text, string, index) => text + render(parts[index - 1]) + string));
}

/** Data for a page's script; `<` is escaped so that no text can end the script element. */
export const jsonScript = (id: string, data: unknown): Markup =>
  new Markup(`<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`);

export const yuan = (fen: number): string =>
  (fen / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export interface Page {
  title: string;
  assets: string; // base path of style.css and script.js
  style: string;
  script?: string;
  body: Markup;
  bodyClass?: string;
}

export function sendPage(
  reply: FastifyReply,
  { title, assets, style, script, body, bodyClass = '' }: Page,
  status = 200,
): FastifyReply {
  const page = html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${title}</title>
<link rel="stylesheet" href="${assets}/${style}">
</head>
<body class="${bodyClass}">
${body}
${script ? html`<script type="module" src="${assets}/${script}"></script>` : ''}
</body>
</html>
`;
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(page.text);
}

const TYPES: Record<string, string> = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

/** Serves a folder's few files, read once at start. */
export function serveAssets(app: FastifyInstance, folder: string, names: readonly string[]): void {
  for (const name of names) {
    const content = readFileSync(join(folder, name));
    app.get(`/assets/${name}`, async (_request, reply) =>
      reply
        .header('content-type', `${TYPES[extname(name)]}; charset=utf-8`)
        .header('cache-control', 'no-cache')
        .send(content),
    );
  }
}
