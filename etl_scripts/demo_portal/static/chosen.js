// Turns each select[data-chosen] into the widget "chosen": a box, a search field, a list of its options.
(function () {
  function make(tag, className, parent) {
    var element = document.createElement(tag);
    element.className = className;
    return parent.appendChild(element);
  }

  document.querySelectorAll('select[data-chosen]').forEach(function (select) {
    var id = select.id + '_chzn';
    select.style.display = 'none';
    var box = document.createElement('div');
    box.id = id;
    box.className = 'chzn-container chzn-container-single';
    select.after(box);
    var single = make('a', 'chzn-single', box);
    single.href = 'javascript:void(0)';
    make('span', '', single).textContent = select.options[0].text;
    var drop = make('div', 'chzn-drop', box);
    drop.hidden = true;
    make('input', '', make('div', 'chzn-search', drop)).type = 'text';
    var list = make('ul', 'chzn-results', drop);
    Array.prototype.forEach.call(select.options, function (option, i) {
      if (!option.value) return;
      var item = make('li', 'active-result', list);
      item.id = id + '_o_' + i;
      item.textContent = option.text;
    });
  });

  function partsOf(element) {
    var box = element.closest('.chzn-container');
    return box && {
      box: box, select: document.getElementById(box.id.replace(/_chzn$/, '')),
      drop: box.querySelector('.chzn-drop'), label: box.querySelector('.chzn-single span')
    };
  }

  function choose(item) {
    var parts = partsOf(item), index = Number(item.id.split('_o_')[1]);
    parts.select.selectedIndex = index;
    parts.label.textContent = item.textContent;
    parts.drop.hidden = true;
    parts.select.dispatchEvent(new Event('change', {bubbles: true}));
  }

  document.addEventListener('click', function (event) {
    var parts = partsOf(event.target);
    if (!parts) return;
    if (event.target.closest('.chzn-single')) {
      parts.drop.hidden = !parts.drop.hidden;
      if (!parts.drop.hidden) parts.drop.querySelector('input').focus();
    } else if (event.target.matches('li.active-result')) {
      choose(event.target);
    }
  });

  document.addEventListener('input', function (event) {
    if (!event.target.matches('.chzn-search input')) return;
    var typed = event.target.value.toLowerCase();
    partsOf(event.target).box.querySelectorAll('li').forEach(function (item) {
      item.hidden = item.textContent.toLowerCase().indexOf(typed) < 0;
    });
  });

  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || !event.target.matches('.chzn-search input')) return;
    event.preventDefault();
    var first = partsOf(event.target).box.querySelector('li:not([hidden])');
    if (first) choose(first);
  });
})();
