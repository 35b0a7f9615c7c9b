// Sets the theme before the first paint; a file, because the CSP forbids inline scripts.
(function () {
  var wanted = 'system';
  try {
    wanted = localStorage.getItem('etlhub.tema') || 'system';
  } catch {
    // storage is blocked: follow the system
  }
  var dark = wanted === 'dark' || (wanted === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
