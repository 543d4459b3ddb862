// `mqttspec run --serve` in a browser: cases arrive as they finish, and the report stands in the page's place at the end. The run is given a terminal (script of bsdutils),
// for without one it ends by itself.
"use strict";
const node = require("node:test"), assert = require("node:assert"), path = require("path"), { spawn } = require("child_process");
const { axe, browse } = require("./bench.cjs");

const test = (name, body) => node.test(name, { timeout: 240_000 }, body);
let browser;
node.before(async () => { browser = await browse(); });
node.after(() => browser.close());

// A run on a terminal of its own. `said(pattern)` waits until it has printed that; `ended` is its exit code.
function run(...args) {
  const quoted = [process.env.MQTTSPEC, "run", "--serve", ...args].map(each => `'${each}'`).join(" ");   // exec: a shell that stays would be interrupted too, and tell that
  const child = spawn("script", ["-qefc", `exec ${quoted}`, "/dev/null"], { cwd: path.join(__dirname, "../.."), env: { ...process.env, CI: "" } });
  let text = "", told = () => {};
  child.stdout.on("data", data => (text += data, told()));
  const ended = new Promise(done => child.on("exit", code => done(code)));
  const said = pattern => new Promise((done, fail) => {
    told = () => pattern.test(text) && done(text.match(pattern));
    ended.then(code => fail(new Error(`ended with ${code}: ${text}`)));
    told();
  });
  return { said, ended, interrupt: () => child.stdin.write("\x03") };
}

// The slow cases keep the run going while the page is looked at.
const slow = ["--filter", "keep_alive/*", "--filter", "connect/second_connect (same packet)*", "--mqtt", "5.0", "--break", "second_connect_closes", "--seed", "7"];

test("cases arrive, failures first, and the report stands in the page's place until Ctrl-C", async () => {
  const running = run(...slow), trouble = [];
  const [, url] = await running.said(/watch the run: (\S+)/);
  const page = await browser.open(url, { trouble });
  await page.locator("#fail .case").first().waitFor();
  assert.match(await page.locator("h1").innerText(), /mqttspec reference broker/);
  assert.match(await page.locator("#fail .case").first().innerText(), /connect\/second_connect \(same packet\) \[5\.0\][^]*broken 5\.0:MQTT-3\.1\.0-2[^]*Expected:[^]*Actual:/);
  assert.match(await page.title(), /^\d+%, 1 failed - mqttspec reference broker$/);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: path.join(process.env.SCREENSHOTS, "live.png"), fullPage: true });
  await page.locator("#query").fill("status:fail");
  assert.equal(await page.locator(".case:visible").count(), 1);
  await page.locator("section#failures").waitFor();                     // the report
  assert.equal(await page.evaluate(() => location.hash), "#filter=status%3Afail");
  await page.locator("#filter").waitFor();
  assert.equal(await page.locator(".case:visible").count(), 1, "the filter is the report's too");
  // The browser asks for /favicon.ico too, which has no token and is refused as everything without it.
  assert.deepEqual(trouble.filter(each => !each.startsWith(`request: ${url}`) && !each.endsWith("status of 404 (Not Found)")), []);
  await running.said(/the report stays at \S+ until Ctrl-C/);
  running.interrupt();
  assert.equal(await running.ended, 1);
});

test("who comes late sees what there is, and is told when the program goes", async () => {
  const running = run(...slow);
  const [, url] = await running.said(/watch the run: (\S+)/);
  const early = await browser.open(url);
  await early.locator("#fail .case").waitFor();
  const late = await browser.open(url);
  await late.locator("#fail .case").waitFor();
  running.interrupt();
  assert.equal(await running.ended, 130);
  for (const page of [early, late]) {
    await page.locator("#news").filter({ hasText: "The run is over, and so is the program" }).waitFor();
    assert.equal(await page.locator("#fail .case").count(), 1, "what was told stays");
  }
  await late.evaluate(axe);
  const { violations } = await late.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(each => each.id), []);
});

test("another origin, another name and another token see nothing", async () => {
  const running = run(...slow);
  const [, url] = await running.said(/watch the run: (\S+)/);
  const page = await browser.open("about:blank");
  const reached = await page.evaluate(url => new Promise(done => {
    const socket = new WebSocket(url.replace(/^http/, "ws") + "live");
    socket.onopen = () => done(true), socket.onerror = () => done(false);
  }), url);
  assert.equal(reached, false);
  assert.equal((await page.goto(url.replace(/\/[0-9a-f]{32}\//, `/${"0".repeat(32)}/`))).status(), 404);
  running.interrupt();
  assert.equal(await running.ended, 130);
});
