// The packages that functions and rulesets import: Spectral's own, answered natively, and the few modules
// of Node.js that they touch, without the machine behind them.
(({ host, native }) => {
  const natives = new Map();
  const nativeFunction = name => {
    let known = natives.get(name);
    if (known === undefined) {
      known = (target, options, context) => native(name, target, options, context);
      Object.defineProperty(known, 'name', { value: name });
      Object.defineProperty(known, '__native', { value: name });
      natives.set(name, known);
    }
    return known;
  };
  const functions = {};
  for (const name of [
    'alphabetical', 'casing', 'defined', 'enumeration', 'falsy', 'length', 'or', 'pattern', 'schema', 'truthy',
    'undefined', 'unreferencedReusableObject', 'xor',
  ])
    functions[name] = nativeFunction(name);
  const formats = {};
  for (const [name, displayName] of JSON.parse(host.formats())) {
    const format = document => host.fits(name, JSON.stringify(document ?? null));
    Object.defineProperty(format, '__format', { value: name });
    format.displayName = displayName;
    formats[name] = format;
  }
  formats.asyncapi2 = formats.asyncApi2 = formats.aas2;

  class RulesetValidationError extends Error {
    constructor(code, message, path) {
      super(message);
      this.code = code;
      this.path = path;
    }
  }
  // Spectral's wrapper: a value that does not fit `input` is passed over, wrong options are an error.
  const createRulesetFunction = ({ input, errorOnInvalidInput = false, options }, call) => {
    const wrapped = function (target, given, ...rest) {
      if (input !== null && input !== undefined && native('schema', target ?? null, { schema: input }) !== undefined)
        return errorOnInvalidInput ? [{ message: 'invalid input' }] : undefined;
      wrapped.validator(given);
      return call(target, given, ...rest);
    };
    const checked = new WeakSet();
    wrapped.validator = given => {
      if (given !== null && typeof given === 'object' && checked.has(given)) return;
      if (options === null ? given !== null : options !== undefined && native('schema', given, { schema: options, allErrors: true }) !== undefined)
        throw new RulesetValidationError(
          'invalid-function-options',
          options === null
            ? `"${call.name || '<unknown>'}" function does not accept any options`
            : `"functionOptions" of "${call.name || '<unknown>'}" function must be valid`,
          ['functionOptions'],
        );
      if (given !== null && typeof given === 'object') checked.add(given);
    };
    wrapped.schemas = { input, options };
    Object.defineProperty(wrapped, 'name', { value: call.name });
    return wrapped;
  };

  // Spectral's own rulesets as objects that another may change before it extends them.
  const builtIns = {};
  const builtIn = name => {
    if (builtIns[name] === undefined) {
      const made = JSON.parse(host.builtin(name));
      const named = list => list && list.map(one => formats[one]);
      made.formats = named(made.formats);
      for (const rule of Object.values(made.rules)) {
        if (rule.formats) rule.formats = named(rule.formats);
        for (const then of Array.isArray(rule.then) ? rule.then : [rule.then]) then.function = nativeFunction(then.function);
      }
      builtIns[name] = made;
    }
    return builtIns[name];
  };
  const rulesets = {};
  for (const name of ['oas', 'asyncapi', 'arazzo'])
    Object.defineProperty(rulesets, name, { enumerable: true, get: () => builtIn(`spectral:${name}`) });

  const isPlainObject = one => one !== null && typeof one === 'object' && !Array.isArray(one);
  const printValue = one =>
    one === undefined ? 'undefined' : Array.isArray(one) ? 'Array[]' : isPlainObject(one) ? 'Object{}' : JSON.stringify(one);
  const pointerOf = path => `#${path.map(one => `/${encodeURIComponent(String(one).replace(/~/g, '~0').replace(/\//g, '~1'))}`).join('')}`;
  const pathOf = pointer =>
    pointer.replace(/^#?\/?/, '').split('/').map(one => decodeURIComponent(one).replace(/~1/g, '/').replace(/~0/g, '~'));

  const parts = path => path.split('/').filter(one => one !== '' && one !== '.');
  const normalise = path => {
    const found = [];
    for (const one of parts(path)) {
      if (one === '..' && found.length > 0 && found[found.length - 1] !== '..') found.pop();
      else if (one !== '..' || !path.startsWith('/')) found.push(one);
    }
    return (path.startsWith('/') ? '/' : '') + found.join('/') || '.';
  };
  const extname = path => /[^/](\.[^./]*)$/.exec(path)?.[1] ?? '';
  const paths = {
    sep: '/',
    delimiter: ':',
    normalize: normalise,
    join: (...given) => normalise(given.filter(Boolean).join('/')),
    resolve: (...given) => normalise(given.reduce((all, one) => (one.startsWith('/') ? one : `${all}/${one}`), '/')),
    dirname: path => path.replace(/\/+[^/]*\/*$/, '') || (path.startsWith('/') ? '/' : '.'),
    basename: (path, ending = '') => {
      const last = path.replace(/\/+$/, '').replace(/^.*\//, '');
      return ending !== '' && last.endsWith(ending) ? last.slice(0, -ending.length) : last;
    },
    extname,
    isAbsolute: path => path.startsWith('/'),
    relative: (_, to) => to,
    parse: path => ({ base: path.replace(/^.*\//, ''), ext: extname(path), name: path.replace(/^.*\//, '').slice(0, -extname(path).length || undefined) }),
  };
  paths.posix = paths;
  const nothing = what =>
    new Proxy({}, {
      get: (_, name) => {
        if (typeof name === 'symbol' || name === 'default' || name === '__esModule' || name === 'then') return undefined;
        return () => {
          throw new Error(`${what} is not to be had here (${name})`);
        };
      },
      ownKeys: () => [],
    });
  const inspect = one => {
    try {
      return typeof one === 'string' ? one : JSON.stringify(one);
    } catch {
      return String(one);
    }
  };
  const format = (first, ...rest) => [first, ...rest].map(inspect).join(' ');
  const stubs = {
    '@stoplight/spectral-functions': functions,
    '@stoplight/spectral-formats': formats,
    '@stoplight/spectral-core': { createRulesetFunction, RulesetValidationError },
    '@stoplight/spectral-rulesets': rulesets,
    '@stoplight/types': {
      DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3, 0: 'Error', 1: 'Warning', 2: 'Information', 3: 'Hint' },
    },
    '@stoplight/spectral-runtime': { printValue },
    '@stoplight/json': {
      isPlainObject,
      pathToPointer: pointerOf,
      pointerToPath: pathOf,
      decodePointer: one => decodeURIComponent(one).replace(/~1/g, '/').replace(/~0/g, '~'),
      encodePointerFragment: one => String(one).replace(/~/g, '~0').replace(/\//g, '~1'),
      hasRef: one => isPlainObject(one) && typeof one.$ref === 'string',
      isLocalRef: one => one.startsWith('#'),
    },
    path: paths,
    util: {
      inspect,
      format,
      inherits: (made, from) => Object.setPrototypeOf(made.prototype, from.prototype),
      isDeepStrictEqual: (a, b) => JSON.stringify(a) === JSON.stringify(b),
      promisify: call => (...given) => new Promise((good, bad) => call(...given, (error, found) => (error ? bad(error) : good(found)))),
      types: {},
    },
    os: { EOL: '\n', platform: () => 'linux', release: () => '', homedir: () => '/', tmpdir: () => '/' },
    tty: { isatty: () => false },
    events: class EventEmitter { on() { return this; } once() { return this; } emit() { return false; } },
    assert: Object.assign((holds, message) => { if (!holds) throw new Error(message ?? 'assertion failed'); }, {
      ok: (holds, message) => { if (!holds) throw new Error(message ?? 'assertion failed'); },
    }),
    url: {
      URL: globalThis.URL,
      // The older interface of Node.js, of which only these members are used by anybody.
      parse: text => (globalThis.URL.canParse(text) ? new globalThis.URL(text) : { href: text, host: null, hostname: null, pathname: text, protocol: null }),
    },
    fs: nothing('The file system'),
    child_process: nothing('Other processes'),
    http: nothing('The network'),
    https: nothing('The network'),
    net: nothing('The network'),
    crypto: nothing('Cryptography'),
    worker_threads: nothing('Threads'),
  };
  globalThis.__stub = name => {
    const bare = name.startsWith('node:') ? name.slice(5) : name;
    if (Object.prototype.hasOwnProperty.call(stubs, bare)) return stubs[bare];
    // Single functions of Spectral's packages, by their files.
    const inside = /^@stoplight\/spectral-(?:functions|rulesets)\/dist\/(?:.*\/)?(\w+)(?:\.js)?$/.exec(name);
    if (inside === null) return undefined;
    if (inside[1] === 'functions' || inside[1] === 'index') return functions;
    const found = nativeFunction(inside[1]);
    return { [inside[1]]: found, default: found };
  };

  const modules = new Map();
  const load = (from, name) => {
    const stub = globalThis.__stub(name);
    if (stub !== undefined) return stub;
    const { path, text, module: isModule } = JSON.parse(host.read(from, name));
    const known = modules.get(path);
    if (known) return known.exports;
    const module = { exports: {}, id: path, filename: path, children: [], loaded: false };
    modules.set(path, module);
    try {
      run(module, path, text, isModule);
    } catch (error) {
      modules.delete(path);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  };
  const run = (module, path, text, isModule) => {
    if (path.endsWith('.json')) module.exports = JSON.parse(text);
    else if (isModule) module.exports = host.import(path);
    else {
      const require = inner => load(path, inner);
      require.resolve = inner => JSON.parse(host.read(path, inner)).path;
      require.cache = {};
      const wrapped = new Function('module', 'exports', 'require', '__filename', '__dirname', text);
      wrapped.call(module.exports, module, module.exports, require, path, paths.dirname(path));
    }
  };
  globalThis.__require = load;
})
