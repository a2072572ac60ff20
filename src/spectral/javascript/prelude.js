// What a function of a ruleset finds around it: JavaScript without files, network, process or clock, and
// values of the judged document that are made when they are looked at. What it imports is in packages.js.
(() => {
  const host = globalThis.__host;
  delete globalThis.__host;
  const hidden = (owner, name, value) =>
    Object.defineProperty(owner, name, { value, enumerable: false, configurable: true, writable: true });

  // The same input gives the same output: no clock, and numbers that only look random. Modules that look
  // at the clock while they load are told the start of 1970; a function that asks for it is stopped.
  let calling = false;
  const noClock = () => {
    if (calling) throw new Error('no clock is to be had: the same document gets the same answer on every day');
    return 0;
  };
  const OwnDate = globalThis.Date;
  class TimelessDate extends OwnDate {
    constructor(...given) {
      super(...(given.length === 0 ? [noClock()] : given));
    }
    static now() {
      return noClock();
    }
  }
  hidden(TimelessDate, 'name', 'Date');
  globalThis.Date = TimelessDate;
  let seed = 1;
  Math.random = () => {
    seed = (seed * 48271) % 2147483647;
    return (seed - 1) / 2147483646;
  };

  const noop = () => {};
  const quiet = {};
  for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'group', 'groupEnd', 'table', 'time', 'timeEnd'])
    quiet[name] = noop;
  globalThis.console = quiet;
  globalThis.global = globalThis;
  globalThis.process = {
    env: {},
    argv: [],
    platform: 'linux',
    version: 'v20.0.0',
    versions: {},
    stdout: { isTTY: false, write: noop },
    stderr: { isTTY: false, write: noop },
    cwd: () => '/',
    emitWarning: noop,
    nextTick: (call, ...given) => Promise.resolve().then(() => call(...given)),
    on: noop,
  };
  globalThis.structuredClone ??= value => {
    const made = new Map();
    const copy = one => {
      if (one === null || typeof one !== 'object') return one;
      if (made.has(one)) return made.get(one);
      const other = Array.isArray(one) ? [] : {};
      made.set(one, other);
      for (const key of Object.keys(one)) other[key] = copy(one[key]);
      return other;
    };
    return copy(value);
  };

  // Texts are compared as Spectral's runtime compares them, not by their code units.
  hidden(String.prototype, 'localeCompare', function localeCompare(other, _, options) {
    return host.compare(String(this), String(other), Boolean(options && options.numeric));
  });

  globalThis.URL ??= class URL {
    constructor(given, base) {
      const found = host.url(String(given), base === undefined ? '' : String(base));
      if (found === '') throw new TypeError(`Invalid URL: ${given}`);
      Object.assign(this, JSON.parse(found));
    }
    static canParse(given, base) {
      return host.url(String(given), base === undefined ? '' : String(base)) !== '';
    }
    toString() {
      return this.href;
    }
    toJSON() {
      return this.href;
    }
  };

  // Objects and arrays of the document, each made once and never changed, as Spectral's are.
  let cache = new Map();
  let origin = new WeakMap();
  const value = (view, part) => (part !== null && typeof part === 'object' ? node(view, part.$) : part);
  const node = (view, id) => {
    const key = view + id;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const { array, members } = JSON.parse(host.expand(view, id));
    const made = array ? [] : {};
    for (const [name, part] of members) {
      if (part !== null && typeof part === 'object') {
        const inner = part.$;
        Object.defineProperty(made, name, { enumerable: true, get: () => node(view, inner) });
      } else {
        Object.defineProperty(made, name, { enumerable: true, value: part });
      }
    }
    Object.freeze(made);
    cache.set(key, made);
    origin.set(made, { view, id });
    return made;
  };

  // What the native functions are given: a node of the document by its name, anything else as a copy.
  const handed = target => {
    if (target === undefined) return '';
    const from = target !== null && typeof target === 'object' ? origin.get(target) : undefined;
    return from === undefined ? JSON.stringify(target) : `@${from.view}${from.id}`;
  };
  const optionsOf = options =>
    JSON.stringify(options ?? null, (_, one) => (one instanceof RegExp ? String(one) : one));
  const native = (name, target, options, context) => {
    const path = context && context.path ? JSON.stringify(Array.from(context.path, String)) : '[]';
    const found = JSON.parse(host.native(name, handed(target), optionsOf(options), path));
    if (found.error !== undefined) throw new TypeError(found.error);
    return found.length === 0 ? undefined : found;
  };

  const documents = new Map();
  const documentOf = (view, index) => {
    const known = documents.get(index);
    if (known !== undefined) return known;
    const { source, root } = JSON.parse(host.document(index));
    const made = {
      source,
      get data() {
        return value('u', root);
      },
      formats: null,
      diagnostics: [],
      parserResult: {
        get data() {
          return value('u', root);
        },
        comments: {},
        diagnostics: [],
      },
      trapAccess: one => one,
      getRangeForJsonPath: (path, closest) =>
        JSON.parse(host.range(index, JSON.stringify(Array.from(path, String)), closest === true)) ?? undefined,
    };
    documents.set(index, made);
    return made;
  };

  let around;
  // A new document or rule: everything that functions are told beside the value.
  globalThis.__enter = info => {
    const { view, rule, formats, source, roots, count, named, fresh } = JSON.parse(info);
    if (fresh) {
      cache = new Map();
      origin = new WeakMap();
      documents.clear();
    }
    const known = formats === null ? null : new Set(formats.map(name => globalThis.__stub('@stoplight/spectral-formats')[name]));
    const document = documentOf('u', 0);
    document.formats = known;
    const inventory = {
      document,
      source,
      formats: known,
      errors: [],
      diagnostics: [],
      get resolved() {
        return value('r', roots.r);
      },
      get unresolved() {
        return value('u', roots.u);
      },
      get referencedDocuments() {
        const found = {};
        for (let index = 1; index < count; index++) {
          const other = documentOf('u', index);
          found[other.source] = other;
        }
        return found;
      },
      graph: {
        overallOrder: () => [...named],
        hasNode: name => named.includes(name),
        size: () => named.length,
        getNodeData: name => inventory.graph.nodes[name],
        get nodes() {
          const found = {};
          for (const name of named) found[name] = { refMap: {} };
          for (let index = 0; index < count; index++) {
            const other = documentOf('u', index);
            found[other.source] = { refMap: JSON.parse(host.references(index)) };
          }
          return found;
        },
      },
      findAssociatedItemForPath: (path, resolved) => {
        const found = JSON.parse(host.associate(JSON.stringify(Array.from(path, String)), resolved === true));
        return found === null ? null : { ...found, document: documentOf('u', found.document) };
      },
    };
    around = { view, rule: { ...rule, owner: {}, extensions: null }, document, documentInventory: inventory };
  };

  const functions = new Map();
  const optionCache = new Map();
  const optionsFrom = text => {
    if (text === '') return null;
    let known = optionCache.get(text);
    if (known === undefined) optionCache.set(text, (known = JSON.parse(text)));
    return known;
  };
  const pack = found =>
    found === undefined || found === null
      ? '[]'
      : JSON.stringify(
          Array.from(found, one => ({
            message: String(one.message),
            path: one.path === undefined || one.path === null ? null : Array.from(one.path, String),
          })),
        );
  // Calls a function. The way to the value is told only where a function asks for it: the first that
  // does is stopped, and called again with it.
  globalThis.__run = (key, part, options, path) => {
    const { view, rule, document, documentInventory } = around;
    let asked = false;
    let way;
    const context = {
      rule,
      document,
      documentInventory,
      get path() {
        if (path === undefined) {
          asked = true;
          throw new Error('the way is not known yet');
        }
        return (way ??= JSON.parse(path));
      },
    };
    const target = part === '' ? undefined : value(view, JSON.parse(part));
    let result;
    calling = true;
    try {
      result = functions.get(key)(target, optionsFrom(options), context);
    } catch (error) {
      if (asked) return '?';
      throw error;
    } finally {
      calling = false;
    }
    if (asked) return '?';
    if (result && typeof result.then === 'function') {
      return result.then(
        found => (asked ? '?' : pack(found)),
        error => {
          if (asked) return '?';
          throw error;
        },
      );
    }
    return pack(result);
  };

  const pick = exported => {
    let found = exported;
    for (let depth = 0; depth < 3 && found && typeof found !== 'function' && found.default !== undefined; depth++)
      found = found.default;
    return found;
  };
  globalThis.__keep = (key, exported) => {
    const found = pick(exported);
    if (typeof found !== 'function') throw new TypeError('the file exports no function');
    functions.set(key, found);
  };
  // A ruleset as data; its own functions by number.
  globalThis.__ruleset = (key, exported) => {
    let count = 0;
    return JSON.stringify(pick(exported), (_, part) => {
      if (part instanceof RegExp) return String(part);
      if (typeof part !== 'function') return part;
      if (part.__format) return part.__format;
      if (part.__native) return part.__native;
      functions.set(`${key}#${count}`, part);
      return { __js: count++ };
    });
  };
  return { host, native };
})();
