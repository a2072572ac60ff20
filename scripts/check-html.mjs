// The browser's part of scripts/check-html.sh: `trees FOLDER` writes the trees to be judged, `browse
// HOME OUT PROFILE` opens the pages that were made of them.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const MANY = 25_000;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const OWNED = 'window.owned=1';

const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
};

function trees(folder) {
  const api = (text) => `openapi: 3.0.3\ninfo: {title: ${JSON.stringify(text)}, version: 1}\nservers:\n  - url: ${JSON.stringify(`http://${text}`)}\npaths: {}\n`;
  const script = `<script>${OWNED}</script>`;
  const hostile = [
    `a${script}.yaml`.replaceAll('/', '\u2215'),
    '"><img src=x onerror=window.owned=1>.yaml',
    'line\nbreak\r\n.yaml',
    'esc\u001b[31mred\u001b]8;;https:x\u0007.yaml',
    '::set-output name=x::y.yaml',
    '##vso[task.setvariable variable=x]y.yaml',
    '\u202egnp.yaml',
    '\u200f\u2066hidden\u2069.yaml',
    "' style='position:fixed' x='.yaml",
    'percent%3Cscript%3E#frag?query&amp;.yaml',
  ];
  hostile.forEach((name, at) => {
    const root = path.join(folder, 'hostile', `tree-${at}`);
    fs.mkdirSync(root, { recursive: true });
    fs.writeFileSync(path.join(root, name), api(`</pre></style>${script}<img src=x onerror="${OWNED}">\u202e`));
    fs.writeFileSync(path.join(root, 'long.yaml'), api(`${'x'.repeat(10_000)}${script}`));
  });
  // A ruleset that wants to be clicked and a waiver that wants to be believed.
  const root = path.join(folder, 'hostile', 'tree-0');
  fs.writeFileSync(path.join(root, '.spectral.yaml'), `documentationUrl: "javascript:${OWNED}"\nrules:\n  "a${script}":\n    given: $\n    documentationUrl: "javascript:${OWNED}//https://"\n    message: '${script}{{value}}'\n    then: {field: nothing, function: truthy}\n`);
  fs.writeFileSync(path.join(root, 'assize-waivers.yaml'), `waivers:\n  - id: W-1\n    rule: uk/api-linting/https-servers\n    reason: '${script}'\n    issued: 2026-01-01\n    expires: 2099-01-01\n`);
  const many = path.join(folder, 'many');
  fs.mkdirSync(many, { recursive: true });
  for (let file = 0; file < 10; file += 1) {
    const servers = Array.from({ length: MANY / 10 }, (_, at) => `  - url: http://service-${file}-${at}.example.org/api/v1\n    description: Server ${at} of ${file}`);
    fs.writeFileSync(path.join(many, `api-${file}.yaml`), `openapi: 3.0.3\ninfo: {title: Many, version: '1'}\nservers:\n${servers.join('\n')}\npaths: {}\n`);
  }
}

