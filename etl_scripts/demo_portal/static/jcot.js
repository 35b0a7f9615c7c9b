// JCOT: the fund picker opens on demand, and its header's box marks every fund.
document.addEventListener('click', function (event) {
  if (event.target.id === 'ccf_dwb_buscar') {
    document.querySelector('.slickgrid').hidden = false;
    return;
  }
  var head = event.target.closest('.slick-header-column');
  if (!head) return;
  var box = head.parentElement.querySelector('input');
  if (event.target !== box) box.checked = !box.checked;
  document.querySelectorAll('.slick-row input').forEach(function (field) { field.checked = box.checked; });
});
