// BRITECH: post backs of ASP.NET, and the grid that is drawn anew while one types in its filter.
(function () {
  function form() { return document.getElementById('form1'); }

  function refresh(typed) {
    var data = new URLSearchParams(new FormData(form()));
    data.set('__CALLBACKID', 'gridQuery');
    data.set('__CALLBACKPARAM', 'FILTER|' + typed);
    fetch(form().action, {method: 'POST', body: data, credentials: 'same-origin'}).then(function (r) {
      if (r.redirected) { location.href = r.url; return; }
      return r.text().then(function (text) {
        document.getElementById('gridQuery_recarrega').innerHTML = text;
        var field = document.getElementById('gridQuery_DXFREditorcol2_I');
        field.focus();
        field.setSelectionRange(field.value.length, field.value.length);
      });
    });
  }

  document.addEventListener('input', function (event) {
    if (event.target.id === 'gridQuery_DXFREditorcol2_I') refresh(event.target.value);
  });

  document.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && event.target.id === 'gridQuery_DXFREditorcol2_I') event.preventDefault();
  });

  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-argumento]');
    if (!button) return;
    form().elements.__EVENTTARGET.value = 'gridQuery';
    form().elements.__EVENTARGUMENT.value = button.dataset.argumento;
    form().submit();
  });
})();
