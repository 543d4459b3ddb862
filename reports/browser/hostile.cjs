// A record whose every text is an attack: what a broker sends, or anybody writes into a record, must stay text on the page.
"use strict";
const evil = `"'><script>window.owned=1</script><img src=x onerror="window.owned=2"><svg onload=window.owned=3></style></script><!--{{title}} javascript:window.owned=4 \u202e\u0007 · ]]>`;

const text = value => { const bytes = Buffer.from(value); return [bytes.length >> 8, bytes.length & 255, ...bytes]; };
const frame = (first, body) => [first, ...(body.length < 128 ? [body.length] : [body.length % 128 | 128, body.length >> 7]), ...body];
const hex = bytes => Buffer.from(bytes).toString("hex").replace(/..(?=.)/g, "$& ");

function hostile() {
  const publish = frame(0x30, [...text(evil), 0, ...Buffer.from(evil)]), reason = [0x1f, ...text(evil)];
  const disconnect = frame(0xe0, [0x82, reason.length % 128 | 128, reason.length >> 7, ...reason]);
  const connect = frame(0x10, [...text("MQTT"), 5, 0xc6, 0, 60, 0, ...text(evil), 0, ...text(evil), ...text(evil), ...text(evil), ...text(evil)]);
  const lines = [{ type: "header", format: 1, tool: evil, target: evil, broker: evil, profile: evil, started: evil, seed: 7, versions: [evil, "5.0"], transports: [evil],
    statements: [{ id: evil, section: evil, level: "must", level_text: evil, binds: evil, topic: evil, observable: "yes", summary: evil, how: evil },
      { id: "5.0:x", section: evil, level: "must", level_text: evil, binds: evil, topic: evil, observable: "no", summary: evil, how: evil }] }];
  for (const verdict of ["pass", "fail", "inconclusive", "skip", "error"])
    lines.push({ type: "result", scenario: `${evil}/x`, case: evil, title: evil, tags: [evil], version: "5.0", transport: evil, verdict, reason: evil, started_ms: 0, took_ms: 1,
      findings: ["pass", "fail", "warning", "inconclusive"].map((kept, i) => ({ statement: evil, verdict: kept, expected: evil, actual: evil, where: evil, step: 0, event: i + 1, offset: 3, size: 4 })),
      steps: ["held", "not_held", "not_reached"].map(outcome => ({ where: evil, text: evil, outcome, at_us: 0, took_us: 1, limit_us: 2 })),
      trace: [["opened"], ["sent", connect], ["sent", publish], ["received", publish], ["received", disconnect], ["refused"], ["ended"], ["reset"], ["finished"], ["dropped"], ["control"]]
        .map(([event, bytes], i) => ({ at_us: i, event, client: evil, step: i % 3, text: evil, ...(bytes && { bytes: hex(bytes) }) })), log: [evil] });
  lines.push({ type: "footer", took_ms: 1, interrupted: true, note: evil });
  return lines.map(line => JSON.stringify(line) + "\n").join("") + evil + "\n";
}

module.exports = { evil, hostile };
