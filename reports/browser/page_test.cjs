// The HTML report in a browser: MQTTSPEC=build/dev/mqttspec node --test reports/browser/page_test.cjs. Nothing here sleeps: a test waits for what it wants to see.
"use strict";
const node = require("node:test"), assert = require("node:assert"), fs = require("fs");
const { at, axe, browse, mqttspec, report, serve } = require("./bench.cjs"), { hostile } = require("./hostile.cjs");

const golden = require("node:path").join(__dirname, "../golden/run.jsonl"), jenkins = { "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'self';" };
const address = page => page.evaluate(() => location.hash);   // page.url() learns of it later
const id = name => `[id="${name}"]`;
const broken = "case-publish-broken-text-5.0", passed = "case-topics-levels-a-3.1.1-ws";
const test = (name, body) => node.test(name, { timeout: 120_000 }, body);
let browser, server, forbidding, pages;

// The golden record as it might have been before: one failure passed, one broke something else, one was not there; and a list of failures that are known.
function earlier() {
  return fs.readFileSync(golden, "utf8").split("\n").map(line => {
    if (!/^{"type": ?"result"/.test(line)) return line;
    const { type, ...result } = JSON.parse(line), name = `${result.scenario} ${result.version}`;
    if (name === "connect/second-connect 3.1.1") Object.assign(result, { verdict: "pass", reason: "", findings: [] });
    if (name === "publish/broken-text 5.0") result.findings = result.findings.map(each => ({ ...each, actual: "another packet" }));
    if (name === "connect/second-connect 5.0") Object.assign(result, { verdict: "error", reason: "trouble" });
    return JSON.stringify({ type, ...result });
  }).join("\n");
}
const list = JSON.stringify({ known: [
  { statement: "3.1.1:MQTT-3.1.0-2", cases: ["connect/second-connect [3.1.1]"], reason: "It stays open.", link: "https://broker.example/7" },
  { statement: "5.0:MQTT-3.1.0-2", cases: ["connect/second-connect [5.0]"], reason: "It stayed open." },
  { statement: "5.0:MQTT-4.7.3-1", cases: ["nothing/*"], reason: "Long ago.", until: "2020-01-01" },
] });

node.before(async () => {
  // Two brokers: the golden record, and one that the program just played against its own broker with a rule broken.
  mqttspec("run", "--filter", "connect/second_connect", "--filter", "qos2/*", "--break", "second_connect_closes", "--seed", "7", "--record", at("run.jsonl"));
  fs.writeFileSync(at("hostile.jsonl"), hostile());
  fs.writeFileSync(at("hostile_before.jsonl"), hostile().replaceAll('"verdict":"fail"', '"verdict":"pass"'));
  pages = { golden: report("golden.html", [golden]), both: report("both.html", [golden, at("run.jsonl")]), hostile: report("hostile.html", [at("hostile.jsonl")]),
    failed: report("failed.html", [golden], "--detail", "failed") };
  fs.writeFileSync(at("old.jsonl"), earlier()), fs.writeFileSync(at("list.json"), list);
  pages.changes = report("changes.html", [golden], "--baseline", at("old.jsonl"), "--expect", at("list.json"));
  pages.hostileChanges = report("hostile_changes.html", [at("hostile.jsonl")], "--baseline", at("hostile_before.jsonl"));
  fs.mkdirSync(at("beside"), { recursive: true });
  report("beside.html", [golden], "--assets", "files");
  browser = await browse();
  server = await serve({});
  forbidding = await serve(jenkins);
});
node.after(async () => {
  await browser.close();
  server.close(), forbidding.close();
});

const shown = page => page.locator(".case:visible");
const filtered = async (page, text) => {
  await page.locator("#query").fill(text);
  await page.waitForFunction(text => decodeURIComponent(location.hash) === (text ? `#filter=${text}` : ""), text.trim());
  return shown(page).count();
};

test("the page complains of nothing and asks for nothing", async () => {
  for (const name of ["golden", "both", "hostile", "failed", "changes", "hostileChanges"]) {
    const trouble = [], page = await browser.open(pages[name], { trouble });
    await page.locator("#filter").waitFor();
    assert.deepEqual(trouble, [], name);
    await page.context().close();
  }
});

test("without scripts everything is there, and details open by themselves", async () => {
  const page = await browser.open(pages.golden, { javaScriptEnabled: false });
  assert.equal(await page.locator("#filter").isVisible(), false);
  for (const id of ["failures", "warnings", "inconclusive", "errors", "skipped", "themes", "coverage", "cases", "topics"]) assert.ok(await page.locator(`section#${id} h2`).isVisible(), id);
  assert.ok(await page.locator(`${id(broken)} .story`).isVisible());
  const closed = page.locator(".case", { has: page.locator(id(passed)) });
  assert.equal(await page.locator(`${id(passed)} .story`).isVisible(), false);
  await closed.locator("summary").first().click();
  assert.ok(await page.locator(`${id(passed)} .story`).isVisible());
  await page.locator("#failures a[href*='-event-']").first().click();
  const hash = await address(page);
  assert.match(hash, /^#case-.*-event-\d+$/);
  assert.ok(await page.locator(`[id="${hash.slice(1)}"]`).isVisible());
});

test("under Jenkins' policy the page reads, and no script or style of its own runs", async () => {
  const page = await browser.open(forbidding.url("golden.html"));
  assert.equal(await page.locator("#filter").isVisible(), false);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".tiles")).display), "block");
  assert.match(await page.locator(".headline").innerText(), /2 MUST statements broken, 1 SHOULD missed\./);
  assert.match(await page.locator("#failures article").first().innerText(), /Expected\s+A: closed within 2 s\s+Actual\s+the broker answered a PINGREQ/);
  const picture = await page.locator(`${id(broken)} svg`).boundingBox();
  assert.ok(picture.width > 100 && picture.height > 100, "the picture has its size without a style");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("svg path.a")).stroke), "rgb(11, 92, 173)");
});

