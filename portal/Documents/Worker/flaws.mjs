// Turns what the compiler says about a template into {message, file, line, column}, lines counted from 1.

export function flawsOfCompilation(compiler, compilation, workspace) {
  const found = compilation.takeDiagnostics();
  const diagnostics = found ? compiler.fetchDiagnostics(found) : [];
  return diagnostics
    .filter(diagnostic => diagnostic.severity === 1)
    .map(({ message, path, range }) => ({
      message: withoutFolder(message, workspace),
      file: withoutFolder(path, workspace),
      line: range ? range.start.line + 1 : null,
      column: range ? range.start.character + 1 : null,
    }));
}

// What a PDF standard forbids is found while the file is written; the compiler then answers in its debug notation, without a place.
export function flawsOfExport(error) {
  const text = String(error.message ?? error);
  const messages = [...text.matchAll(/message: "((?:[^"\\]|\\.)*)"(?:, trace: \[.*?\], hints: \[(.*?)\])?/g)]
    .map(([, message, hints]) => unquote(message) + (hints ? ` (${[...hints.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, hint]) => unquote(hint)).join('; ')})` : ''));
  return (messages.length > 0 ? messages : [text]).map(message => ({ message, file: null, line: null, column: null }));
}

function unquote(text) {
  return text.replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => `U+${code.toUpperCase()}`).replace(/\\(.)/g, '$1');
}

function withoutFolder(text, workspace) {
  return (text ?? '').replaceAll(workspace + '/', '').replaceAll(workspace, '');
}
