// QORE: the menu of three dots and the dialog of "Download em Lote".
document.addEventListener('click', function (event) {
  if (event.target.closest('.ellipsis-h')) {
    var menu = document.getElementById('opcoes');
    menu.hidden = !menu.hidden;
  } else if (event.target.closest('.lote')) {
    document.getElementById('lote').hidden = false;
  } else if (event.target.id === 'lote') {
    event.target.hidden = true;
  }
});
