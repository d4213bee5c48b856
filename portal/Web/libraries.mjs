// Copies what pages load from node_modules into wwwroot/lib and draws one sprite of the icons that the sources name.
// Run by Libraries.targets in the project's folder: node libraries.mjs TARGET
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const target = process.argv[2];
const files = {
  'tabler.min.css': '@tabler/core/dist/css/tabler.min.css',
  'htmx.min.js': 'htmx.org/dist/htmx.min.js',
  'echarts.min.js': 'echarts/dist/echarts.min.js',
  'signalr.min.js': '@microsoft/signalr/dist/browser/signalr.min.js',
};
const icons = 'node_modules/@tabler/icons/icons/outline';

mkdirSync(target, { recursive: true });
for (const [name, source] of Object.entries(files)) {
  // Source maps are not shipped; a comment that names one would only make browsers ask for it.
  write(name, readFileSync(join('node_modules', source), 'utf8').replace(/^\/\/# sourceMappingURL=.*$|\/\*# sourceMappingURL=[^*]*\*\//gm, ''));
}
write('icons.svg', sprite());
write('licenses.txt', licenses());
for (const stale of readdirSync(target)) {
  if (!(stale in files) && stale !== 'icons.svg' && stale !== 'licenses.txt') rmSync(join(target, stale), { recursive: true });
}

function sprite() {
  const symbols = [...named()].sort().map(name => {
    const body = readFileSync(join(icons, `${name}.svg`), 'utf8').replace(/<!--[\s\S]*?-->/g, '').match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, ' ').trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">\n${symbols.join('\n')}\n</svg>\n`;
}

// An icon is named by <icon name="bell" />, which must exist, or by a literal that a page or a class hands on to one.
function named() {
  const found = new Set();
  const exists = name => existsSync(join(icons, `${name}.svg`));
  for (const path of sources('.')) {
    const text = readFileSync(path, 'utf8');
    for (const [, name] of text.matchAll(/<icon\s[^>]*?name="([a-z0-9-]+)"/g)) {
      if (exists(name)) found.add(name);
      else {
        console.error(`${path}: error ICON: there is no icon "${name}"; see node_modules/@tabler/icons/icons/outline`);
        process.exitCode = 1;
      }
    }
    for (const [, name] of text.matchAll(path.endsWith('.cs') ? /"([a-z][a-z0-9-]*)"/g : /\b[a-z-]*icon="([a-z][a-z0-9-]*)"/g)) if (exists(name)) found.add(name);
  }
  return found;
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (!['bin', 'obj', 'node_modules', 'wwwroot'].includes(entry.name) && !entry.name.startsWith('.')) yield* sources(join(folder, entry.name));
    } else if (/\.(cshtml|cs)$/.test(entry.name)) yield join(folder, entry.name);
  }
}

function licenses() {
  return ['@tabler/core', '@tabler/icons', 'htmx.org', 'echarts', 'zrender', '@microsoft/signalr'].map(name => {
    const folder = join('node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = readdirSync(folder).find(file => /^(license|notice)/i.test(file));
    return `${name} ${version} (${license})\n\n${text ? readFileSync(join(folder, text), 'utf8').trim() : ''}\n`;
  }).join('\n----------------------------------------\n\n');
}

function write(name, content) {
  const path = join(target, name);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content);
}
