// What a phone keeps of visits that were taken along: in its own database, each
// thing encrypted with a random key, and that key with one made from words that
// only the inspector knows. It is gone after a week, after ten wrong tries, and
// when everything came in. field.js is the page that works with it.
(function () {
  'use strict';
  const DAY = 24 * 3600 * 1000, DAYS = 7, TRIES = 10, ROUNDS = 600000;
  const bytes = text => new TextEncoder().encode(text);
  const random = n => crypto.getRandomValues(new Uint8Array(n));
  const wait = request => new Promise((yes, no) => { request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); });

  // ---- the database: copies as they are, items encrypted ----
  let database;
  async function base() {
    if (database) return database;
    const opening = indexedDB.open('minsheng-field', 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('copies', { keyPath: 'id' });
      opening.result.createObjectStore('items', { keyPath: 'key' }).createIndex('copy', 'copy');
    };
    database = await wait(opening);
    return database;
  }
  const store = async (name, mode) => (await base()).transaction(name, mode || 'readonly').objectStore(name);
  const put = async (name, value) => wait((await store(name, 'readwrite')).put(value));
  const itemsOf = async id => wait((await store('items')).index('copy').getAll(id));

  async function forget(id) {
    const work = (await base()).transaction(['copies', 'items'], 'readwrite'), items = work.objectStore('items');
    work.objectStore('copies').delete(id);
    (await wait(items.index('copy').getAllKeys(id))).forEach(key => items.delete(key));
    await new Promise((yes, no) => { work.oncomplete = yes; work.onerror = () => no(work.error); });
  }

  // copies lists what is on the phone, and forgets what is too old.
  async function copies() {
    const all = [];
    let old = 0;
    for (const copy of await wait((await store('copies')).getAll())) {
      const left = Math.ceil((copy.taken + DAYS * DAY - Date.now()) / DAY);
      if (left < 1 || left > DAYS + 1) { await forget(copy.id); old++; continue; }
      all.push({ id: copy.id, taken: copy.taken, left: left, holds: (await itemsOf(copy.id)).length - 1 });
    }
    return { all: all, old: old };
  }

  // ---- keys ----
  async function fromWords(words, salt) {
    const raw = await crypto.subtle.importKey('raw', bytes(words.normalize('NFKC')), 'PBKDF2', false, ['deriveKey']);
    return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt: salt, iterations: ROUNDS }, raw, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  }
  const dataKey = raw => crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  // What is encrypted says where it belongs, and opens nowhere else.
  async function shut(key, plain, place) {
    const iv = random(12);
    return { iv: iv, box: await crypto.subtle.encrypt({ name: 'AES-GCM', iv: iv, additionalData: bytes(place) }, key, plain) };
  }
  const unshut = (key, sealed, place) => crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv, additionalData: bytes(place) }, key, sealed.box);

  // pack puts a visit onto the phone and leaves it open.
  async function pack(words, bag) {
    const raw = random(32), salt = random(16), box = opened(bag.copy, await dataKey(raw)), wrapped = await shut(await fromWords(words, salt), raw, 'key/' + bag.copy);
    raw.fill(0);
    box.bag = bag;
    await box.keepBag();
    await put('copies', { id: bag.copy, taken: Date.now(), salt: salt, key: wrapped, tries: 0 });
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
    return box;
  }

  // unlock opens a copy. A try is counted before it is made, so that none is free.
  // It fails with {left}: how many tries are left; 0, and the copy is gone.
  async function unlock(id, words) {
    const copy = await wait((await store('copies')).get(id));
    copy.tries++;
    await put('copies', copy);
    let raw;
    try {
      raw = await unshut(await fromWords(words, copy.salt), copy.key, 'key/' + id);
    } catch (e) {
      if (copy.tries >= TRIES) await forget(id);
      throw { left: TRIES - copy.tries };
    }
    copy.tries = 0;
    await put('copies', copy);
    const box = opened(id, await dataKey(raw));
    await box.read();
    return box;
  }

  // opened is an open copy: the visit (bag), what was written down (entries), and
  // an activity that is not finished (sketch).
  function opened(id, key) {
    const box = { copy: id, bag: null, sketch: null, entries: [] }, pictures = {};
    const place = name => id + '/' + name;
    const write = async (name, value, picture) => {
      const item = { key: place(name), copy: id, data: await shut(key, bytes(JSON.stringify(value)), place(name)) };
      if (picture) item.blob = picture;
      await put('items', item);
    };
    const erase = async name => wait((await store('items', 'readwrite')).delete(place(name)));

    box.read = async () => {
      for (const item of await itemsOf(id)) {
        const value = JSON.parse(new TextDecoder().decode(await unshut(key, item.data, item.key)));
        if (item.key === place('bag')) box.bag = value;
        else if (item.key === place('sketch')) box.sketch = value;
        else box.entries.push(value);
        if (item.blob) pictures[value.id] = item.blob;
      }
      box.entries.sort((a, b) => a.at - b.at);
    };
    box.keepBag = () => write('bag', box.bag);
    box.keepSketch = sketch => {
      box.sketch = sketch;
      return sketch ? write('sketch', sketch) : erase('sketch');
    };
    // edit changes an entry by its name, one change after the other, and writes it
    // down before anything is said to be kept. change is given what stands now, and
    // returns what is to stand, null for nothing, undefined to leave it. fresh is
    // the picture of a new photo.
    let last = Promise.resolve();
    box.edit = (name, change, fresh) => {
      const work = async () => {
        const at = box.entries.findIndex(e => e.id === name), next = change(box.entries[at]);
        if (next === undefined) return;
        if (fresh) pictures[name] = await shut(key, fresh, place(name) + '/blob');
        await (next ? write(name, next, pictures[name]) : erase(name));
        if (at >= 0) box.entries.splice(at, 1);
        if (next) box.entries.splice(at < 0 ? box.entries.length : at, 0, next); else delete pictures[name];
      };
      const mine = last.then(work);
      last = mine.catch(() => {});
      return mine;
    };
    box.keep = (entry, fresh) => box.edit(entry.id, () => entry, fresh);
    box.drop = entry => box.edit(entry.id, () => null);
    box.find = (kind, test) => box.entries.find(e => e.kind === kind && (!test || test(e)));
    box.photosOf = activity => box.entries.filter(e => e.kind === 'photo' && e.activity === activity);
    box.picture = async entry => new Blob([await unshut(key, pictures[entry.id], place(entry.id) + '/blob')], { type: 'image/jpeg' });
    box.forget = () => forget(id);
    return box;
  }

  window.fieldBox = { copies: copies, forget: forget, pack: pack, unlock: unlock, possible: () => window.isSecureContext && !!window.indexedDB && !!crypto.subtle };
})();
