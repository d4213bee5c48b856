// Copies the style sheet that pages load into wwwroot/lib, and writes the list of common passwords for the build to embed.
// Run by Libraries.targets in the project's folder: node libraries.mjs FOLDER PASSWORDS
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [folder, passwords] = process.argv.slice(2);
const list = JSON.parse(readFileSync('node_modules/@zxcvbn-ts/language-common/src/passwords.json', 'utf8'));

// Source maps are not shipped; a comment that names one would only make browsers ask for it.
write(join(folder, 'tabler.min.css'), readFileSync('node_modules/@tabler/core/dist/css/tabler.min.css', 'utf8').replace(/\/\*# sourceMappingURL=[^*]*\*\//g, ''));
write(join(folder, 'licenses.txt'), ['@tabler/core', '@zxcvbn-ts/language-common'].map(license).join('\n----------------------------------------\n\n'));
// Shorter ones would match by chance what remains of a long password.
write(passwords, list.filter(password => password.length >= 4).map(password => password.toLowerCase()).join('\n') + '\n');

function license(name) {
  const { version, license } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8'));
  const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].map(file => join('node_modules', name, file)).find(existsSync);
  return `${name} ${version} (${license})\n\n${file ? readFileSync(file, 'utf8').trim() : ''}\n`;
}

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content);
}
