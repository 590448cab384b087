// How what was written down in the field comes in to the office: entry by entry,
// each again until the office says that it has it. field.js is the page.
(function () {
  'use strict';
  // Photos go after their activities; answers and the draft first.
  const ORDER = { answer: 0, draft: 1, activity: 2, photo: 3 };

  // stamp is a moment in Shanghai as cameras name their pictures: 20261129-014905.
  const stamp = ms => new Date(ms + 8 * 3600 * 1000).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');

  // post talks to the office. root says where; say, in the reader's words.
  window.fieldPost = function (root, say) {
    let csrf = '';
    const address = (visit, what) => root.getAttribute('data-base') + visit + '/' + what;
    const stop = (name, status) => ({ said: say(name), name: name, status: status });
    function refused(answer) {
      if (answer.status === 401 || answer.type === 'opaqueredirect') return stop('signed_out', 401);
      return stop(answer.status === 404 ? 'gone' : 'failed', answer.status);
    }
    // proof asks for the proof of the session, which a page that was opened
    // without a signal does not hold.
    async function proof() {
      const answer = await fetch(root.getAttribute('data-session'), { headers: { Accept: 'application/json' }, redirect: 'manual', cache: 'no-store' });
      if (!answer.ok) throw refused(answer);
      csrf = (await answer.json()).csrf;
    }
    // send posts a form; a proof that is of another sign-in is asked for again, once.
    async function send(path, fields, file) {
      for (let again = false; ; again = true) {
        if (!csrf || again) await proof();
        const form = new FormData();
        form.append('csrf', csrf);
        Object.keys(fields).forEach(name => form.append(name, fields[name]));
        if (file) form.append('photo', file.picture, file.name);
        const answer = await fetch(path, { method: 'POST', body: form, redirect: 'manual', cache: 'no-store' });
        if (answer.status !== 403 || again) return answer;
      }
    }
    // patiently tries again when an answer is lost on the way: the office knows
    // entries by their names, and takes none twice.
    async function patiently(act) {
      for (let tries = 1; ; tries++) {
        try { return await act(); } catch (err) {
          if (err.said) throw err;
          if (tries === 3) throw stop('offline', 0);
          await new Promise(yes => setTimeout(yes, 500 * tries));
        }
      }
    }

    async function take(visit) {
      const answer = await patiently(() => send(address(visit, 'take'), {}));
      if (answer.status === 409) throw stop('closed', 409);
      if (!answer.ok) throw refused(answer);
      return answer.json();
    }

    // bring sends one entry and forgets it when the office has it. It throws what
    // stops all others.
    async function bring(box, entry) {
      let file = null;
      const fields = Object.assign({ copy: box.copy, entry: entry.id, edition: entry.edition, kind: entry.kind }, entry.fields);
      if (entry.kind === 'photo') {
        if (box.find('activity', e => e.id === entry.activity)) { await mark(box, entry, { wrong: say('needs_activity') }); return; }
        fields.activity = entry.activity;
        file = { picture: await box.picture(entry), name: stamp(entry.at) + '.jpg' };
      }
      // From here on it may have come in, whatever the phone hears of it.
      await mark(box, entry, { sent: true, wrong: '' });
      const answer = await patiently(() => send(address(box.bag.id, 'entries'), fields, file));
      if (answer.ok) { await landed(box, entry); return; }
      if (answer.status !== 409 && answer.status !== 422) throw refused(answer);
      const told = await answer.json();
      if (told.state === 'wrong') {
        await mark(box, entry, { sent: false, wrong: Object.keys(told.problems).map(name => told.problems[name]).join(' ') });
      } else if (told.state === 'conflict') {
        const now = told.now ? { by: told.now.by, version: told.now.version, fields: { answer: told.now.answer, note: told.now.note } } : told.draft;
        await mark(box, entry, { sent: false, conflict: now });
      } else {
        throw stop(told.state, answer.status);
      }
    }
    // mark notes on an entry how it went, and landed forgets it, unless it was
    // changed meanwhile.
    const mark = (box, entry, notes) => box.edit(entry.id, now => same(now, entry) ? Object.assign({}, now, notes) : undefined);
    const same = (now, entry) => now && now.edition === entry.edition;
    async function landed(box, entry) {
      settle(box.bag, entry, entry.fields, '');
      await box.keepBag();
      await box.edit(entry.id, now => same(now, entry) ? null : undefined);
    }
    // settle lets the visit say what the office has.
    function settle(bag, entry, fields, by, version) {
      const known = entry.kind === 'answer' ? bag.questions.find(q => q.id === entry.fields.question) : entry.kind === 'draft' ? bag.prepared : null;
      if (!known) return;
      if (entry.kind === 'answer') Object.assign(known, { answer: fields.answer, note: fields.note });
      else known.fields = fields;
      known.by = by;
      if (version) known.version = version;
    }
    // yieldTo leaves somebody else's version as it is.
    async function yieldTo(box, entry) {
      settle(box.bag, entry, entry.conflict.fields, entry.conflict.by, entry.conflict.version);
      await box.keepBag();
      await box.drop(entry);
    }

    // all brings everything in; step is told before each, n of how many.
    async function all(box, step) {
      const waiting = box.entries.slice().sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || a.at - b.at);
      let n = 0;
      for (const entry of waiting) {
        step(++n, waiting.length);
        await bring(box, entry);
      }
      return n;
    }
    // done tells the office that the phone holds nothing more.
    async function done(box) {
      const answer = await patiently(() => send(address(box.bag.id, 'done'), { copy: box.copy }));
      if (!answer.ok) throw refused(answer);
    }
    return { take: take, all: all, done: done, yieldTo: yieldTo, lock: () => { csrf = ''; } };
  };
})();
