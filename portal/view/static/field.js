// A visit on a phone, with or without a signal: the page. What is on the phone
// lies encrypted in field-box.js; how it comes in is told in field-post.js. The
// page needs these scripts, and says so without them.
(function () {
  'use strict';
  const root = document.getElementById('phone');
  if (!root) return;
  const IDLE = 10 * 60 * 1000, SIDE = 2048, THUMB = 96;
  const one = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const words = {};
  all('[data-word]').forEach(li => { words[li.getAttribute('data-word')] = li.textContent; });
  const say = (name, values) => Object.keys(values || {}).reduce((text, key) => text.split('{' + key + '}').join(values[key]), words[name] || name);
  const many = (name, n) => say(n === 1 ? name + '_one' : name, { n: n });
  const clone = id => document.getElementById(id).content.cloneNode(true);
  const shell = one('[data-shell]'), lang = document.documentElement.lang;
  const door = one('[data-door]', root), desk = one('[data-work]', root);
  const post = window.fieldPost(root, say);

  // box is the copy that is open; null when all are locked.
  let box = null;

  // ---- what is told ----
  function tell(where, text) {
    const line = one('[data-' + where + ']', root);
    line.textContent = text || '';
    line.hidden = !text;
    if (text) line.scrollIntoView({ block: 'nearest' });
  }
  function good(text) { tell('bad', ''); tell('good', text); }
  function bad(text) { tell('good', ''); tell('bad', text); }
  const failed = () => bad(say('failed'));
  const moment = ms => new Date(ms).toLocaleString(lang, { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' });
  const today = () => new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10);
  function uuid() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = b[6] & 15 | 64;
    b[8] = b[8] & 63 | 128;
    const hex = Array.from(b, x => x.toString(16).padStart(2, '0')).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
  function button(text, act) {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = text;
    b.addEventListener('click', act);
    return b;
  }
  // sure wants a second tap, and says why: a dialogue of the browser can be
  // switched off.
  function sure(thing, why) {
    if (thing.getAttribute('data-sure') === why) return true;
    thing.setAttribute('data-sure', why);
    bad(why);
    return false;
  }

  // ---- the door: what is on this phone ----
  async function showDoor() {
    box = null;
    desk.hidden = true;
    desk.textContent = '';
    const list = one('[data-copies]', door), found = await window.fieldBox.copies();
    list.textContent = '';
    found.all.forEach(copy => list.appendChild(copyLine(copy)));
    if (found.old) bad(say('wiped_days'));
    door.hidden = !found.all.length;
    const nothing = one('[data-nothing]'), visits = one('[data-visits]');
    if (nothing) nothing.hidden = !door.hidden;
    if (visits) visits.hidden = false;
  }
  function copyLine(copy) {
    const line = clone('t-copy'), form = one('[data-open]', line), erase = one('[data-delete]', line);
    one('[data-when]', line).textContent = say('taken', { at: moment(copy.taken) });
    one('[data-left]', line).textContent = many('days', copy.left);
    one('[data-holds]', line).textContent = copy.holds > 0 ? many('some', copy.holds) : say('none');
    form.addEventListener('submit', async e => {
      e.preventDefault();
      const pass = one('[name=pass]', form), go = one('button.main', form);
      go.disabled = true;
      try {
        box = await window.fieldBox.unlock(copy.id, pass.value);
        good('');
        showWork();
      } catch (err) {
        pass.value = '';
        if (err.left > 0) bad(say('wrong') + ' ' + many('tries', err.left));
        else if (err.left === 0) { await showDoor(); bad(say('wiped_tries')); }
        else failed();
      }
      go.disabled = false;
    });
    erase.addEventListener('click', () => remove(copy.id, copy.holds, erase));
    return line;
  }
  async function remove(copy, n, thing) {
    if (!sure(thing, n ? many('delete_sure', n) : say('delete_sure_none'))) return;
    await window.fieldBox.forget(copy);
    await showDoor();
    good(say('deleted'));
  }

  // ---- taking along ----
  all('[data-take]').forEach(take => take.addEventListener('click', () => {
    if (!window.fieldBox.possible()) { bad(say('insecure')); return; }
    all('[data-pass]').forEach(form => form.remove());
    const piece = clone('t-pass'), form = one('form', piece), pass = one('[name=pass]', form), go = one('button.main', form);
    take.closest('li').appendChild(piece);
    pass.focus();
    one('[data-back]', form).addEventListener('click', () => form.remove());
    form.addEventListener('submit', async e => {
      e.preventDefault();
      if (pass.value.length < 8) { bad(say('short')); return; }
      if (pass.value !== one('[name=again]', form).value) { bad(say('differ')); return; }
      go.disabled = true;
      try {
        const ready = await worker();
        box = await window.fieldBox.pack(pass.value, await post.take(take.getAttribute('data-take')));
        form.remove();
        showWork();
        good(say(ready ? 'kept' : 'no_worker'));
      } catch (err) {
        bad(err.said || say('failed'));
        offerDoor(err);
        go.disabled = false;
      }
    });
  }));
  // worker has the shell kept, and reports whether it will open without a signal.
  async function worker() {
    if (!navigator.serviceWorker) return false;
    try {
      await navigator.serviceWorker.register(root.getAttribute('data-worker'), { scope: '/console/field' });
      await Promise.race([navigator.serviceWorker.ready, new Promise((_, no) => setTimeout(no, 20000))]);
      return true;
    } catch (e) {
      return false;
    }
  }

  // ---- the visit ----
  function showWork() {
    [door, one('[data-visits]'), one('[data-nothing]')].forEach(part => { if (part) part.hidden = true; });
    desk.textContent = '';
    waiters = [];
    desk.appendChild(clone('t-work'));
    desk.hidden = false;
    const bag = box.bag, erase = one('[data-panel=queue] [data-delete]', desk);
    one('[data-number]', desk).textContent = bag.number;
    one('[data-target]', desk).textContent = bag.target;
    one('[data-about]', desk).textContent = [bag.kind, bag.days, bag.team.join(' ')].join(' · ');
    all('[data-tab]', desk).forEach(tab => tab.addEventListener('click', () => show(tab.getAttribute('data-tab'))));
    one('[data-lock]', desk).addEventListener('click', lock);
    one('[data-sync]', desk).addEventListener('click', sync);
    erase.addEventListener('click', () => remove(box.copy, box.entries.length, erase));
    checklist();
    activities();
    exchange();
    show(box.sketch ? 'activities' : 'checklist');
    count();
  }
  function show(name) {
    all('[data-tab]', desk).forEach(tab => tab.setAttribute('aria-pressed', String(tab.getAttribute('data-tab') === name)));
    all('[data-panel]', desk).forEach(panel => { panel.hidden = panel.getAttribute('data-panel') !== name; });
    if (name === 'queue') queue();
    if (name === 'activities') listActivities();
  }
  function count() {
    if (!box || desk.hidden) return;
    const n = box.entries.length;
    one('[data-waiting]', desk).textContent = n;
    one('[data-panel=queue] [data-left]', desk).textContent = n ? many('waits', n) : say('nothing');
  }
  async function lock() {
    await settled();
    post.lock();
    await showDoor();
    good(say('locked'));
  }
  let idle;
  ['pointerdown', 'keydown', 'visibilitychange'].forEach(kind => document.addEventListener(kind, () => {
    clearTimeout(idle);
    idle = setTimeout(() => { if (box && !syncing) lock(); }, IDLE);
  }));

  // later waits for a pause in typing, and never runs twice at once; settled does
  // at once what still waits.
  let waiters = [];
  function later(work) {
    let timer = 0, running = Promise.resolve();
    const now = () => {
      timer = 0;
      running = running.then(work).catch(failed);
    };
    waiters.push(() => {
      if (timer) { clearTimeout(timer); now(); }
      return running;
    });
    return () => {
      clearTimeout(timer);
      timer = setTimeout(now, 300);
    };
  }
  const settled = () => Promise.all(waiters.map(settle => settle()));
  window.addEventListener('pagehide', settled);

  // write keeps an entry that is written over again and again. Once it may have
  // come in, the next is another edition of it.
  async function write(was, kind, title, fields) {
    const name = was ? was.id : uuid();
    await box.edit(name, now => {
      const before = now || was;
      const edition = before ? before.edition + (before.sent || !now ? 1 : 0) : 1;
      return { id: name, kind: kind, title: title, at: before ? before.at : Date.now(), edition: edition, fields: fields };
    });
    count();
  }

  // ---- checklist ----
  function checklist() {
    const panel = one('[data-panel=checklist]', desk);
    let article = null;
    box.bag.questions.forEach(q => {
      if (q.article !== article) {
        article = q.article;
        panel.appendChild(document.createElement('h3')).textContent = article;
      }
      panel.appendChild(question(q));
    });
    if (!box.bag.questions.length) panel.textContent = say('no_questions');
  }
  function question(q) {
    const piece = clone('t-question'), field = one('fieldset', piece), note = one('textarea', field);
    const entry = () => box.find('answer', e => e.fields.question === q.id), stands = entry() ? entry().fields : q;
    field.id = 'q-' + q.id;
    one('legend', field).textContent = q.words;
    one('[data-by]', field).textContent = q.by || '';
    all('input', field).forEach(input => {
      input.name = 'answer-' + q.id;
      input.checked = input.value === stands.answer;
    });
    note.value = stands.note;
    const keep = later(async () => {
      const picked = one('input:checked', field), was = entry();
      await write(was, 'answer', q.words, { question: q.id, version: was ? was.fields.version : q.version, answer: picked ? picked.value : '', note: note.value.trim() });
      one('[data-saved]', field).textContent = say('saved_at', { at: moment(Date.now()) });
    });
    field.addEventListener('change', keep);
    note.addEventListener('input', keep);
    return piece;
  }

  // ---- activities and photos ----
  const valuesOf = form => all('input:not([type=file]), select, textarea', form).reduce((values, field) => {
    if (field.type !== 'radio' || field.checked) values[field.name] = field.value.trim();
    return values;
  }, {});
  let listActivities = () => {};
  // An activity that is being written is kept as a sketch with its photos: phones
  // close the browser when the camera wants the room.
  function activities() {
    const panel = one('[data-panel=activities]', desk);
    panel.appendChild(clone('t-activity'));
    const form = one('[data-activity]', panel), photos = one('[name=photos]', form), clear = one('[data-clear]', form), wrong = one('[data-wrong]', form);
    let id = '', stored = false;
    function fill(sketch) {
      id = sketch ? sketch.id : uuid();
      stored = !!box.find('activity', e => e.id === id);
      form.reset();
      one('[name=on]', form).value = today();
      Object.keys(sketch ? sketch.fields : {}).forEach(name => { one('[name=' + name + ']', form).value = sketch.fields[name]; });
      wrong.hidden = true;
      clear.hidden = !sketch;
      clear.removeAttribute('data-sure');
      return thumbs();
    }
    async function thumbs() {
      const line = one('[data-thumbs]', form);
      line.textContent = '';
      for (const entry of box.photosOf(id)) line.appendChild(await thumb(entry));
    }
    async function thumb(entry) {
      const figure = document.createElement('figure'), picture = await createImageBitmap(await box.picture(entry));
      const scale = THUMB / Math.max(picture.width, picture.height);
      figure.appendChild(drawn(picture, scale));
      const off = button(say('remove'), async () => {
        if (!sure(off, say('photo_sure'))) return;
        await box.drop(entry);
        good('');
        count();
        await thumbs();
      });
      figure.appendChild(off);
      return figure;
    }
    const sketch = async () => {
      await box.keepSketch({ id: id, fields: valuesOf(form) });
      clear.hidden = false;
    };
    const keep = later(sketch);
    all('input:not([type=file]), select, textarea', form).forEach(field => field.addEventListener('input', keep));
    photos.addEventListener('change', async () => {
      const files = Array.from(photos.files);
      await sketch();
      for (const file of files) {
        let picture;
        try { picture = await reduced(file); } catch (e) { bad(say('photo_bad', { name: file.name })); continue; }
        await box.keep({ id: uuid(), kind: 'photo', activity: id, at: Date.now(), edition: 1, fields: {} }, picture).catch(failed);
      }
      photos.value = '';
      count();
      await thumbs();
    });
    form.addEventListener('submit', async e => {
      e.preventDefault();
      await settled();
      const values = valuesOf(form);
      wrong.hidden = !!(values.method && values.on && values.place.length >= 2 && values.found.length >= 4);
      if (!wrong.hidden) { wrong.textContent = say('activity_missing'); return; }
      const was = box.find('activity', e => e.id === id);
      // What was changed while it went out is a further record.
      if (stored && (!was || was.sent)) id = uuid();
      try {
        await box.keep({ id: id, kind: 'activity', at: was ? was.at : Date.now(), edition: 1, fields: values });
        count();
        await box.keepSketch(null);
        await fill(null);
        listActivities();
        good(say('saved_at', { at: moment(Date.now()) }));
      } catch (err) { failed(); }
    });
    clear.addEventListener('click', async () => {
      if (!sure(clear, say('clear_sure'))) return;
      if (!box.find('activity', e => e.id === id)) {
        for (const photo of box.photosOf(id)) await box.drop(photo);
      }
      await box.keepSketch(null);
      good('');
      count();
      await fill(null);
    });
    listActivities = () => {
      const list = one('[data-list]', panel);
      list.textContent = '';
      box.entries.filter(e => e.kind === 'activity').forEach(entry => list.appendChild(activityLine(entry, fill)));
    };
    fill(box.sketch).catch(failed);
  }
  function activityLine(entry, fill) {
    const line = document.createElement('li'), text = document.createElement('p'), buttons = document.createElement('p');
    text.textContent = [method(entry.fields.method), entry.fields.on, entry.fields.place, many('photos', box.photosOf(entry.id).length)].join(' · ');
    // What may have come in already stays as it is: the office takes a record once.
    if (entry.sent) {
      buttons.textContent = say('sent');
    } else {
      buttons.appendChild(button(say('edit'), async () => {
        if (box.sketch && box.sketch.id !== entry.id) { bad(say('sketch')); return; }
        await fill(entry);
        one('[data-activity]', desk).scrollIntoView();
      }));
      const off = button(say('remove'), async () => {
        if (!sure(off, say('activity_sure'))) return;
        for (const photo of box.photosOf(entry.id)) await box.drop(photo);
        await box.drop(entry);
        good('');
        count();
        listActivities();
      });
      buttons.appendChild(off);
    }
    line.appendChild(text);
    line.appendChild(buttons);
    return line;
  }
  const method = code => { const o = one('[data-activity] [name=method] option[value="' + code + '"]', desk); return o ? o.textContent : code; };
  // reduced makes a photo small enough to travel, before it is encrypted. Where
  // and with what it was taken is lost on the way, as it should be.
  async function reduced(file) {
    const picture = await createImageBitmap(file), canvas = drawn(picture, Math.min(1, SIDE / Math.max(picture.width, picture.height)));
    const blob = await new Promise(yes => canvas.toBlob(yes, 'image/jpeg', 0.85));
    if (!blob) throw new Error('no picture');
    return blob.arrayBuffer();
  }
  function drawn(picture, scale) {
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return canvas;
  }

  // ---- the exchange of views, as a draft ----
  function exchange() {
    const panel = one('[data-panel=exchange]', desk);
    panel.appendChild(clone('t-exchange'));
    const form = one('[data-exchange]', panel), findings = one('[data-findings]', form);
    box.bag.findings.forEach(f => {
      const piece = clone('t-finding');
      one('[data-title]', piece).textContent = f.title;
      one('[data-facts]', piece).textContent = f.facts;
      all('input', piece).forEach(input => { input.name = 'agreed.' + f.id; });
      one('textarea', piece).name = 'opinion.' + f.id;
      findings.appendChild(piece);
    });
    const mine = box.find('draft'), stands = mine ? mine.fields : box.bag.prepared.fields;
    one('[data-by]', form).textContent = mine ? '' : box.bag.prepared.by;
    all('input, textarea', form).forEach(field => {
      if (field.type === 'radio') field.checked = stands[field.name] === field.value;
      else field.value = stands[field.name] || '';
    });
    const keep = later(async () => {
      const was = box.find('draft'), values = valuesOf(form);
      values.version = was ? was.fields.version : box.bag.prepared.version;
      await write(was, 'draft', '', values);
      one('[data-saved]', form).textContent = say('saved_at', { at: moment(Date.now()) });
    });
    form.addEventListener('input', keep);
    form.addEventListener('change', keep);
    form.addEventListener('submit', e => e.preventDefault());
  }

  // ---- the queue, and sending it ----
  function queue() {
    const list = one('[data-entries]', desk);
    list.textContent = '';
    box.entries.forEach(entry => list.appendChild(queueLine(entry)));
    count();
  }
  function queueLine(entry) {
    const piece = clone('t-entry'), wrong = one('[data-wrong]', piece), text = entry.wrong || '';
    const detail = { answer: () => entry.title, activity: () => method(entry.fields.method) + ' ' + entry.fields.on + ' ' + entry.fields.place, photo: () => moment(entry.at), draft: () => entry.fields.held_on || '' }[entry.kind]();
    one('[data-what]', piece).textContent = say(entry.kind);
    one('[data-detail]', piece).textContent = detail;
    wrong.textContent = text;
    wrong.hidden = !text;
    if (entry.conflict) sides(piece, entry);
    if (entry.kind === 'photo' && entry.wrong) {
      const off = button(say('remove'), async () => {
        if (!sure(off, say('photo_sure'))) return;
        await box.drop(entry);
        good('');
        queue();
      });
      one('li', piece).appendChild(off);
    }
    return piece;
  }
  // sides shows both versions of what somebody else wrote meanwhile.
  function sides(piece, entry) {
    const now = entry.conflict, mine = one('[data-use-mine]', piece), theirs = one('[data-use-theirs]', piece);
    one('[data-mine-title]', piece).textContent = say('mine');
    one('[data-theirs-title]', piece).textContent = say('theirs', { who: now.by });
    one('[data-mine]', piece).textContent = told(entry, entry.fields);
    one('[data-theirs]', piece).textContent = told(entry, now.fields);
    mine.textContent = say('use_mine');
    theirs.textContent = say('use_theirs');
    mine.addEventListener('click', async () => {
      await box.edit(entry.id, e => Object.assign({}, e, { conflict: null, fields: Object.assign({}, e.fields, { version: now.version }) }));
      decided();
    });
    theirs.addEventListener('click', async () => {
      await post.yieldTo(box, entry);
      decided();
    });
    one('[data-sides]', piece).hidden = false;
  }
  // decided sends what is left once all choices are made.
  function decided() {
    good('');
    queue();
    if (!box.entries.some(e => e.conflict)) sync();
  }
  function told(entry, fields) {
    if (entry.kind === 'answer') return [answerWord(fields.answer), fields.note].filter(Boolean).join('\n');
    return Object.keys(fields).filter(name => /^(held_on|leaders|opinion)/.test(name)).sort().map(name => fields[name]).filter(Boolean).join('\n');
  }
  const answerWord = code => { const input = code && one('.phone-answers input[value="' + code + '"]', desk); return input ? input.parentNode.textContent.trim() : say('unanswered'); };

  let syncing = false;
  async function sync() {
    if (syncing) return;
    await settled();
    if (box.sketch) { show('activities'); bad(say('sketch')); return; }
    if (box.entries.some(e => e.conflict)) { bad(say('conflict')); return; }
    syncing = true;
    const bar = one('[data-progress]', desk), go = one('[data-sync]', desk);
    let done = 0, stop = null;
    go.disabled = true;
    bar.hidden = false;
    try {
      done = await post.all(box, (n, of) => {
        bar.max = of;
        bar.value = n - 1;
        tell('good', say('uploading', { n: n, of: of }));
      });
      await settled();
      if (!box.entries.length && !box.sketch) await finish(done);
    } catch (err) {
      stop = err;
    }
    syncing = false;
    reached = !stop || stop.name !== 'offline';
    network();
    if (!box) return;
    bar.hidden = true;
    go.disabled = false;
    queue();
    if (stop) { bad(stop.said || say('failed')); offerDoor(stop); return; }
    bad(box.entries.some(e => e.conflict) ? say('conflict') : box.entries.some(e => e.wrong) ? say('wrong_entry') : box.sketch ? say('sketch') : many('waits', box.entries.length));
  }
  // finish tells the office that nothing is left, and forgets the visit.
  async function finish(n) {
    await post.done(box);
    await box.forget();
    await showDoor();
    good(n ? many('cleared', n) : say('cleared_none'));
  }
  function offerDoor(err) {
    if (err.name !== 'signed_out') return;
    const link = document.createElement('a'), line = one('[data-bad]', root);
    link.href = root.getAttribute('data-signin');
    link.textContent = say('sign_in');
    line.appendChild(document.createTextNode(' '));
    line.appendChild(link);
  }

  // ---- the beginning ----
  // The shell was shown because nothing answered, whatever the phone thinks of its
  // network, until that changes or something gets through.
  let reached = !shell;
  function network() { one('[data-net]', root).hidden = navigator.onLine && reached; }
  window.addEventListener('online', () => { reached = true; network(); });
  window.addEventListener('offline', network);
  root.hidden = false;
  root.setAttribute('data-kept', '');
  network();
  if (window.fieldBox.possible()) showDoor().catch(failed);
  else bad(say('insecure'));
})();