async function browse(home, out, profile) {
  const require = createRequire(path.resolve(home, 'package.json'));
  const { Builder, By, Key, logging } = require('selenium-webdriver');
  const chrome = require('selenium-webdriver/chrome.js');
  const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  const options = new chrome.Options();
  options.addArguments('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND', '--window-size=1280,1000');
  // The browser asks for nothing on its own account, and remembers nothing from run to run.
  options.addArguments('--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`);
  if (process.env.CHROMIUM) options.setChromeBinaryPath(process.env.CHROMIUM);
  const wanted = new logging.Preferences();
  wanted.setLevel(logging.Type.BROWSER, logging.Level.ALL);
  wanted.setLevel(logging.Type.PERFORMANCE, logging.Level.ALL);
  options.setLoggingPrefs(wanted);
  const service = new chrome.ServiceBuilder(process.env.CHROMEDRIVER ?? '/usr/bin/chromedriver');
  const driver = await new Builder().forBrowser('chrome').setChromeOptions(options).setChromeService(service).build();
  // Where the machine has other work to do, everything takes longer by that much.
  const slack = Math.max(1, os.loadavg()[0] / os.cpus().length);
  await driver.manage().setTimeouts({ script: 300_000, pageLoad: 300_000 });
  const cdp = (command, parameters = {}) => driver.sendAndGetDevToolsCommand(command, parameters);
  const run = (code, ...rest) => driver.executeScript(code, ...rest);
  const address = (name) => pathToFileURL(path.join(out, `${name}.html`)).href;
  const shot = async (name) => fs.writeFileSync(path.join(out, `${name}.png`), await driver.takeScreenshot(), 'base64');
  const scheme = (value) => cdp('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  const size = (width, height = 1000) => cdp('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  const logs = async (type) => driver.manage().logs().get(type);
  const visible = () => run(`return [...document.querySelectorAll('.rule > ol > li')].filter((one) => one.offsetParent !== null).length`);
  // Typing is settled after a moment; the page says what it shows.
  const settle = async () => { await run('return 0'); await driver.sleep(400); };
  const type = async (text) => {
    const search = await driver.findElement(By.id('search'));
    await search.clear();
    if (text === '') await search.sendKeys('x', Key.BACK_SPACE); else await search.sendKeys(text);
    await settle();
  };
  const choose = async (id, value) => {
    await run(`const one = document.getElementById(arguments[0]); one.value = arguments[1]; one.dispatchEvent(new Event('change', { bubbles: true }));`, id, value);
    await settle();
  };

  try {
    for (const name of ['check', 'clean', 'statement', 'hostile', 'many']) {
      await size(1280);
      await scheme('light');
      await logs(logging.Type.BROWSER);
      await logs(logging.Type.PERFORMANCE);
      await driver.get(address(name));
      await settle();
      const said = (await logs(logging.Type.BROWSER)).map((entry) => entry.message);
      expect(said.length === 0, `${name}: the console is silent ${said.slice(0, 3).join(' | ')}`);
      const asked = (await logs(logging.Type.PERFORMANCE))
        .map((entry) => JSON.parse(entry.message).message)
        .filter((message) => message.method === 'Network.requestWillBeSent')
        .map((message) => message.params.request.url)
        // A browser that is started for the first time loads the parts of its own first page.
        .filter((url) => url !== address(name) && !url.endsWith('/favicon.ico') && !url.startsWith('chrome://'));
      expect(asked.length === 0, `${name}: nothing is fetched ${asked.slice(0, 3)}`);
      const foreign = await run(`
        const allowed = new Set(['id','class','lang','charset','http-equiv','content','name','href','rel','role','tabindex','scope','hidden','type','autocomplete','value','for','viewBox','x','y','width','height','disabled','aria-label','aria-labelledby','aria-hidden']);
        const bad = [];
        for (const one of document.querySelectorAll('*')) {
          if (['IMG','IFRAME','OBJECT','EMBED','LINK','BASE','VIDEO','AUDIO','TEMPLATE','MATH','IMAGE','FOREIGNOBJECT','USE'].includes(one.tagName.toUpperCase())) bad.push(one.tagName);
          for (const { name } of one.attributes) if (!allowed.has(name) && !name.startsWith('data-')) bad.push(one.tagName + ' ' + name);
          const href = one.getAttribute('href');
          if (href && !/^(#|https?:\\/\\/)/.test(href)) bad.push(href);
          if (bad.length > 5) break;
        }
        return { bad, scripts: document.scripts.length, styles: document.querySelectorAll('style').length, owned: window.owned ?? null, title: document.title };`);
      expect(foreign.bad.length === 0 && foreign.scripts === 1 && foreign.styles === 1 && foreign.owned === null, `${name}: only its own elements ${JSON.stringify(foreign)}`);
      const loud = await run(`return /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]/.exec(document.documentElement.textContent)?.index ?? -1`);
      expect(loud === -1, `${name}: no character that acts`);
      await shot(`${name}-light`);
      if (name !== 'many') {
        for (const [mode, colours, width] of [['light', 'light', 1280], ['dark', 'dark', 1280], ['narrow', 'light', 320]]) {
          await size(width);
          await scheme(colours);
          await settle();
          await run(axe);
          const found = await driver.executeAsyncScript(`
            const done = arguments[arguments.length - 1];
            axe.run(document, { runOnly: { type: 'tag', values: arguments[0] }, resultTypes: ['violations'] })
              .then((result) => done({ rules: result.passes.length, bad: result.violations.map((one) => one.id + ': ' + one.nodes.length + ' ' + one.nodes[0].html.slice(0, 160) + ' ' + one.nodes[0].failureSummary) }), (error) => done({ rules: 0, bad: [String(error)] }));`, TAGS);
          expect(found.bad.length === 0 && found.rules > 15, `${name}: axe-core, ${mode}: ${found.rules} rules hold ${found.bad.join('\n     ')}`);
          if (width === 320) {
            const wide = await run('return document.documentElement.scrollWidth');
            expect(wide <= 320, `${name}: nothing runs out of 320 pixels (${wide})`);
          }
          await shot(`${name}-${mode}`);
        }
        await size(1280);
        await scheme('light');
      }
    }

    // The keyboard: the first stop leads past the head.
    await driver.get(address('check'));
    await driver.actions().sendKeys(Key.TAB).perform();
    expect((await run('return document.activeElement.className')) === 'skip', 'check: the first tab stop is the skip link');
    await driver.actions().sendKeys(Key.ENTER).perform();
    expect((await run('return document.activeElement.id')) === 'main', 'check: it leads to the report');

    // Filter, search, a link from a clause to its findings.
    const all = await visible();
    await choose('level', 'error');
    const errors = await visible();
    const levels = await run(`return [...document.querySelectorAll('.rule')].filter((one) => one.offsetParent !== null).map((one) => one.dataset.level)`);
    expect(errors > 0 && errors < all && levels.every((level) => level === 'error'), `check: the level filters (${errors} of ${all})`);
    await choose('level', '');
    await type('SNOMED appointment-1');
    const texts = await run(`return [...document.querySelectorAll('.rule')].filter((one) => one.offsetParent !== null).map((one) => one.innerText.toLowerCase())`);
    expect(texts.length > 0 && texts.every((text) => text.includes('snomed') && text.includes('appointment-1')), `check: the search finds what holds all words (${texts.length} rules)`);
    await shot('check-search');
    await type('no such word anywhere');
    expect((await visible()) === 0 && (await run(`return document.getElementById('told').textContent`)).startsWith('None of'), 'check: and says so where nothing does');
    const link = await driver.findElement(By.css('.clauses tbody a[href^="#r"]'));
    const target = (await link.getAttribute('href')).split('#')[1];
    await run('arguments[0].click()', link);
    await settle();
    expect(await run(`const box = document.getElementById(arguments[0]).getBoundingClientRect(); return box.height > 0 && box.top >= -1 && box.top < innerHeight`, target), 'check: a clause leads to its findings, whatever the filter was');
    const clauses = await run(`const form = document.querySelector('form[data-table]'); const one = form.querySelector('[data-by=kind]'); one.value = 'k-bad'; one.dispatchEvent(new Event('change', { bubbles: true })); const rows = [...document.getElementById(form.dataset.table).querySelectorAll('tbody tr')]; return [rows.filter((row) => row.offsetParent !== null).length, rows.filter((row) => row.dataset.kind === 'k-bad').length, rows.length]`);
    expect(clauses[0] === clauses[1] && clauses[0] < clauses[2], `check: the clause table filters (${clauses.join(' of ')})`);

    // Paper.
    for (const name of ['check', 'statement']) {
      await driver.get(address(name));
      const { data } = await cdp('Page.printToPDF', { printBackground: true, paperWidth: 8.27, paperHeight: 11.69 });
      const file = path.join(out, `${name}.pdf`);
      fs.writeFileSync(file, data, 'base64');
      const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
      const pages = text.split('\f').length - 1;
      await cdp('Emulation.setEmulatedMedia', { media: 'print' });
      const bare = await run(`const all = [...document.querySelectorAll('.filter, .pager, header nav')]; return all.length > 0 && all.every((one) => getComputedStyle(one).display === 'none')`);
      await cdp('Emulation.setEmulatedMedia', { media: '' });
      expect(pages > 1 && text.includes('What to do') && text.includes('Findings') && bare, `${name}: prints ${pages} pages with the findings, without the controls`);
      execFileSync('pdftoppm', ['-r', '60', '-png', '-f', '1', '-l', '4', file, path.join(out, `${name}-print`)]);
    }

    // Without script everything is there.
    const shown = all;
    await cdp('Emulation.setScriptExecutionDisabled', { value: true });
    await driver.get(address('check'));
    const { root } = await cdp('DOM.getDocument', { depth: 0 });
    const { nodeIds } = await cdp('DOM.querySelectorAll', { nodeId: root.nodeId, selector: '.rule > ol > li' });
    let drawn = 0;
    for (const nodeId of nodeIds) if (await cdp('DOM.getBoxModel', { nodeId }).then((box) => box.model.height > 0, () => false)) drawn += 1;
    const form = (await cdp('DOM.querySelector', { nodeId: root.nodeId, selector: '#filter' })).nodeId;
    const hasForm = await cdp('DOM.getBoxModel', { nodeId: form }).then(() => true, () => false);
    expect(drawn === nodeIds.length && drawn >= shown && !hasForm, `check: without script all ${drawn} findings are shown, and no control that does nothing`);
    await shot('check-no-script');
    await cdp('Emulation.setScriptExecutionDisabled', { value: false });

    // 25,000 findings.
    const started = Date.now();
    await driver.get(address('many'));
    const loaded = await run(`return performance.getEntriesByType('navigation')[0].domComplete`);
    const total = await run(`return document.querySelectorAll('.rule > ol > li').length`);
    expect(total >= MANY, `many: ${total} findings, ${(fs.statSync(path.join(out, 'many.html')).size / 1e6).toFixed(1)} MB, complete after ${Math.round(loaded)} ms (${Date.now() - started} ms with the driver)`);
    expect(loaded < 10_000 * slack, 'many: loads in less than ten seconds');
    expect((await visible()) <= 50, 'many: a page holds at most 50');
    const time = async (what) => run(`const from = performance.now(); ${what}; document.body.offsetHeight; return performance.now() - from;`);
    const turned = await time(`document.querySelector('.pager [data-to=last]').click()`);
    expect(turned < 1000 * slack && (await run(`return document.querySelector('.page').textContent`)).match(/^Page (\d+) of \1$/), `many: the last page is there after ${Math.round(turned)} ms`);
    const filtered = await time(`const one = document.getElementById('search'); one.value = 'service-7-1234.example'; one.form.dispatchEvent(new Event('change', { bubbles: true }))`);
    expect(filtered < 2000 * slack && (await visible()) === 1, `many: one is found after ${Math.round(filtered)} ms`);
    const again = await time(`const one = document.getElementById('search'); one.value = 'service-8'; one.form.dispatchEvent(new Event('change', { bubbles: true }))`);
    expect(again < 1000 * slack, `many: a second search takes ${Math.round(again)} ms`);
    await shot('many-search');
  } finally {
    await driver.quit();
  }
  if (failures.length > 0) {
    console.log(`\n${failures.length} of these fail.`);
    process.exit(1);
  }
}

const [, , what, ...rest] = process.argv;
if (what === 'trees') trees(...rest);
else await browse(...rest);
