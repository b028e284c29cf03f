// A small page for what the web app cannot say itself: not built, token needed.

/** `form`: asks for the token; the address then carries it once, and a cookie from then on. */
export function messagePage(title: string, text: string, form: 'token' | 'none' = 'none'): string {
  const field =
    form === 'token'
      ? `<form method="get" action="/"><label>Token <input name="token" type="password"
 autocomplete="current-password" required></label> <button>Open</button></form>`
      : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)} · stockpulse</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${field}</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
