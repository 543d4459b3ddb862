// For the tests beside it: reports made by the program, a browser, and pages of them. MQTTSPEC is the program, MODULES the folder that package.json was installed into.
"use strict";
const fs = require("fs"), http = require("http"), os = require("os"), path = require("path"), { spawnSync } = require("child_process");

const program = process.env.MQTTSPEC, modules = path.resolve(process.env.MODULES ?? path.join(__dirname, "../../build/browser"));
if (!program) throw new Error("MQTTSPEC does not say where the program is");
const { chromium } = require(path.join(modules, "node_modules/playwright-core"));
const axe = fs.readFileSync(path.join(modules, "node_modules/axe-core/axe.min.js"), "utf8");
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mqttspec-browser-"));
const at = name => path.join(folder, name);
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));

function mqttspec(...args) {
  const done = spawnSync(program, args, { cwd: path.join(__dirname, "../.."), encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.error || ![0, 1].includes(done.status)) throw new Error(`mqttspec ${args.join(" ")}: ${done.error ?? done.stderr}`);
  return done;
}

// The page of a report: from a file, or served with headers.
function report(name, records, ...options) {
  mqttspec("report", ...records, "--html", at(name), ...options);
  return at(name);
}

async function serve(headers) {
  const server = http.createServer((request, response) => {
    const file = at(path.basename(new URL(request.url, "http://x").pathname));
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    const type = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript" }[path.extname(file)];
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, ...headers });
    fs.createReadStream(file).pipe(response);
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  return { url: name => `http://127.0.0.1:${server.address().port}/${name}`, close: () => server.close() };
}

async function browse() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  // Everything the page complains of or asks for ends in `trouble`; a test that expects none says so by looking.
  async function open(url, { trouble = [], ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options }), page = await context.newPage();
    page.on("pageerror", error => trouble.push(`error: ${error.message}`));
    page.on("console", message => ["error", "warning"].includes(message.type()) && trouble.push(`console: ${message.text()}`));
    page.on("dialog", dialog => (trouble.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
    page.on("request", request => request.url() !== page.url() && !request.isNavigationRequest() && trouble.push(`request: ${request.url()}`));
    await page.goto(url.startsWith("/") ? `file://${url}` : url, { timeout: 110_000 });   // a crowded machine
    await page.locator("html:not([data-moving])").waitFor({ state: "attached" });   // the part that the address names stands where it stays
    return page;
  }
  return { open, close: () => browser.close() };
}

module.exports = { at, axe, browse, mqttspec, report, serve };
