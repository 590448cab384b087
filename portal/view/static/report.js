/* The search box for places, and files sent one by one. No word is kept on the
   phone, and the form works without any of this. */
(function () {
  "use strict";
  var byId = function (id) { return document.getElementById(id); };
  function make(tag, attributes, text) {
    var e = document.createElement(tag);
    for (var name in attributes) {
      if (Object.prototype.hasOwnProperty.call(attributes, name)) { e.setAttribute(name, attributes[name]); }
    }
    if (text) { e.appendChild(document.createTextNode(text)); }
    return e;
  }
  function empty(e) { while (e.firstChild) { e.removeChild(e.firstChild); } }
  function addressWith(address) { return address + window.location.search; }

  /* the place */
  function picker(box) {
    var words = function (name) { return box.getAttribute("data-" + name); };
    var fold = make("details", { "class": "more" });
    fold.appendChild(make("summary", {}, words("fold")));
    while (box.firstChild) { fold.appendChild(box.firstChild); }
    var search = make("div", {});
    var input = make("input", { type: "search", id: "place-search", autocomplete: "off", role: "combobox", "aria-expanded": "false", "aria-controls": "place-found", "aria-autocomplete": "list", "aria-describedby": "place-hint" });
    var list = make("ul", { "class": "found", id: "place-found", role: "listbox", hidden: "" });
    var none = make("p", { "class": "wrong", role: "status", hidden: "" }, words("none"));
    search.appendChild(make("label", { "class": "field", "for": "place-search" }, words("label")));
    search.appendChild(make("p", { "class": "hint", id: "place-hint" }, words("hint")));
    search.appendChild(input);
    search.appendChild(list);
    search.appendChild(none);
    box.appendChild(search);
    box.appendChild(fold);
    var timer = 0, turn = 0, at = -1;

    function choose(place) {
      empty(search);
      fold.hidden = true;
      byId("place-town").selectedIndex = 0;
      var picked = make("div", { "class": "picked" });
      var name = make("span", {});
      name.appendChild(make("b", {}, place.n));
      name.appendChild(make("small", {}, place.f));
      var other = make("button", { type: "button", "class": "button small" }, words("other"));
      picked.appendChild(name);
      picked.appendChild(make("input", { type: "hidden", name: "place", value: place.c }));
      picked.appendChild(other);
      search.appendChild(picked);
      other.addEventListener("click", function () {
        box.removeChild(search);
        while (fold.childNodes.length > 1) { box.appendChild(fold.childNodes[1]); }
        box.removeChild(fold);
        picker(box);
        byId("place-search").focus();
      });
      other.focus();
    }
    function show(places) {
      empty(list);
      at = -1;
      for (var i = 0; i < places.length; i++) { list.appendChild(line(places[i])); }
      list.hidden = places.length === 0;
      none.hidden = places.length !== 0;
      input.setAttribute("aria-expanded", places.length ? "true" : "false");
    }
    function line(place) {
      var li = make("li", { role: "none" });
      var button = make("button", { type: "button", role: "option", tabindex: "-1" }, place.n);
      button.appendChild(make("small", {}, place.f));
      button.addEventListener("click", function () { choose(place); });
      li.appendChild(button);
      return li;
    }
    function ask() {
      var text = input.value.replace(/^\s+|\s+$/g, ""), mine = ++turn;
      if (!text) { list.hidden = true; none.hidden = true; return; }
      var x = new XMLHttpRequest();
      x.open("GET", words("places") + "?q=" + encodeURIComponent(text));
      x.timeout = 30000;
      x.onload = function () {
        if (mine === turn && x.status === 200) { show(JSON.parse(x.responseText)); }
      };
      x.send();
    }
    function mark(to) {
      var options = list.querySelectorAll("button");
      if (!options.length) { return; }
      at = (to + options.length) % options.length;
      for (var i = 0; i < options.length; i++) { options[i].setAttribute("aria-selected", i === at ? "true" : "false"); }
    }
    input.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(ask, 250); });
    input.addEventListener("keydown", function (event) {
      if (event.keyCode === 40) { mark(at + 1); event.preventDefault(); }
      if (event.keyCode === 38) { mark(at - 1); event.preventDefault(); }
      if (event.keyCode === 13) {
        event.preventDefault();
        var options = list.querySelectorAll("button");
        if (options.length && !list.hidden) { options[at < 0 ? 0 : at].click(); }
      }
    });
  }

  /* files */
  function uploads(block) {
    var form = block;
    while (form && form.tagName !== "FORM") { form = form.parentNode; }
    var input = byId("files"), list = byId("files-list"), hold = byId("hold");
    var words = function (name) { return block.getAttribute("data-" + name); };
    var most = Number(words("max")), largest = Number(words("bytes"));
    var under = 0, sendAfter = null;

    function credentials(data) {
      /* The form's own token goes first: the server needs it before the file. */
      var named = ["token", "form"];
      for (var i = 0; i < named.length; i++) {
        var field = form.querySelector("input[name=" + named[i] + "]");
        if (field) { data.append(named[i], field.value); }
      }
      return data;
    }
    function thumb(place, file) {
      if (!/^image\//.test(file.type) || !window.createImageBitmap) { return; }
      window.createImageBitmap(file).then(function (picture) {
        var scale = Math.min(1, 240 / Math.max(picture.width, picture.height));
        var canvas = make("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        if (picture.close) { picture.close(); }
        empty(place);
        place.appendChild(canvas);
      }, function () {});
    }
    function kilobytes(n) { return n < 1048576 ? Math.ceil(n / 1024) + " KB" : (n / 1048576).toFixed(1) + " MB"; }
    function item(file) {
      var li = make("li", {}), picture = make("span", { "class": "thumb", "aria-hidden": "true" });
      var ext = /\.([A-Za-z0-9]{1,5})$/.exec(file.name);
      picture.appendChild(document.createTextNode(ext ? ext[1].toUpperCase() : "…"));
      var state = make("div", { role: "status" });
      var drop = make("button", { type: "button", "class": "button small", "aria-label": words("remove") + " " + file.name }, words("remove"));
      li.appendChild(picture);
      li.appendChild(make("span", { "class": "name" }, file.name));
      li.appendChild(make("small", {}, kilobytes(file.size)));
      li.appendChild(state);
      li.appendChild(drop);
      list.appendChild(li);
      thumb(picture, file);
      var one = { li: li, state: state, file: file };
      drop.addEventListener("click", function () {
        if (one.sending) { one.sending.abort(); }
        if (one.id) { remove(one.id); }
        li.parentNode.removeChild(li);
        go();
      });
      return one;
    }
    function fail(one, text, again) {
      empty(one.state);
      one.li.setAttribute("data-failed", "");
      one.state.appendChild(make("p", { "class": "wrong" }, text));
      if (!again) { return; }
      var retry = make("button", { type: "button", "class": "button small" }, words("retry"));
      retry.addEventListener("click", function () { send(one); });
      one.state.appendChild(retry);
    }
    function send(one) {
      empty(one.state);
      one.li.removeAttribute("data-failed");
      if (one.file.size > largest) { fail(one, words("large"), false); return; }
      var bar = make("progress", { max: "100", value: "0", "aria-label": words("wait") });
      one.state.appendChild(bar);
      var x = new XMLHttpRequest(), data = credentials(new FormData());
      data.append("files", one.file, one.file.name);
      one.sending = x;
      under++;
      x.open("POST", addressWith(words("upload")));
      x.upload.onprogress = function (event) {
        if (event.lengthComputable) { bar.value = Math.round(100 * event.loaded / event.total); }
      };
      x.onloadend = function () {
        under--;
        one.sending = null;
        var answer = {};
        try { answer = JSON.parse(x.responseText); } catch (broken) { answer = { again: true }; }
        if (x.status === 200 && answer.id) {
          one.id = answer.id;
          empty(one.state);
          one.state.appendChild(make("small", {}, "✓ " + words("sent")));
        } else if (one.li.parentNode) {
          fail(one, answer.error || words("failed"), answer.again || x.status === 0 || x.status >= 500);
        }
        go();
      };
      x.send(data);
    }
    function remove(id) {
      var x = new XMLHttpRequest(), data = [];
      credentials({ append: function (name, value) { data.push(name + "=" + encodeURIComponent(value)); } });
      x.open("POST", addressWith(words("upload") + "/remove"));
      x.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      x.send(data.concat("id=" + encodeURIComponent(id)).join("&"));
    }
    /* go sends the form once the files it waited for have arrived. */
    function go() {
      if (!sendAfter || under) { return; }
      var failed = list.querySelector("[data-failed]");
      hold.hidden = !failed;
      if (failed) { tell(words("hold-failed")); sendAfter = null; return; }
      var button = sendAfter;
      sendAfter = null;
      button.click();
    }
    function tell(text) { empty(hold); hold.appendChild(document.createTextNode(text)); hold.hidden = false; }

    input.addEventListener("change", function () {
      var picked = [].slice.call(input.files);
      for (var i = 0; i < picked.length; i++) {
        var one = item(picked[i]);
        if (list.children.length > most) { fail(one, words("many"), false); } else { send(one); }
      }
      input.value = "";
    });
    var removers = list.querySelectorAll("[data-remove]");
    for (var i = 0; i < removers.length; i++) {
      removers[i].addEventListener("click", function (event) {
        event.preventDefault();
        remove(this.getAttribute("data-remove"));
        this.parentNode.parentNode.removeChild(this.parentNode);
      });
    }
    var buttons = form.querySelectorAll("button[value=send]");
    for (var j = 0; j < buttons.length; j++) {
      buttons[j].addEventListener("click", function (event) {
        if (under) { event.preventDefault(); sendAfter = this; tell(words("hold")); return; }
        if (list.querySelector("[data-failed]")) { event.preventDefault(); tell(words("hold-failed")); }
      });
    }
  }

  /* Names are asked for only from those who leave one. */
  function names() {
    var block = byId("who-you-are"), modes = document.querySelectorAll("input[name=mode]");
    function toggle() {
      var mode = "";
      for (var i = 0; i < modes.length; i++) { if (modes[i].checked) { mode = modes[i].value; } }
      block.hidden = mode !== "named" && mode !== "confidential";
    }
    for (var i = 0; i < modes.length; i++) { modes[i].addEventListener("change", toggle); }
    toggle();
  }

  /* Going back, the browser puts the words into the form again. Until the report
     is handed in that is a help; afterwards whoever takes the phone must not read
     them. page.js notes with the receipt that it was handed in. */
  function forget(form) {
    var handed = false, back = window.performance && performance.navigation && performance.navigation.type === 2;
    try {
      handed = sessionStorage.getItem("handed-in") === "1";
      if (!back) { sessionStorage.removeItem("handed-in"); }
    } catch (refused) { return; }
    /* Some browsers put the words in before this event, some keep the page as
       it was left; in time for the event they all have. */
    window.addEventListener("pageshow", function (event) {
      if (handed && back || event.persisted && sessionStorage.getItem("handed-in") === "1") { form.reset(); }
    });
  }

  if (byId("report")) { forget(byId("report")); }
  if (byId("picker")) { picker(byId("picker")); }
  if (byId("files-block")) { uploads(byId("files-block")); }
  if (byId("who-you-are")) { names(); }
  var summary = document.querySelector(".summary");
  if (summary) { summary.focus(); }
})();
