// What a function of a ruleset finds around it: values of the judged document made when they are looked
// at, the packages of Spectral that functions import, and nothing of the machine.
(() => {
  const { read, expand, native } = globalThis.__host;
  delete globalThis.__host;
  const noop = () => {};
  globalThis.console = { log: noop, info: noop, warn: noop, error: noop, debug: noop, trace: noop };
  globalThis.process = { env: {}, cwd: () => '/', platform: 'none', argv: [] };
  delete globalThis.Date;

  // Objects and arrays of the document, each made once.
  let cache = new Map();
  const value = (view, part) => (part !== null && typeof part === 'object' ? node(view, part.$) : part);
  const node = (view, id) => {
    const key = view + id;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const { array, members } = JSON.parse(expand(view, id));
    const made = array ? [] : {};
    cache.set(key, made);
    for (const [name, part] of members) {
      if (part !== null && typeof part === 'object') {
        Object.defineProperty(made, name, {
          enumerable: true,
          configurable: true,
          get() {
            const inner = node(view, part.$);
            Object.defineProperty(made, name, { value: inner, enumerable: true, configurable: true, writable: true });
            return inner;
          },
          set(other) {
            Object.defineProperty(made, name, { value: other, enumerable: true, configurable: true, writable: true });
          },
        });
      } else {
        Object.defineProperty(made, name, { value: part, enumerable: true, configurable: true, writable: true });
      }
    }
    return made;
  };

  const plain = name => {
    const call = (target, options, context) => {
      const text = target === undefined ? '' : JSON.stringify(target);
      const path = context && context.path ? JSON.stringify(context.path.map(String)) : '[]';
      const found = JSON.parse(native(name, text, JSON.stringify(options ?? null), path));
      return found.length === 0 ? undefined : found;
    };
    Object.defineProperty(call, 'name', { value: name });
    call.__native = name;
    return call;
  };
  const functions = {};
  for (const name of ['alphabetical', 'casing', 'defined', 'enumeration', 'falsy', 'length', 'or', 'pattern', 'schema',
    'truthy', 'undefined', 'unreferencedReusableObject', 'xor']) functions[name] = plain(name);
  const formats = {};
  for (const name of JSON.parse(globalThis.__formats)) formats[name] = Object.assign(() => false, { __format: name });
  formats.asyncapi2 = formats.asyncApi2 = formats.aas2;
  const createRulesetFunction = (_, call) => call;
  const stubs = {
    '@stoplight/spectral-functions': functions,
    '@stoplight/spectral-formats': formats,
    '@stoplight/spectral-core': { createRulesetFunction, createRule: noop },
    '@stoplight/spectral-rulesets': {
      oas: { __builtin: 'spectral:oas' },
      asyncapi: { __builtin: 'spectral:asyncapi' },
      arazzo: { __builtin: 'spectral:arazzo' },
    },
    '@stoplight/types': { DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 } },
    '@stoplight/spectral-runtime': { printValue: v => (v === undefined ? 'undefined' : Array.isArray(v) ? 'Array[]' : v !== null && typeof v === 'object' ? 'Object{}' : JSON.stringify(v)) },
    '@stoplight/json': { isPlainObject: v => v !== null && typeof v === 'object' && !Array.isArray(v) },
  };
  globalThis.__stub = name => stubs[name];

  const modules = new Map();
  const load = (from, name) => {
    if (stubs[name]) return stubs[name];
    const { path, text } = JSON.parse(read(from, name));
    const known = modules.get(path);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(path, module);
    if (path.endsWith('.json')) module.exports = JSON.parse(text);
    else new Function('module', 'exports', 'require', text)(module, module.exports, inner => load(path, inner));
    return module.exports;
  };
  globalThis.__require = load;

  const known = new Map();
  const pick = exported => {
    let found = exported;
    for (let i = 0; i < 3 && found && typeof found !== 'function' && found.default !== undefined; i++) found = found.default;
    return found;
  };
  globalThis.__keep = (key, exported) => {
    const found = pick(exported);
    if (typeof found !== 'function') throw new TypeError('the file exports no function');
    known.set(key, found);
  };

  // A ruleset as data; its own functions by number.
  globalThis.__ruleset = (key, exported) => {
    let count = 0;
    return JSON.stringify(pick(exported), (_, part) => {
      if (part instanceof RegExp) return String(part);
      if (part && part.__builtin) return part.__builtin;
      if (typeof part !== 'function') return part;
      if (part.__format) return part.__format;
      if (part.__native) return part.__native;
      known.set(`${key}#${count}`, part);
      return { __js: count++ };
    });
  };

  const pack = found => JSON.stringify(
    found === undefined || found === null ? [] : Array.from(found, one => ({
      message: String(one.message),
      path: one.path === undefined ? null : Array.from(one.path, String),
    })),
  );
  globalThis.__forget = () => { cache = new Map(); };
  globalThis.__run = (key, part, options, info) => {
    const { path, view, rule, formats: found, source, roots } = JSON.parse(info);
    const inventory = {
      get resolved() { return value('r', roots.r); },
      get unresolved() { return value('u', roots.u); },
      get document() { return document; },
      source,
      formats: new Set(found.map(name => formats[name])),
      graph: null,
      referencedDocuments: {},
      findAssociatedItemForPath: way => ({ document, path: way, missingPropertyPath: way }),
    };
    const document = {
      get data() { return value('u', roots.u); },
      formats: inventory.formats,
      source,
      getRangeForJsonPath: () => ({ start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }),
      trapAccess: one => one,
    };
    const context = { path, rule, document, documentInventory: inventory };
    const target = part === '' ? undefined : value(view, JSON.parse(part));
    const result = known.get(key)(target, options === '' ? null : JSON.parse(options), context);
    return result && typeof result.then === 'function' ? result.then(pack) : pack(result);
  };
})();
