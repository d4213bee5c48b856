// Which characters the house fonts can draw. PDF/A forbids a character without a glyph, and a customer whose name holds an emoji
// shall still get the quote: what cannot be drawn is shown as □ and reported.

const INSTEAD = '□';
const LEFT_OUT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]/u;
const ALWAYS_FINE = /[\t\n\u2028\u2029]/u;

export class FontCoverage {
  #drawn = new Uint8Array(0x110000 / 8); // a bit for each code point of Unicode

  constructor(fonts) {
    for (const font of fonts) {
      for (const [first, last] of rangesOf(font)) {
        for (let codePoint = first; codePoint <= last; codePoint++) {
          this.#drawn[codePoint >> 3] |= 1 << (codePoint & 7);
        }
      }
    }
  }

  draws(codePoint) {
    return (this.#drawn[codePoint >> 3] & (1 << (codePoint & 7))) !== 0;
  }

  drawable(text, undrawn) {
    if (/^[\n -~]*$/.test(text)) return text;
    let result = '';
    for (const character of text.normalize('NFC')) {
      if (LEFT_OUT.test(character)) continue;
      if (ALWAYS_FINE.test(character) || this.draws(character.codePointAt(0))) {
        result += character;
      } else {
        undrawn.add(character);
        result += INSTEAD;
      }
    }
    return result;
  }

  drawableJson(bytes, undrawn) {
    const clean = value => {
      if (typeof value === 'string') return this.drawable(value, undrawn);
      if (Array.isArray(value)) return value.map(clean);
      if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
      return value;
    };
    return Buffer.from(JSON.stringify(clean(JSON.parse(bytes.toString('utf8')))));
  }
}

// The font's cmap table (OpenType 1.9, "cmap"): format 12 has groups of (first, last, glyph), format 4 the same for the first plane.
// Format 4 may leave holes in a segment, so format 12 is believed alone where a font has it.
function rangesOf(font) {
  const cmap = tableOf(font, 'cmap');
  const subtables = Array.from({ length: font.readUInt16BE(cmap + 2) }, (_, index) => cmap + font.readUInt32BE(cmap + 4 + 8 * index + 4));
  const groups = subtables.find(start => font.readUInt16BE(start) === 12);
  const segments = subtables.find(start => font.readUInt16BE(start) === 4);
  return groups !== undefined ? groupsOf(font, groups) : segmentsOf(font, segments);
}

function groupsOf(font, start) {
  return Array.from({ length: font.readUInt32BE(start + 12) }, (_, group) =>
    [font.readUInt32BE(start + 16 + 12 * group), font.readUInt32BE(start + 16 + 12 * group + 4)]);
}

function segmentsOf(font, start) {
  const count = font.readUInt16BE(start + 6) / 2;
  return Array.from({ length: count }, (_, segment) => [font.readUInt16BE(start + 16 + 2 * (count + segment)), font.readUInt16BE(start + 14 + 2 * segment)])
    .filter(([, last]) => last !== 0xffff);
}

function tableOf(font, name) {
  for (let record = 12; record < 12 + 16 * font.readUInt16BE(4); record += 16) {
    if (font.toString('latin1', record, record + 4) === name) return font.readUInt32BE(record + 8);
  }
  throw new Error(`The font has no table ${name}.`);
}
