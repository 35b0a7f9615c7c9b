// Swaps the page's content for a copy of itself, keeping what was typed: whoever holds an element holds a stale one.
(function () {
  var me = document.currentScript.dataset, left = Number(me.vezes);
  var timer = setInterval(function () {
    if (left-- <= 0) return clearInterval(timer);
    var old = document.querySelector('main');
    if (!old) return;
    var copy = old.cloneNode(true), from = old.querySelectorAll('input,select'), to = copy.querySelectorAll('input,select');
    from.forEach(function (field, i) {
      to[i].value = field.value;
      if ('checked' in field) to[i].checked = field.checked;
      if (field.multiple) for (var j = 0; j < field.options.length; j++) to[i].options[j].selected = field.options[j].selected;
    });
    old.replaceWith(copy);
  }, Number(me.ms));
})();
