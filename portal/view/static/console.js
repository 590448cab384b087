// The console works without this. It adds keys, a bulk bar that appears when
// it is needed, saved replies that are put in with a click, a narrowing of long
// lists and the search for a village.
(function () {
  'use strict';
  document.documentElement.classList.add('js');
  var all = function (selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); };
  var one = function (selector, from) { return (from || document).querySelector(selector); };

  // Keys: j and k walk, Enter opens, x ticks, a assigns, / searches.
  var rows = all('[data-keys] [data-row]'), at = -1;
  function go(to) {
    if (to < 0 || to >= rows.length) return;
    if (rows[at]) rows[at].parentNode.classList.remove('on');
    at = to;
    rows[at].parentNode.classList.add('on');
    rows[at].focus();
  }
  rows.forEach(function (row, i) { row.addEventListener('focus', function () { if (i !== at) go(i); }); });
  var tickOf = function () { return rows[at] && one('input[name=ids]', rows[at].parentNode); };
  var keys = {
    j: function () { go(at + 1); },
    k: function () { go(at - 1); },
    x: function () { var tick = tickOf(); if (tick) { tick.checked = !tick.checked; picked(); } },
    a: function () {
      var select = one('#bulk-to'), tick = tickOf();
      if (select) {
        if (tick) tick.checked = true;
        picked();
        select.focus();
        return;
      }
      var step = one('#do-assign');
      if (step) {
        if (step.parentNode.tagName === 'DETAILS') step.parentNode.open = true;
        step.open = true;
        one('select', step).focus();
      }
    },
    '/': function () { var search = one('#search'); if (search) { search.focus(); search.select(); } }
  };
  document.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) && e.target.type !== 'checkbox') return;
    if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
  });

  // The bulk bar shows itself when something is ticked.
  var bar = one('[data-bulk]');
  function picked() {
    if (!bar) return;
    var n = all('#bulk input[name=ids]:checked').length, words = one('[data-picked]', bar);
    bar.classList.toggle('idle', n === 0);
    words.textContent = words.getAttribute('data-picked').replace('{n}', n);
  }
  if (bar) { one('#bulk').addEventListener('change', picked); picked(); }

  // A saved reply goes to the end of what is being written.
  all('[data-reply]').forEach(function (text) {
    var put = document.createElement('button');
    put.type = 'button';
    put.className = 'link';
    put.textContent = text.previousElementSibling.textContent;
    put.addEventListener('click', function () {
      var box = one('#message-text');
      if (!box) return;
      box.value = (box.value ? box.value + '\n' : '') + text.textContent;
      box.focus();
    });
    text.parentNode.replaceChild(put, text.previousElementSibling);
  });

  // Long lists of boxes can be narrowed by typing.
  all('[data-narrow]').forEach(function (list) {
    var box = document.createElement('input');
    box.type = 'text';
    box.className = 'narrow';
    box.placeholder = list.getAttribute('data-narrow');
    box.setAttribute('aria-label', box.placeholder);
    box.addEventListener('input', function () {
      all('label', list).forEach(function (label) {
        label.hidden = label.textContent.indexOf(box.value.trim()) < 0 && !one('input', label).checked;
      });
    });
    list.parentNode.insertBefore(box, list);
  });

  all('[data-print]').forEach(function (button) { button.addEventListener('click', function () { window.print(); }); });
  all('[data-zoom]').forEach(function (link) {
    link.addEventListener('click', function (e) { e.preventDefault(); link.classList.toggle('large'); });
  });

  // A picture is fetched when somebody asks to see it, for looking is recorded.
  // loading=lazy would not do: browsers without scripts fetch at once.
  all('details.pictures').forEach(function (fold) {
    fold.addEventListener('toggle', function () {
      all('img[data-src]', fold).forEach(function (picture) {
        picture.src = picture.getAttribute('data-src');
        picture.removeAttribute('data-src');
      });
    });
  });

  // A page that waits for an import asks how far it is, and shows itself again
  // when it is over. Without this the browser loads the page again by itself.
  all('[data-progress]').forEach(function (box) {
    var bar = one('progress', box);
    function ask() {
      fetch(box.getAttribute('data-progress'), { headers: { Accept: 'application/json' } })
        .then(function (r) { return r.ok ? r.json() : null; })
        .then(function (now) {
          if (now && now.state !== 'importing') { location.reload(); return; }
          if (now) {
            bar.value = now.percent;
            one('[data-done]', box).textContent = now.done;
            one('[data-total]', box).textContent = now.total;
          }
          setTimeout(ask, 1000);
        })
        .catch(function () { setTimeout(ask, 3000); });
    }
    setTimeout(ask, 500);
  });

  // A form is sent once, however often it is clicked.
  all('form[method=post]').forEach(function (form) {
    form.addEventListener('submit', function (e) {
      if (form.getAttribute('data-sent')) { e.preventDefault(); return; }
      form.setAttribute('data-sent', '1');
      setTimeout(function () { form.removeAttribute('data-sent'); }, 5000);
    });
  });

  // Words that were typed and not sent are not left behind unasked.
  var typed = false;
  document.addEventListener('input', function (e) { if (e.target.tagName === 'TEXTAREA' && !e.target.closest('[data-kept]')) typed = e.target.value.length > 20; });
  document.addEventListener('submit', function () { typed = false; });
  window.addEventListener('beforeunload', function (e) { if (typed) e.preventDefault(); });

  // A village is found by characters, pinyin or initials.
  all('[data-places]').forEach(function (block) {
    var box = document.createElement('input'), list = document.createElement('div'), label = document.createElement('label'), wait;
    box.type = 'text';
    box.id = 'place-search';
    box.autocomplete = 'off';
    label.htmlFor = box.id;
    label.textContent = block.getAttribute('data-places');
    list.className = 'found-places';
    list.hidden = true;
    list.setAttribute('aria-live', 'polite');
    [label, box, list].reverse().forEach(function (node) { block.insertBefore(node, block.firstChild); });
    function choose(place) {
      var select = one('select[name=place]', block);
      if (!select) {
        select = document.createElement('select');
        select.name = 'place';
        select.setAttribute('aria-label', label.textContent);
        block.appendChild(select);
      }
      var option = new Option(place.f || place.n, place.c, true, true);
      select.insertBefore(option, select.firstChild);
      select.value = place.c;
      box.value = place.f || place.n;
      list.hidden = true;
      select.focus();
    }
    function show(places) {
      list.textContent = '';
      places.forEach(function (place) {
        var button = document.createElement('button');
        button.type = 'button';
        button.textContent = place.f || place.n;
        button.addEventListener('click', function () { choose(place); });
        list.appendChild(button);
      });
      if (!places.length) list.textContent = block.getAttribute('data-none');
      list.hidden = false;
    }
    box.addEventListener('input', function () {
      clearTimeout(wait);
      var text = box.value.trim();
      if (text.length < 2) { list.hidden = true; return; }
      wait = setTimeout(function () {
        fetch('/places?q=' + encodeURIComponent(text), { headers: { Accept: 'application/json' } })
          .then(function (r) { return r.ok ? r.json() : []; })
          .then(function (found) { show(found.places || found); })
          .catch(function () { list.hidden = true; });
      }, 200);
    });
    box.addEventListener('keydown', function (e) {
      if (e.key === 'Enter') { e.preventDefault(); var first = one('button', list); if (first) first.click(); }
    });
  });

  // Words that are selected in a report are the ones to cover.
  var cover = one('#cover-words');
  if (cover) all('[data-cover]').forEach(function (text) {
    text.addEventListener('mouseup', function () {
      var picked = String(window.getSelection()).trim();
      if (picked.length >= 2 && picked.length <= 200) cover.value = picked;
    });
  });

  // Squares of a picture are blackened by drawing over them.
  all('[data-blacken] .squares').forEach(function (grid) {
    var black = null;
    var at = function (e) {
      var box = grid.getBoundingClientRect();
      var x = Math.floor((e.clientX - box.left) / box.width * 10), y = Math.floor((e.clientY - box.top) / box.height * 10);
      return x < 0 || y < 0 || x > 9 || y > 9 ? null : all('input', grid)[y * 10 + x];
    };
    grid.addEventListener('click', function (e) { if (e.detail) e.preventDefault(); });
    grid.addEventListener('pointerdown', function (e) {
      var square = at(e);
      if (!square || square.disabled) return;
      black = !square.checked;
      square.checked = black;
      grid.setPointerCapture(e.pointerId);
    });
    grid.addEventListener('pointermove', function (e) { var square = black === null ? null : at(e); if (square) square.checked = black; });
    ['pointerup', 'pointercancel'].forEach(function (end) { grid.addEventListener(end, function () { black = null; }); });
  });
})();
