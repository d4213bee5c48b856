// One typesetting process. It reads jobs from standard input and answers on standard output, one at a time.
// A message is two frames, each led by its length as four bytes (big endian): a JSON head and a body of bytes.
//
//   job     head {id, main, inputs, standard, timestamp, files: [{path, length}]}, body: the files one after another
//   answer  head {id, pages, undrawn} and the PDF as body, or {id, flaws: [{message, file, line, column}]} and no body
//
// Everything a job may read is in its own files; the folder given as workspace is empty and stays so.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { alsoAccessible } from './conformance.mjs';
import { FontCoverage } from './coverage.mjs';
import { flawsOfCompilation, flawsOfExport } from './flaws.mjs';
import { pngOf } from './picture.mjs';

const { NodeCompiler } = createRequire(import.meta.url)('@myriaddreamin/typst-ts-node-compiler');

const folder = fileURLToPath(new URL('.', import.meta.url));
const workspace = process.argv[2];
const secondsPerJob = Number(process.argv[3]);
const fonts = [
  'noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf', 'noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
  'source-sans-3/400Regular/SourceSans3_400Regular.ttf', 'source-sans-3/700Bold/SourceSans3_700Bold.ttf',
  'noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf', 'noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf',
  'source-serif-4/400Regular/SourceSerif4_400Regular.ttf', 'source-serif-4/700Bold/SourceSerif4_700Bold.ttf',
].map(file => readFileSync(join(folder, 'node_modules/@expo-google-fonts', file)));
const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontBlobs: fonts }] });
const coverage = new FontCoverage(fonts);

// Typesetting blocks this thread; the watch lives on another one, and ends the process when a job runs on or the portal is gone.
const deadline = new BigInt64Array(new SharedArrayBuffer(8));
new Worker(new URL('./watch.mjs', import.meta.url), { workerData: { deadline, parent: process.ppid } }).unref();

console.log = console.info = console.debug = console.error; // standard output belongs to the answers

typeset({ main: 'ready.typ', inputs: {}, standard: '1.7', timestamp: 0, files: [{ path: 'ready.typ', bytes: Buffer.from('#set text(font: "Noto Sans SC")\nReady 就绪 *bold*') }] });
send({ ready: true });

let answered = 0;
let pending = Buffer.alloc(0);
let head = null;
process.stdin.on('data', chunk => {
  pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
  for (let frame = take(); frame; frame = take()) {
    if (head === null) {
      head = JSON.parse(frame.toString('utf8'));
    } else {
      const job = head;
      head = null;
      answer(job, frame);
    }
  }
});
process.stdin.on('end', () => process.exit(0));

function take() {
  if (pending.length < 4) return null;
  const length = pending.readUInt32BE(0);
  if (pending.length < 4 + length) return null;
  const frame = pending.subarray(4, 4 + length);
  pending = pending.subarray(4 + length);
  return frame;
}

function answer(job, body) {
  let offset = 0;
  for (const file of job.files) {
    file.bytes = body.subarray(offset, offset += file.length);
  }

  Atomics.store(deadline, 0, BigInt(Date.now() + (secondsPerJob + 5) * 1000));
  const result = typeset(job);
  Atomics.store(deadline, 0, 0n);
  send({ id: job.id, pages: result.pages, undrawn: result.undrawn, flaws: result.flaws }, result.pdf);
  // What was typeset is remembered, so that the next document of the kind costs less. Looking through it all takes a tenth of a document's time: not after each.
  if (++answered % 8 === 0) compiler.evictCache(2);
}

function typeset(job) {
  const undrawn = new Set();
  try {
    for (const file of job.files) {
      const path = join(workspace, file.path);
      if (file.path.endsWith('.typ')) {
        compiler.addSource(path, file.bytes.toString('utf8'));
      } else {
        compiler.mapShadow(path, file.drawn ? coverage.drawableJson(file.bytes, undrawn) : Buffer.from(file.bytes));
      }
    }

    const inputs = Object.fromEntries(Object.entries(job.inputs).map(([name, value]) => [name, coverage.drawable(value, undrawn)]));
    const compilation = compiler.compile({ mainFilePath: join(workspace, job.main), inputs, resetRead: true });
    if (!compilation.result) {
      return { flaws: flawsOfCompilation(compiler, compilation, workspace) };
    }

    return { pdf: exported(compilation.result, job), pages: compilation.result.numOfPages, undrawn: [...undrawn] };
  } catch (error) {
    return { flaws: flawsOfExport(error) };
  } finally {
    compiler.resetShadow();
  }
}

// "svg" is a picture of all pages, one under another; "png" the picture in pixels that is in the document. "a-2a+ua-1" is a file of the first that keeps the rules of the second, and says so.
function exported(document, { standard, timestamp }) {
  if (standard === 'svg') return Buffer.from(onOnePaper(compiler.plainSvg(document)));
  if (standard === 'png') return pngOf(Buffer.from(compiler.pdf(document, { pdfStandard: '1.7', creationTimestamp: timestamp }))) ?? (() => { throw new Error('nothing is drawn in pixels'); })();
  const [first, ...others] = standard.split('+');
  const pdf = compiler.pdf(document, { pdfStandard: first, creationTimestamp: timestamp });
  if (others.length === 0) return pdf;
  compiler.pdf(document, { pdfStandard: others[0], creationTimestamp: timestamp });
  return alsoAccessible(pdf);
}

// The compiler lays the paper of each page over the first one instead of below its own page.
function onOnePaper(svg) {
  let papers = 0;
  return svg.replace(/^ {4}<path class="typst-shape" fill="#ffffff" fill-rule="nonzero" d="M 0 0v [\d.]+ h [\d.]+ v -[\d.]+ Z "\/>$/gm, () => papers++ === 0 ? '    <rect width="100%" height="100%" fill="#ffffff"/>' : '');
}

function send(head, body = Buffer.alloc(0)) {
  for (const frame of [Buffer.from(JSON.stringify(head)), body]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    process.stdout.write(length);
    process.stdout.write(frame);
  }
}
