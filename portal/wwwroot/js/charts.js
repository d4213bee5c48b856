// Draws every [data-chart] from the JSON block it names, in the colours of the theme. The values also stand in a table beside it.
(() => {
  'use strict';
  const drawn = new Map();
  let forPaper = false;
  const language = document.documentElement.lang;
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function palette() {
    return {
      text: colour('--chart-text'),
      quiet: colour('--chart-quiet'),
      line: colour('--chart-line'),
      ground: colour('--chart-ground'),
      series: [1, 2, 3, 4, 5, 6, 7, 8].map(number => colour(`--chart-${number}`)),
    };
  }

  function option({ labels, series, stacked, unit, decimals, isCount }) {
    const { text, quiet, line, ground, series: colours } = palette();
    const exact = new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    const rough = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
    const value = number => number == null ? '–' : `${exact.format(number)}${unit ? ` ${unit}` : ''}`;
    const words = { color: text, fontFamily: getComputedStyle(document.body).fontFamily };
    const ring = series.some(one => one.kind === 'Ring');
    const lying = series.some(one => one.kind === 'Row');
    const common = {
      color: colours,
      animation: !forPaper && !matchMedia('(prefers-reduced-motion: reduce)').matches,
      animationDuration: 250,
      textStyle: words,
      // Rich text is painted on the canvas: an HTML tooltip would need inline styles, which the page's policy refuses.
      tooltip: { trigger: ring ? 'item' : 'axis', renderMode: 'richText', confine: true, valueFormatter: value, backgroundColor: ground, borderColor: line, textStyle: words, axisPointer: { type: 'shadow', shadowStyle: { opacity: 0.15 } } },
      legend: { show: ring || series.length > 1, type: ring && labels.length <= 10 ? 'plain' : 'scroll', bottom: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 8, textStyle: words, pageTextStyle: words },
    };
    if (ring) {
      return {
        ...common,
        series: [{
          type: 'pie', radius: ['46%', '67%'], center: ['50%', '38%'], label: { show: false }, itemStyle: { borderColor: ground, borderWidth: 2 },
          data: labels.map((name, at) => ({ name, value: series[0].values[at] })),
        }],
      };
    }
    const names = { type: 'category', data: labels, inverse: lying, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { color: quiet, hideOverlap: true, width: lying ? (innerWidth < 768 ? 110 : 220) : undefined, overflow: 'truncate' } };
    const numbers = { type: 'value', splitNumber: 4, minInterval: isCount ? 1 : undefined, axisLabel: { color: quiet, formatter: number => rough.format(number) }, splitLine: { lineStyle: { color: line } } };
    return {
      ...common,
      grid: { left: 8, right: 16, top: 12, bottom: series.length > 1 ? 34 : 6, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      xAxis: lying ? numbers : names,
      yAxis: lying ? names : numbers,
      series: series.flatMap((one, at) => {
        // A band is what is stacked on a line that is not drawn; the legend and the tooltip name it once, by its lower and its upper edge.
        if (one.kind === 'Band') return [one.values, one.upper.map((high, month) => high == null || one.values[month] == null ? null : high - one.values[month])].map((data, edge) => ({
          name: one.name, type: 'line', data, stack: `band-${at}`, stackStrategy: 'all', symbol: 'none', lineStyle: { opacity: 0 }, color: colours[2],
          areaStyle: edge ? { opacity: 0.18 } : undefined, tooltip: { valueFormatter: number => edge && number != null ? `+ ${value(number)}` : value(number) },
        }));
        const bar = !one.isTarget && (one.kind === 'Bar' || one.kind === 'Row');
        return {
          name: one.name, type: bar ? 'bar' : 'line', data: one.values, stack: stacked && !one.isTarget ? 'all' : undefined, barMaxWidth: 28,
          itemStyle: bar && !stacked ? { borderRadius: lying ? [0, 3, 3, 0] : [3, 3, 0, 0] } : undefined,
          symbol: 'circle', symbolSize: 6, showSymbol: labels.length <= 16 && !one.isTarget,
          lineStyle: one.isTarget ? { type: 'dashed', width: 1.5, color: quiet } : { width: 2 },
          color: one.isTarget ? quiet : undefined,
          areaStyle: one.kind === 'Area' ? { opacity: 0.14 } : undefined,
        };
      }),
    };
  }

  function draw(canvas) {
    const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
    const chart = drawn.get(canvas)?.chart ?? echarts.init(canvas, null, { renderer: 'canvas' });
    chart.setOption(option(data), true);
    canvas.dataset.drawn = 'true';
    if (!drawn.has(canvas)) {
      const watch = new ResizeObserver(() => chart.resize());
      watch.observe(canvas);
      drawn.set(canvas, { chart, watch });
    }
  }

  function drawAll() {
    for (const [canvas, { chart, watch }] of drawn) if (!canvas.isConnected) {
      watch.disconnect();
      chart.dispose();
      drawn.delete(canvas);
    }
    document.querySelectorAll('[data-chart]').forEach(draw);
  }

  // Paper is white, and does not wait until a chart has moved into its place. The theme is turned over by portal.js, which hears of it first.
  function print(now) {
    forPaper = now;
    drawAll();
  }

  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
  drawAll();
  document.body.addEventListener('htmx:afterSettle', drawAll);
  new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ['data-bs-theme'] });
})();
