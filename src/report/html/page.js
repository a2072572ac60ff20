// Filters and pages. Everything is in the page already; this only decides what is shown, by classes:
// "out" does not fit the filter, "off" stands on another page (and is printed all the same).
// It stands in the head: a long list is kept out of the layout until it is known what to show of it.
document.documentElement.classList.add('busy');
document.addEventListener('DOMContentLoaded', () => {
  'use strict';
  const ready = () => document.documentElement.classList.replace('busy', 'ready');
  const PAGE = 50;
  const all = (query, from = document) => [...from.querySelectorAll(query)];
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (text, wanted) => wanted.every((word) => text.includes(word));
  // Typing quickly filters once.
  const settled = (run) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(run, 120); };
  };

  for (const form of all('form[data-table]')) {
    const rows = all('tbody tr', document.getElementById(form.dataset.table));
    const controls = all('[data-by]', form);
    const apply = () => {
      let shown = 0;
      for (const row of rows) {
        const fits = controls.every((control) => control.dataset.by === 'text'
          ? holds(row.textContent.toLowerCase(), words(control.value))
          : control.value === '' || row.dataset[control.dataset.by] === control.value);
        row.classList.toggle('out', !fits);
        shown += fits ? 1 : 0;
      }
      form.querySelector('.told').textContent = `${shown} of ${rows.length} clauses shown.`;
    };
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('change', apply);
    form.addEventListener('input', settled(apply));
    form.hidden = false;
    apply();
  }

  const form = document.getElementById('filter');
  if (!form) return ready();
  const groups = all('.rule').map((section) => ({
    section,
    head: section.querySelector('h3').parentElement,
    text: null,
    items: all(':scope > ol > li', section).map((item) => ({ item, text: null })),
  }));
  const total = groups.reduce((sum, group) => sum + group.items.length, 0);
  const [search, level, pack, state] = ['search', 'level', 'pack', 'state'].map((id) => document.getElementById(id));
  const told = document.getElementById('told');
  const pagers = all('.pager');
  let fitting = [];
  let page = 0;

  const heading = (group) => {
    group.text ??= all(':scope > h3, :scope > p', group.section).map((part) => part.textContent).join(' ').toLowerCase();
    return group.text;
  };
  const own = (entry) => (entry.text ??= entry.item.textContent.toLowerCase());

  const turn = () => {
    const pages = Math.max(1, Math.ceil(fitting.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    const [from, to] = [page * PAGE, (page + 1) * PAGE];
    const busy = new Set();
    fitting.forEach(([group, entry], at) => {
      const here = at >= from && at < to;
      if (here) busy.add(group);
      entry.item.classList.toggle('off', !here);
    });
    for (const group of groups) group.section.classList.toggle('off', !busy.has(group));
    const last = Math.min(to, fitting.length);
    told.textContent = fitting.length === 0
      ? `None of ${total} findings fits.`
      : `${fitting.length} of ${total} findings fit; ${from + 1} to ${last} are shown.`;
    for (const pager of pagers) {
      pager.hidden = pages === 1;
      pager.querySelector('.page').textContent = `Page ${page + 1} of ${pages}`;
      for (const button of all('button', pager)) {
        button.disabled = ['first', 'previous'].includes(button.dataset.to) ? page === 0 : page === pages - 1;
      }
    }
  };

  const filter = () => {
    const wanted = words(search.value);
    fitting = [];
    for (const group of groups) {
      const data = group.section.dataset;
      const may = (level.value === '' || data.level === level.value)
        && (pack.value === '' || data.pack === pack.value)
        && (state.value === '' || data.state === state.value);
      let fits = 0;
      for (const entry of group.items) {
        const shown = may && (wanted.length === 0 || wanted.every((word) => heading(group).includes(word) || own(entry).includes(word)));
        entry.item.classList.toggle('out', !shown);
        if (shown) {
          fits += 1;
          fitting.push([group, entry]);
        }
      }
      group.section.classList.toggle('out', fits === 0);
    }
    page = 0;
    turn();
  };

  // A link to a rule leads to the page that its first finding stands on.
  const follow = () => {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    const section = target && target.closest('.rule');
    if (!section) return;
    const find = () => fitting.findIndex(([group, entry]) => group.section === section && (target === section || entry.item === target));
    if (find() < 0) {
      for (const control of [search, level, pack, state]) control.value = '';
      filter();
    }
    page = Math.floor(Math.max(find(), 0) / PAGE);
    turn();
    target.scrollIntoView();
  };

  for (const pager of pagers) {
    pager.addEventListener('click', (event) => {
      const to = event.target.dataset.to;
      if (!to) return;
      page = { first: 0, previous: page - 1, next: page + 1, last: Infinity }[to];
      turn();
      document.getElementById('findings').scrollIntoView();
    });
  }
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', filter);
  form.addEventListener('input', settled(filter));
  window.addEventListener('hashchange', follow);
  if (groups.some((group) => group.section.dataset.state === 'open')) state.value = 'open';
  form.hidden = false;
  filter();
  ready();
  follow();
});
