// Runs before the first paint: a person who lets the browser decide gets its theme without a flash of the other one.
(() => {
  const root = document.documentElement;
  root.classList.remove('no-script');
  if (root.dataset.theme !== 'auto') return;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => { root.dataset.bsTheme = dark.matches ? 'dark' : 'light'; };
  dark.addEventListener('change', follow);
  follow();
})();
