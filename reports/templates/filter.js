// The language of the filter, without a page: what a person typed becomes words, and a case either fits them or not.
//   status:fail version:5.0 -theme:connect "two words"      every word must fit; a comma means or; a minus means not
"use strict";

const filterKeys = ["status", "version", "broker", "transport", "theme", "topic", "statement", "packet"];

// Gives { words: [{ key, values, not }], wrong: "..." }; `wrong` says what cannot be understood, and is empty otherwise. Texts are in lower case.
function parseFilter(text) {
  const words = [], wrong = [];
  for (const [, minus, key, quoted, open, plain] of text.toLowerCase().matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)"|"([^"]*)$|(\S+))?/g)) {
    const value = quoted ?? open ?? plain ?? "";
    if (key !== undefined && !filterKeys.includes(key)) {
      wrong.push(`${key}: is no key (${filterKeys.join(", ")})`);
      continue;
    }
    const values = (quoted === undefined && key ? value.split(",") : [value]).filter(each => each !== "");
    if (values.length) words.push({ key: key ?? "text", values, not: minus === "-" });
  }
  return { words, wrong: wrong.join("; ") };
}

// `facts`: for each key a text in lower case; for status, version, theme, topic and packet words with blanks between them.
function fits(words, facts) {
  return words.every(word => word.not !== word.values.some(value => fitsOne(word.key, value, facts)));
}

function fitsOne(key, value, facts) {
  switch (key) {
    case "text": case "broker": case "statement": return facts[key].includes(value);
    case "transport": return facts.transport.startsWith(value);
    default: return ` ${facts[key]} `.includes(` ${value} `);
  }
}

if (typeof module !== "undefined") module.exports = { parseFilter, fits };
