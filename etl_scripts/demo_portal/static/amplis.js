// The AMPLIS page: sends what its forms send, partially where JSF does, and draws the pick list anew.
(function () {
  var PICK = 'mainForm:portfolioPickList:secondSelect';
  function form() { return document.getElementById('mainForm'); }

  function chooseAll() {
    var chosen = document.getElementById(PICK);
    if (chosen) Array.prototype.forEach.call(chosen.options, function (o) { o.selected = true; });
  }

  function apply(text) {
    var answer = new DOMParser().parseFromString(text, 'text/xml');
    answer.querySelectorAll('update').forEach(function (update) {
      var target = document.getElementById(update.getAttribute('id'));
      if (!target) return;
      if (target.tagName === 'INPUT') target.value = update.textContent;
      else target.innerHTML = update.textContent;
    });
    answer.querySelectorAll('eval').forEach(function (code) { (0, eval)(code.textContent); });
  }

  function partial(source) {
    var data = new URLSearchParams(new FormData(form()));
    data.set('javax.faces.partial.ajax', 'true');
    data.set('javax.faces.source', source);
    data.delete('mainForm:_idcl');
    fetch(form().action, {method: 'POST', body: data, credentials: 'same-origin'}).then(function (r) {
      if ((r.headers.get('Content-Type') || '').indexOf('text/xml') >= 0) return r.text().then(apply);
      location.href = r.url;
    });
  }

  document.addEventListener('click', function (event) {
    var link = event.target.closest('[data-link],[data-pick],[data-confirm]');
    if (!link) return;
    if (link.hasAttribute('data-link')) {
      event.preventDefault();
      form().elements['mainForm:_idcl'].value = link.id;
      form().submit();
    } else if (link.hasAttribute('data-pick')) {
      event.preventDefault();
      partial(link.id);
    } else {
      chooseAll();
      document.getElementById('mainForm:mensagens').innerHTML = '';
      // A CSV is a download of this page; a PDF opens in a window of its own.
      if (document.querySelector('select[id$=":campo"]').value !== '3') {
        event.preventDefault();
        partial(link.id);
      }
    }
  });
})();
