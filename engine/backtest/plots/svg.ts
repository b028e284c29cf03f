// SVG as text: elements, safe attributes, and the frame of a picture on white.

export type Attributes = Readonly<Record<string, string | number>>;

/** An element; numbers to a tenth of a pixel, text escaped. `inner` is SVG already. */
export function element(name: string, attributes: Attributes, inner = ''): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === 'number' ? px(value) : value)}"`)
    .join('');
  return inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
}

export function text(content: string, attributes: Attributes): string {
  return element('text', attributes, escaped(content));
}

/** Points joined by a line; where one is missing (NaN) it breaks. */
export function line(points: readonly (readonly [number, number])[], style: Attributes): string {
  let d = '';
  let isBroken = true;
  for (const [x, y] of points) {
    if (Number.isNaN(y)) {
      isBroken = true;
      continue;
    }
    d += `${isBroken ? 'M' : 'L'}${px(x)} ${px(y)}`;
    isBroken = false;
  }
  return d === '' ? '' : element('path', { d, fill: 'none', ...style });
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Of the picture, for those who cannot see it. */
  readonly title: string;
}

export function picture({ width, height, title }: Frame, parts: readonly string[]): string {
  const root = {
    ...{ xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height },
    ...{ role: 'img', 'font-family': 'system-ui, sans-serif', 'font-size': 12, fill: '#333' },
  };
  const inner = [
    element('title', {}, escaped(title)),
    element('rect', { width, height, fill: '#fff' }),
    ...parts.filter((part) => part !== ''),
  ];
  return `${element('svg', root, `\n${inner.join('\n')}\n`)}\n`;
}

function px(value: number): string {
  return String(Math.round(10 * value) / 10);
}

function escaped(content: string): string {
  return content
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
