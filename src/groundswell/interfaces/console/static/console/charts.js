/* Draws each figure[data-chart] from the JSON inside it. The table beside it says the same. */
(() => {
  const X = 0, VALUE = 1, LOW = 2, HIGH = 3, SERIES = 4, LABEL = 5, MARKED = 6;
  const PALETTES = {
    light: ["#0b6b75", "#b4690e", "#6750a4", "#3f7d20", "#a8326e", "#54616d"],
    dark: ["#5ac5d0", "#efb35c", "#b9a6ff", "#93cf6b", "#f08cb8", "#9fadb8"],
  };
  const drawn = new Map();

  // ---- Numbers and days, written as the server writes them ----

  const plain = (digits) => new Intl.NumberFormat("en", { maximumFractionDigits: digits });
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
  const writers = {
    count: (value) => plain(0).format(value),
    short: (value) => compact.format(value),
    percent: (value) => `${plain(value && Math.abs(value) < 0.01 ? 2 : 1).format(value * 100)}%`,
    number: (value) => plain(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2).format(value),
    money: (value, currency) => {
      const format = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "code" });
      const { maximumFractionDigits: digits } = format.resolvedOptions();
      return `${plain(digits).format(value / 10 ** digits)} ${currency}`;
    },
  };
  const write = (value, unit) => {
    if (value === null || value === undefined) return "–";
    const [kind, currency] = unit.split(":");
    return writers[kind](value, currency);
  };
  const isDay = (x) => typeof x === "string" && /^\d{4}-\d{2}-\d{2}/.test(x);
  const writeDay = (at, withYear) =>
    new Date(at).toLocaleDateString("en-GB", {
      day: "numeric", month: "short", year: withYear ? "numeric" : undefined, timeZone: "UTC",
    });
  const writeX = (x, chart) =>
    typeof x === "number" ? write(x, chart.xUnit) : isDay(x) ? writeDay(x, true) : x;
  const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

  // ---- Looks ----

  const look = () => {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(`--${name}`).trim();
    const dark = document.documentElement.dataset.bsTheme === "dark";
    return {
      ink: of("ink"), muted: of("muted"), line: of("line"), panel: of("panel"),
      colors: PALETTES[dark ? "dark" : "light"],
      font: getComputedStyle(document.body).fontFamily,
    };
  };
  const axis = (theme, more) => ({
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { show: false },
    axisLabel: { color: theme.muted, fontSize: 11, hideOverlap: true, ...more.label },
    splitLine: { show: more.type !== "category", lineStyle: { color: theme.line } },
    nameTextStyle: { color: theme.muted, fontSize: 11 },
    ...more,
  });
  const values = (chart, theme, more = {}) =>
    axis(theme, {
      type: "value",
      axisLine: { show: false },
      splitNumber: 4,
      minInterval: chart.unit === "count" ? 1 : 0,
      label: { formatter: (value) => write(value, chart.unit === "count" ? "short" : chart.unit) },
      ...more,
    });
  const seriesOf = (chart) => [...new Set(chart.points.map((point) => point[SERIES]))];
  const tip = (chart, point) => {
    const name = [point[SERIES], point[LABEL], writeX(point[X], chart)].filter(Boolean).map(escape);
    const interval = point[LOW] === null ? "" : `<br>${write(point[LOW], chart.unit)} to ${write(point[HIGH], chart.unit)}`;
    return `<span>${name.join(" · ")}</span><br><b>${write(point[VALUE], chart.unit)}</b>${interval}`;
  };
  const frame = (chart, theme) => ({
    animation: false,
    textStyle: { fontFamily: theme.font, color: theme.ink },
    color: theme.colors,
    grid: { left: 4, right: 12, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "item",
      backgroundColor: theme.panel,
      borderColor: theme.line,
      textStyle: { color: theme.ink, fontSize: 12, fontFamily: theme.font },
      confine: true,
      formatter: ({ data }) => (data?.point ? tip(chart, data.point) : ""),
    },
  });

  // ---- Kinds ----

  const whisker = (api, sideways, offset, color) => {
    const [place, low, high] = [api.value(0), api.value(1), api.value(2)];
    const from = api.coord(sideways ? [low, place] : [place, low]);
    const to = api.coord(sideways ? [high, place] : [place, high]);
    const cap = 4;
    const line = (x1, y1, x2, y2) => ({
      type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 1.25 },
    });
    const children = sideways
      ? [line(from[0], from[1] + offset, to[0], to[1] + offset),
         line(from[0], from[1] + offset - cap, from[0], from[1] + offset + cap),
         line(to[0], to[1] + offset - cap, to[0], to[1] + offset + cap)]
      : [line(from[0] + offset, from[1], to[0] + offset, to[1]),
         line(from[0] + offset - cap, from[1], from[0] + offset + cap, from[1]),
         line(to[0] + offset - cap, to[1], to[0] + offset + cap, to[1])];
    return { type: "group", children };
  };

  const bars = (chart, theme, sideways) => {
    const names = [...new Set(chart.points.map((point) => point[X]))];
    const groups = seriesOf(chart);
    const series = groups.flatMap((group, at) => {
      const points = chart.points.filter((point) => point[SERIES] === group);
      const byName = new Map(points.map((point) => [point[X], point]));
      const sure = points.filter((point) => point[LOW] !== null && point[VALUE] !== null);
      return [
        {
          type: "bar",
          name: group,
          color: theme.colors[at % theme.colors.length],
          barMaxWidth: sideways ? 16 : 44,
          barGap: "12%",
          barCategoryGap: "35%",
          itemStyle: { borderRadius: sideways ? [0, 2, 2, 0] : [2, 2, 0, 0], opacity: 0.85 },
          data: names.map((name) => ({ value: byName.get(name)?.[VALUE] ?? null, point: byName.get(name) })),
        },
        {
          type: "custom",
          silent: true,
          z: 5,
          data: sure.map((point) => [names.indexOf(point[X]), point[LOW], point[HIGH]]),
          encode: sideways ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
          renderItem: (_, api) => {
            const layout = api.barLayout({
              count: groups.length, barMaxWidth: sideways ? 16 : 44, barGap: "12%", barCategoryGap: "35%",
            });
            return whisker(api, sideways, layout[at].offsetCenter, theme.ink);
          },
        },
      ];
    });
    const categories = axis(theme, {
      type: "category",
      data: names,
      inverse: sideways,
      label: {
        interval: 0, width: sideways ? 120 : 90, overflow: "truncate",
        formatter: (name) => (isDay(name) ? writeDay(name) : name),
      },
    });
    const scale = values(chart, theme);
    return { xAxis: sideways ? scale : categories, yAxis: sideways ? categories : scale, series };
  };

  const line = (chart, theme) => {
    const timed = chart.points.every((point) => isDay(point[X]));
    const numbered = chart.points.every((point) => typeof point[X] === "number");
    const at = (point) => (timed ? Date.parse(point[X]) : point[X]);
    const names = [...new Set(chart.points.map((point) => point[X]))];
    const series = seriesOf(chart).flatMap((group, index) => {
      const points = chart.points.filter((point) => point[SERIES] === group);
      const color = theme.colors[index % theme.colors.length];
      const banded = points.filter((point) => point[LOW] !== null);
      const band = {
        type: "custom",
        silent: true,
        z: 1,
        clip: true,
        data: banded.length ? [[at(banded[0]), banded[0][VALUE]]] : [],
        renderItem: (_, api) => ({
          type: "polygon",
          shape: {
            points: [
              ...banded.map((point) => api.coord([at(point), point[HIGH]])),
              ...banded.toReversed().map((point) => api.coord([at(point), point[LOW]])),
            ],
          },
          style: { fill: color, opacity: 0.16 },
        }),
      };
      return [
        band,
        {
          type: "line",
          name: group,
          z: 3,
          symbol: "circle",
          symbolSize: (_, { data }) => (data.point[MARKED] ? 13 : 6),
          showSymbol: points.length <= (numbered ? 1 : 60),
          lineStyle: { width: 2 },
          color,
          connectNulls: false,
          data: points.map((point) => ({ value: [at(point), point[VALUE]], point })),
        },
      ];
    });
    const bounds = chart.points.flatMap((point) => [point[LOW], point[VALUE], point[HIGH]]).filter((v) => v !== null);
    const [least, most] = [Math.min(...bounds), Math.max(...bounds)];
    // A level far from zero that hardly moves is drawn in its own range; anything else begins at zero.
    const far = least > 0 && (most - least) / most < 0.35;
    const bottom = far ? least : Math.min(0, least);
    const rough = (most - bottom || 1) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((times) => power * times >= rough);
    return {
      xAxis: timed
        ? axis(theme, { type: "time", splitLine: { show: false }, splitNumber: 5, label: { formatter: (value) => writeDay(value) } })
        : numbered
          ? axis(theme, {
              type: "value", min: "dataMin", max: "dataMax", splitLine: { show: false }, splitNumber: 5,
              label: { formatter: (value) => write(value, chart.xUnit) },
            })
          : axis(theme, { type: "category", data: names, boundaryGap: false }),
      yAxis: values(chart, theme, {
        min: Math.floor(bottom / step) * step,
        max: Math.ceil(most / step) * step || step,
        interval: step,
        // Where a step is a small part of the level, 2.7K would be written twice.
        ...(step * 10 < most && most < 1e6 && /count|short/.test(chart.unit) && { label: { formatter: (value) => write(value, "count") } }),
      }),
      series,
    };
  };

  const scatter = (chart, theme) => {
    const of = (marked) => chart.points.filter((point) => point[VALUE] !== null && Boolean(point[MARKED]) === marked);
    const data = (points) => points.map((point) => ({ value: [point[X], point[VALUE]], point }));
    const xs = chart.points.map((point) => point[X]).filter((x) => x > 0);
    // Sizes of audiences lie decades apart; so does their axis.
    const wide = xs.length === chart.points.length && Math.max(...xs) / Math.min(...xs) > 50;
    return {
      grid: { left: 4, right: 16, top: 12, bottom: 18, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: axis(theme, {
        type: wide ? "log" : "value",
        name: chart.x, nameLocation: "middle", nameGap: 24, scale: true,
        splitLine: { show: false },
        label: { formatter: (value) => write(value, chart.xUnit) },
      }),
      yAxis: values(chart, theme, { min: 0 }),
      series: [
        { type: "scatter", symbolSize: 8, itemStyle: { color: theme.muted, opacity: 0.45 }, data: data(of(false)) },
        {
          type: "scatter", symbolSize: 14, z: 5,
          itemStyle: { color: theme.colors[0], borderColor: theme.panel, borderWidth: 2 },
          label: { show: true, position: "top", color: theme.ink, fontWeight: 600, fontSize: 12, formatter: ({ data: { point } }) => point[LABEL] },
          data: data(of(true)),
        },
      ],
    };
  };

  const kinds = {
    line,
    scatter,
    bars: (chart, theme) => bars(chart, theme, false),
    shares: (chart, theme) => bars(chart, theme, true),
  };

  // ---- The legend is text of the page ----

  const legend = (figure, chart, theme) => {
    figure.querySelector(".chart-legend")?.remove();
    const groups = seriesOf(chart).filter(Boolean);
    if (!groups.length) return;
    const list = document.createElement("ul");
    list.className = "chart-legend";
    groups.forEach((group, at) => {
      const item = document.createElement("li");
      item.innerHTML = '<svg viewBox="0 0 14 8" aria-hidden="true"><rect width="14" height="8" rx="2"/></svg>';
      item.querySelector("rect").setAttribute("fill", theme.colors[at % theme.colors.length]);
      item.append(group);
      list.append(item);
    });
    figure.querySelector(".chart-drawing").before(list);
  };

  // ---- Downloads ----

  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  // A cell that a spreadsheet would take for a formula is written as text.
  const cell = (value) => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const saveCsv = (chart) => {
    const head = [chart.x, "Series", "Name", chart.y, "Low", "High"];
    const order = [X, SERIES, LABEL, VALUE, LOW, HIGH];
    const used = order.map((key) => key === X || key === VALUE || chart.points.some((p) => p[key] !== null && p[key] !== ""));
    const rows = [head, ...chart.points.map((point) => order.map((key) => point[key]))];
    const text = rows.map((row) => row.filter((_, at) => used[at]).map(cell).join(",")).join("\r\n");
    save(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }), `${chart.name}.csv`);
  };
  const savePng = async (figure, chart) => {
    const source = figure.querySelector(".chart-drawing svg");
    const { width, height } = source.getBoundingClientRect();
    const copy = source.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    await picture.decode();
    const canvas = document.createElement("canvas");
    const [top, edge, scale] = [34, 12, 2];
    canvas.width = (width + 2 * edge) * scale;
    canvas.height = (height + top + edge) * scale;
    const pen = canvas.getContext("2d");
    const theme = look();
    pen.scale(scale, scale);
    pen.fillStyle = theme.panel;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = theme.ink;
    pen.font = `600 14px ${theme.font}`;
    pen.fillText(chart.title, edge, 22);
    pen.drawImage(picture, edge, top, width, height);
    canvas.toBlob((blob) => save(blob, `${chart.name}.png`), "image/png");
  };

  // ---- One figure ----

  const paint = ({ figure, chart, plot }) => {
    const theme = look();
    legend(figure, chart, theme);
    plot.setOption({ ...frame(chart, theme), ...kinds[chart.kind](chart, theme) }, { notMerge: true });
  };
  const start = (figure) => {
    const source = figure.querySelector('script[type="application/json"]');
    if (!source || drawn.has(figure)) return;
    const chart = JSON.parse(source.textContent);
    figure.classList.add("is-drawn");
    const box = figure.querySelector(".chart-drawing");
    if (chart.kind === "shares") {
      box.style.height = `${44 + 30 * new Set(chart.points.map((point) => point[X])).size}px`;
    }
    const plot = window.echarts.init(box, null, { renderer: "svg" });
    const entry = { figure, chart, plot };
    drawn.set(figure, entry);
    paint(entry);
    new ResizeObserver(() => box.clientWidth && plot.resize()).observe(box);
    figure.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.matches("[data-chart-table]")) {
        const on = figure.classList.toggle("is-table");
        button.setAttribute("aria-pressed", on);
      } else if (button?.matches("[data-chart-png]")) {
        savePng(figure, chart);
      } else if (button?.matches("[data-chart-csv]")) {
        saveCsv(chart);
      }
    });
  };

  new MutationObserver(() => drawn.forEach(paint)).observe(document.documentElement, {
    attributeFilter: ["data-bs-theme"],
  });

  window.groundswellCharts = {
    draw(within) {
      for (const [figure, { plot }] of drawn) {
        if (figure.isConnected) continue;
        plot.dispose();
        drawn.delete(figure);
      }
      within.querySelectorAll("figure[data-chart]").forEach(start);
    },
  };
})();
