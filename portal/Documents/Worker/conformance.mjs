// The compiler writes one standard at a time. A document of the house conforms to two: PDF/A-2a, to be read in decades, and PDF/UA-1, to be read aloud.
// It is exported by the rules of each; of the file by the first, metadata and catalog then say the second as well (ISO 14289-1, 5 and 7.1).

const SCHEMA = '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>'
  + '<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:category>internal</pdfaProperty:category>'
  + '<pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>'
  + '</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li>';

export function alsoAccessible(pdf) {
  const text = pdf.toString('latin1'); // a letter a byte: places in the text are places in the file
  const table = text.lastIndexOf('\nxref\n') + 1;
  const catalog = objectAt(text, placeOf(text, table, Number(/\/Root (\d+) 0 R/.exec(text.slice(table))[1])));
  const metadata = objectAt(text, placeOf(text, table, Number(/\/Metadata (\d+) 0 R/.exec(catalog.text)[1])));
  const changes = [
    replaced(catalog, catalog.text.replace(/\/ViewerPreferences\s*<</, '$&\n    /DisplayDocTitle true')),
    replaced(metadata, withMark(metadata.text)),
  ].sort((one, other) => one.at - other.at);
  return Buffer.from(withTable(spliced(text, changes), text.slice(table), changes), 'latin1');
}

function withMark(stream) {
  const changed = once(once(once(stream,
    'xmlns:pdfaid=', 'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"  xmlns:pdfaid='),
    '</rdf:Bag></pdfaExtension:schemas>', SCHEMA + '</rdf:Bag></pdfaExtension:schemas>'),
    '<pdfaid:part>', '<pdfuaid:part>1</pdfuaid:part><pdfaid:part>');
  const grown = changed.length - stream.length;
  return changed.replace(/\/Length (\d+)/, (_, length) => `/Length ${Number(length) + grown}`);
}

function once(text, what, instead) {
  if (text.split(what).length !== 2) throw new Error(`The file has not one ${what}.`);
  return text.replace(what, () => instead);
}

function objectAt(text, at) {
  return { at, text: text.slice(at, text.indexOf('\nendobj', at)) };
}

function placeOf(text, table, number) {
  const [, first] = /^xref\n(\d+) \d+\n/.exec(text.slice(table, table + 40));
  const lines = text.indexOf('\n', table + 5) + 1;
  return Number(text.slice(lines + 20 * (number - Number(first)), lines + 20 * (number - Number(first)) + 10));
}

function replaced(object, text) {
  return { at: object.at, length: object.text.length, text, grown: text.length - object.text.length };
}

function spliced(text, changes) {
  let [result, from] = ['', 0];
  for (const change of changes) {
    result += text.slice(from, change.at) + change.text;
    from = change.at + change.length;
  }
  return result + text.slice(from);
}

function withTable(text, table, changes) {
  const moved = place => place + changes.filter(change => change.at < place).reduce((sum, change) => sum + change.grown, 0);
  const begin = text.lastIndexOf('\nxref\n') + 1;
  return text.slice(0, begin) + table
    .replace(/^(\d{10}) (\d{5} n)/gm, (_, place, rest) => `${String(moved(Number(place))).padStart(10, '0')} ${rest}`)
    .replace(/startxref\n\d+/, `startxref\n${begin}`);
}
