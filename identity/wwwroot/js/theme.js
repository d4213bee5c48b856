// Runs before the first paint: the browser's choice of a dark page holds here too.
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => { document.documentElement.dataset.bsTheme = dark.matches ? 'dark' : 'light'; };
  dark.addEventListener('change', follow);
  follow();
})();