test("--assets files: the style lies beside, and Jenkins' policy admits it", async () => {
  assert.ok(!/<style|<script>/.test(fs.readFileSync(at("beside.html"), "utf8")));
  let page = await browser.open(forbidding.url("beside.html"));
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".tiles")).display), "flex");
  assert.equal(await page.locator("#filter").isVisible(), false);
  page = await browser.open(server.url("beside.html"));
  await page.locator("#filter").waitFor();
  assert.equal(await filtered(page, "status:fail"), 2);
});

test("--detail failed: cases that simply passed are one line", async () => {
  const page = await browser.open(pages.failed);
  assert.equal(await page.locator(id(passed)).evaluate(each => each.tagName), "P");
  assert.equal(await page.locator(`${id(passed)} .story`).count(), 0);
  assert.ok(await page.locator(`${id(broken)} .story`).isVisible());
  assert.equal(await filtered(page, "status:pass"), 3);
});

test("dark: the page follows the system", async () => {
  const page = await browser.open(pages.golden, { colorScheme: "dark" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(20, 24, 31)");
});

test("print: no filter, closed cases stay closed, dark or not the paper is white", async () => {
  const page = await browser.open(pages.golden, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#filter").isVisible(), false);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  const pdf = await page.pdf();
  assert.ok(pdf.length > 20_000 && pdf.subarray(0, 5).toString() === "%PDF-");
});

// Letters as wide as those of any font there may be: what fits here by luck must not be cut off elsewhere, where a path is longer, too.
for (const [letters, style] of [["", ""], [", wide letters", "* { letter-spacing: 0.15em; }"]]) test(`360 px${letters}: nothing is wider than the page`, async () => {
  for (const name of ["golden", "both", "hostile", "changes", "hostileChanges"]) {
    const page = await browser.open(pages[name], { viewport: { width: 360, height: 740 } });
    await page.addStyleTag({ content: `* { content-visibility: visible !important; } ${style}` });   // which cuts off what is too wide
    await page.evaluate(() => document.querySelectorAll("details").forEach(each => { each.open = true; }));
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));   // what opens gets its parts after that
    assert.deepEqual([name, await page.evaluate(() => document.documentElement.scrollWidth)], [name, 360]);
  }
});

// Each key of the filter: how many of the ten cases of the golden record it leaves.
for (const [filter, expected] of [
  ["status:fail", 2], ["status:pass", 3], ["status:warning", 1], ["status:skip", 3], ["status:inconclusive", 1], ["status:error", 1], ["status:fail,error", 3], ["-status:skip", 7],
  ["version:3.1", 1], ["version:3.1.1", 5], ["version:5.0", 4], ["broker:mosquitto", 10], ["broker:aedes", 0], ["transport:ws", 1], ["transport:mqtt", 9],
  ["theme:connect", 2], ["topic:connect", 2], ["statement:MQTT-3.1.0-2", 2], ["packet:SUBACK", 2], ["take-over", 1], ["\"take over\"", 0], ["status:fail version:5.0 topic:publish text", 1], ["colour:red", 10],
]) test(`filter ${filter}: ${expected} of 10 cases`, async () => {
  const page = await browser.open(pages.golden);
  assert.equal(await filtered(page, filter), expected);
  assert.match(await page.locator("#found").innerText(), filter === "colour:red" ? /^colour: is no key/ : new RegExp(`^${expected} of 10 cases$`));
  assert.equal(await filtered(page, ""), 10);
  await page.context().close();
});

test("two brokers: a column for each, and broker: tells them apart", async () => {
  const page = await browser.open(pages.both);
  assert.match(await page.locator("table.facts thead").innerText(), /mosquitto 2\.0\.11.*reference broker/);
  const heads = await page.locator("table.coverage").last().locator("thead th").allTextContents();
  assert.equal(heads.length, 4);
  assert.equal(await filtered(page, "broker:mosquitto"), 10);
  assert.ok(await filtered(page, "broker:reference status:fail") >= 1);
  assert.ok(await page.locator("#coverage td.broken a").count() >= 2);
});

test("coverage: every statement of the record's catalogue has a row and a state with its reason", async () => {
  const page = await browser.open(pages.both), rows = page.locator("table.coverage tbody tr:not(.section)");
  const states = await rows.evaluateAll(all => all.map(row => [...row.querySelectorAll("td")].slice(1).map(cell => cell.querySelector("a, b").textContent)));
  assert.ok(states.length >= 5 && states.every(row => row.length === 2));
  assert.ok(states.flat().every(state => ["broken", "missed", "kept", "not reached", "skipped", "not observable", "not covered"].includes(state)));
  const total = await page.locator("table.totals tbody tr").evaluateAll(all => all.reduce((sum, row) => sum + Number(row.cells[row.cells.length - 1].textContent), 0));
  assert.equal(total, states.length);
});

test("a filter in the address is applied, and what is typed goes into the address", async () => {
  const page = await browser.open(`${pages.golden}#filter=status%3Afail`);
  assert.equal(await page.locator("#query").inputValue(), "status:fail");
  assert.equal(await shown(page).count(), 2);
  await filtered(page, "version:5.0 -status:skip");
  assert.equal(await address(page), "#filter=version%3A5.0%20-status%3Askip");
  await page.reload();
  assert.equal(await shown(page).count(), 2);
});

for (const [what, hash, expected] of [
  ["a case", broken, `.case:has([id="${broken}"])`], ["a step", `${broken}-step-2`, ".story > .s.target"], ["a packet", `${broken}-event-3`, ".story > li.target:not(.s)"],
  ["a step of a case that passed", `${passed}-step-2`, ".story > .s.target"], ["a packet of a case that passed", `${passed}-event-2`, ".story > li.target:not(.s)"],
]) test(`a link to ${what} opens it`, async () => {
  const page = await browser.open(`${pages.golden}#${hash}`);
  await page.locator(expected).waitFor();
  await page.waitForFunction(expected => {
    const box = document.querySelector(expected).getBoundingClientRect();
    return box.top < innerHeight && box.bottom > 0;
  }, expected);
  assert.equal(await page.locator(expected).count(), 1);
});

test("a link to a case that the filter hides takes the filter away", async () => {
  const page = await browser.open(`${pages.golden}#filter=status:skip`);
  assert.equal(await shown(page).count(), 3);
  await page.evaluate(id => { location.hash = id; }, broken);
  await page.locator(`${id(broken)} .story`).waitFor();
  assert.equal(await page.locator("#query").inputValue(), "");
});

test("keyboard: / to the filter, Esc back, j k n p go, o opens, l links, ? helps", async () => {
  const page = await browser.open(pages.golden), key = name => page.keyboard.press(name);
  const chosen = () => page.locator(".case.chosen .name").first().innerText();
  await key("/");
  await page.keyboard.type("-status:skip");
  await page.waitForFunction(() => document.getElementById("found").textContent === "7 of 10 cases");
  await key("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "");
  await key("j");
  assert.equal(await chosen(), "connect/second-connect [3.1.1]");
  await key("j");
  assert.equal(await chosen(), "connect/second-connect [5.0]");
  const open = () => page.locator(".case.chosen").evaluate(each => each.open);
  assert.equal(await open(), false);
  await key("o");
  assert.equal(await open(), true);
  await key("k");
  assert.equal(await chosen(), "connect/second-connect [3.1.1]");
  await key("n");
  assert.equal(await chosen(), "publish/broken-text [5.0]");
  await key("p");
  assert.equal(await chosen(), "connect/second-connect [3.1.1]");
  await key("l");
  assert.equal(await address(page), "#case-connect-second-connect-3.1.1");
  await key("?");
  await page.locator("#help[open]").waitFor();
  await key("j");
  assert.equal(await chosen(), "connect/second-connect [3.1.1]");
  await key("Escape");
  await page.locator("#help").waitFor({ state: "hidden" });
});

test("keyboard: a field that has the focus lights up its bytes", async () => {
  const page = await browser.open(`${pages.golden}#${passed}`);
  const field = page.locator(`${id(passed)} .story i`, { hasText: "topic 'mqttspec/r9//a'" }).first();
  await field.focus();
  assert.equal(await field.getAttribute("class"), "here");
  assert.equal(await page.locator("code b.here").innerText(), "000e6d717474737065632f72392f2f61");
  await page.keyboard.press("Tab");
  assert.notEqual(await field.getAttribute("class"), "here");
});

test("hover: a row of the table of fields and its bytes light up together, from either side", async () => {
  const page = await browser.open(`${pages.golden}#${broken}`), event = page.locator(`[id="${broken}-event-3"]`);
  await event.locator("tbody tr", { hasText: "topic" }).first().hover();
  const lit = event.locator("code.hex b.here");
  assert.equal(await lit.count(), 1);
  const bytes = await lit.innerText();
  assert.match(bytes, /c3 28/);
  assert.equal(await lit.locator("mark").innerText(), "c3 28");
  await event.locator("code.hex b").first().hover();
  assert.equal(await event.locator("tbody tr.here td").nth(1).innerText(), "header");
});

test("the picture of a case that passed gets its names when it is opened", async () => {
  const page = await browser.open(`${pages.golden}#${passed}`);
  const names = await page.locator(`${id(passed)} svg.labelled > text:not(:first-of-type)`).allTextContents();
  assert.ok(names.includes("CONNECT") && names.includes("PUBLISH"), names.join());
});

test("topics: the tree of the run has the history of each topic, with who, value and how", async () => {
  const page = await browser.open(pages.both), text = await page.locator("#topics").textContent();
  assert.match(text, /\d+\.\d{3} \w+ '[^']*' QoS 2/);
  const root = page.locator(".topics > li > details").first();
  assert.match(await root.locator(":scope > summary").innerText(), /^mqttspec .*\d+ messages$/);
  await root.locator(":scope > summary").click();
  assert.ok(await root.locator(":scope > ul > li").count() > 1);
  assert.ok(await root.locator(":scope > ul > li").first().isVisible());
});

test("topics: t leads from a case to what it wrote, and a time there to the packet", async () => {
  const page = await browser.open(`${pages.golden}#${passed}`);
  await page.keyboard.press("t");
  const link = page.locator(`.topics a[href="#${passed}"]`);
  await link.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.hash), `#${passed}`);
  const time = page.locator(`.topics a[href^="#${passed}-event-"]`).first();
  await time.waitFor();
  await time.click();
  assert.match(await page.locator(".story > li.target").innerText(), /PUBLISH qos=1 · topic 'mqttspec\/r9\/\/a'/);
});

