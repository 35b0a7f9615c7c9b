// MAPS: menus that open, the select2 fund field, and the export choices.
(function () {
  var data = document.getElementById('fundos-dados');
  var funds = data ? JSON.parse(data.textContent) : [];

  function fill(drop, typed) {
    var list = drop.querySelector('.select2-results');
    list.textContent = '';
    funds.forEach(function (fund) {
      var at = fund.text.toLowerCase().indexOf(typed.toLowerCase());
      if (at < 0) return;
      var item = list.appendChild(document.createElement('li'));
      item.className = 'select2-result';
      item.dataset.id = fund.id;
      item.append(fund.text.slice(0, at));
      var match = item.appendChild(document.createElement('span'));
      match.className = 'select2-match';
      match.textContent = fund.text.slice(at, at + typed.length);
      item.append(fund.text.slice(at + typed.length));
    });
  }

  function open() {
    var drop = document.getElementById('select2-drop');
    if (drop) return drop.remove();
    drop = document.body.appendChild(document.createElement('div'));
    drop.id = 'select2-drop';
    drop.className = 'select2-drop';
    drop.innerHTML = '<div class="select2-search"><input type="text" class="select2-input"></div>' +
      '<ul class="select2-results"></ul>';
    var box = document.querySelector('.select2-choice').getBoundingClientRect();
    drop.style.left = box.left + scrollX + 'px';
    drop.style.top = box.bottom + scrollY + 'px';
    drop.style.width = box.width + 'px';
    fill(drop, '');
    drop.querySelector('input').focus();
  }

  function choose(item) {
    document.getElementById('fundo').value = item.dataset.id;
    document.querySelector('.select2-chosen').textContent = item.textContent;
    document.getElementById('select2-drop').remove();
  }

  document.addEventListener('click', function (event) {
    var menu = event.target.closest('.stop-redirect'), item = event.target.closest('.select2-result');
    if (menu) {
      event.preventDefault();
      var submenu = menu.parentElement.querySelector('.submenu');
      submenu.hidden = !submenu.hidden;
    } else if (item) {
      choose(item);
    } else if (event.target.closest('.select2-choice')) {
      open();
    } else if (event.target.closest('.exportar')) {
      document.querySelector('.formatos').hidden = false;
    }
  });

  document.addEventListener('input', function (event) {
    if (event.target.matches('.select2-input')) fill(document.getElementById('select2-drop'), event.target.value);
  });

  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || !event.target.matches('.select2-input')) return;
    event.preventDefault();
    var first = document.querySelector('.select2-result');
    if (first) choose(first);
  });
})();
