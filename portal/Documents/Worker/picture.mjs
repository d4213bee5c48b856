// A picture in pixels. The compiler writes none, but it draws what has a filter in pixels and puts them into the PDF: a drawing under a filter that changes nothing is there as an image, with its transparency beside it.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

// The largest image of a PDF as a PNG; null where it has none.
export function pngOf(pdf) {
  const images = imagesOf(pdf);
  const picture = images.filter(image => image.mask !== null).sort((one, other) => other.width * other.height - one.width * one.height)[0]
    ?? images.sort((one, other) => other.width * other.height - one.width * one.height)[0];
  if (!picture) return null;
  const { width, height } = picture;
  const alpha = images.find(image => image.number === picture.mask)?.bytes;
  const channels = picture.bytes.length / (width * height);
  if (channels !== 1 && channels !== 3) return null;
  const rows = Buffer.alloc(height * (1 + width * 4));
  for (let y = 0, to = 0; y < height; y++) {
    rows[to++] = 0;
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      for (let channel = 0; channel < 3; channel++) rows[to++] = picture.bytes[channels === 3 ? at * 3 + channel : at];
      rows[to++] = alpha ? alpha[at] : 255;
    }
  }

  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8); // eight bits of red, green, blue and transparency
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

function imagesOf(pdf) {
  const text = pdf.toString('latin1');
  const images = [];
  for (const found of text.matchAll(/(\d+) 0 obj\s*<<((?:(?!endobj|stream)[\s\S])*?\/Subtype\s*\/Image(?:(?!endobj)[\s\S])*?)>>\s*stream\r?\n/g)) {
    const number = name => Number(new RegExp(`/${name} (\\d+)`).exec(found[2])?.[1] ?? 0);
    const begin = found.index + found[0].length;
    const body = pdf.subarray(begin, begin + number('Length'));
    images.push({
      number: Number(found[1]), width: number('Width'), height: number('Height'), mask: /\/SMask (\d+)/.exec(found[2]) ? number('SMask') : null,
      bytes: /\/FlateDecode/.test(found[2]) ? inflateSync(body) : body,
    });
  }

  return images;
}

function chunk(name, data) {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}