test("two runs: what is new stands first, each case says it, and status: finds it", async () => {
  const page = await browser.open(pages.changes);
  assert.equal(await page.locator("main > section").first().getAttribute("id"), "changes");
  assert.match(await page.locator("#changes .lead").innerText(), /1 new failure, 1 failing differently, 1 fixed, 2 still failing/);
  assert.deepEqual(await page.locator("#changes details[open] > summary").allInnerTexts(), ["New failures: 1 case", "Failing differently: 1 case"]);
  for (const [filter, expected] of [["status:new", 1], ["status:changed", 1], ["status:fixed", 1], ["status:new,changed,still", 4], ["status:known", 1], ["status:unlisted", 3]]) assert.equal(await filtered(page, filter), expected, filter);
  await filtered(page, "");
  await page.locator("#changes a").first().click();
  assert.ok(await page.locator(".case.chosen .verdict.new").isVisible());
});

test("known failures: reason, link and date; what is gone or stale is red", async () => {
  const page = await browser.open(pages.changes), rows = page.locator("#known tbody tr");
  assert.deepEqual(await rows.locator("td:nth-of-type(1) > b").allTextContents(), ["gone", "stale since 2020-01-01", "seen"]);
  assert.equal(await rows.nth(1).isVisible(), true, "what wants a look is open");
  assert.equal(await rows.nth(2).isVisible(), false);
  await page.locator("#known details:not([open]) > summary").click();
  assert.equal(await rows.nth(2).locator("a[href='https://broker.example/7']").isVisible(), true);
  const colour = row => rows.nth(row).locator("td > b").first().evaluate(each => getComputedStyle(each).color);
  assert.equal(await colour(0), "rgb(179, 38, 30)");
  assert.equal(await colour(1), "rgb(179, 38, 30)");
  assert.notEqual(await colour(2), "rgb(179, 38, 30)");
});

test("the command that plays a case again can be copied", async () => {
  const page = await browser.open(pages.golden, { permissions: ["clipboard-read", "clipboard-write"] }), replay = page.locator(`${id(broken)} .replay`);
  const command = await replay.locator("code").textContent();
  assert.match(command, /^mqttspec run .*--filter 'publish\/broken-text \[5\.0\]' --mqtt 5\.0 --seed \d+$/);
  await replay.locator("button").click();
  await replay.locator("button", { hasText: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
});

test("hostile text stays text: no script runs, no element or request comes of it", async () => {
  const trouble = [], page = await browser.open(pages.hostile, { trouble });
  await page.locator("#filter").waitFor();
  await page.evaluate(() => document.querySelectorAll("details").forEach(each => { each.open = true; }));
  for (const field of await page.locator(".story i, .story tbody tr").all()) await field.dispatchEvent("focusin");
  await filtered(page, "status:pass \"><script>");
  await page.evaluate(() => { location.hash = "filter=<img src=x onerror=window.owned=5>"; });
  await page.waitForFunction(() => document.getElementById("query").value.startsWith("<img"));
  await page.evaluate(() => { location.hash = "\"><img src=x onerror=window.owned=6>"; });
  assert.equal(await page.evaluate(() => window.owned), undefined);
  assert.equal(await page.locator("img, main script, main style, [onerror], [onload], a[href^='javascript']").count(), 0);
  assert.deepEqual(trouble, []);
  assert.ok(!(await page.locator("body").innerText()).includes("\u202e"));
});

test("a broker cannot call up filters or keys: its text in the address is only a text", async () => {
  const page = await browser.open(`${pages.golden}#${encodeURIComponent("[\"'><*")}`);
  await page.locator("#filter").waitFor();
  assert.equal(await shown(page).count(), 10);
});

for (const [name, options] of [["light", {}], ["dark", { colorScheme: "dark" }], ["360 px", { viewport: { width: 360, height: 740 } }], ["hostile", {}], ["failed", {}], ["changes", {}], ["hostileChanges", {}]])
  test(`axe finds nothing: ${name}`, async () => {
    const page = await browser.open(pages[name] ?? pages.both, options);
    await page.evaluate(() => document.querySelectorAll("details").forEach((each, i) => { each.open = each.open || i % 7 === 0; }));
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }).then(all => all.violations.map(one => `${one.id}: ${one.nodes.length}, ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].failureSummary}`)));
    assert.deepEqual(found, []);
  });
