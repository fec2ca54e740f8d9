/// The style sheet of reports. Colours are those of Okabe and Ito (2008), which people with any colour vision tell apart;
/// dark mode takes the lighter ones.
enum ReportStyle {
    static let css = """
        :root {
          color-scheme: light dark;
          --page: #ffffff; --panel: #f6f7f9; --text: #1b1f24; --faint: #5b6470; --rule: #d5dae0; --grid: #e9ecef;
          --values: #0072b2; --band: #56b4e9; --truth: #e69f00; --alert: #d55e00; --score: #3d4651;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171a; --panel: #1d2125; --text: #e6e9ec; --faint: #9aa4af; --rule: #3a424a; --grid: #272d33;
            --values: #56b4e9; --band: #0072b2; --truth: #e69f00; --alert: #ff8a3d; --score: #c5ccd3;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 1180px; background: var(--page); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        }
        h1 { font-size: 1.6rem; margin: 0 0 .25rem; letter-spacing: -.01em; }
        h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
        h3 { font-size: 1rem; margin: 2rem 0 .25rem; overflow-wrap: anywhere; }
        p { margin: .25rem 0 .75rem; }
        .faint, caption, figcaption, footer { color: var(--faint); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding-bottom: .4rem; }
        th, td { padding: .34rem .55rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
        th { color: var(--faint); font-weight: 600; border-bottom-color: var(--rule); }
        td.text, th.text { text-align: left; }
        td.file { white-space: normal; overflow-wrap: anywhere; min-width: 18rem; }
        td.best { font-weight: 700; }
        td.error { color: var(--alert); white-space: normal; text-align: left; }
        td.bar {
          background: linear-gradient(to right, var(--values) var(--share), var(--grid) 0) no-repeat .55rem 100% /
            calc(100% - 1.1rem) 4px;
        }
        td.set { font-weight: 600; background: var(--panel); }
        td.heat { text-align: center; border-left: 1px solid var(--page); color: var(--text); }
        td.heat.best { text-decoration: underline; text-underline-offset: .18em; }
        \(heat)
        .tag {
          font-size: .72rem; font-weight: 400; color: var(--faint); border: 1px solid var(--rule); border-radius: 4px;
          padding: 0 .3rem;
        }
        details { margin: .75rem 0; }
        summary { cursor: pointer; font-weight: 600; padding: .25rem 0; }
        code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
        a { color: var(--values); }
        figure { margin: .5rem 0 1.75rem; padding: .75rem .75rem .5rem; background: var(--panel); border-radius: 8px; }
        figcaption { font-size: .87rem; margin-bottom: .35rem; }
        figcaption strong { color: var(--text); }
        ul.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; margin: 0 0 1rem; padding: 0; list-style: none; }
        ul.legend li { display: flex; align-items: center; gap: .45rem; font-size: .87rem; color: var(--faint); }
        ul.legend svg { width: 26px; height: 14px; flex: none; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--faint); }
        svg .mark { fill: var(--text); }
        svg .rank { fill: var(--faint); }
        .axis, .lead { fill: none; stroke: var(--faint); }
        .group { fill: none; stroke: var(--values); stroke-width: 4; stroke-linecap: round; }
        svg .name { font-weight: 600; paint-order: stroke; stroke: var(--panel); stroke-width: 3px; }
        .frame { fill: none; stroke: var(--rule); }
        .grid { fill: none; stroke: var(--grid); }
        .truth { fill: var(--truth); fill-opacity: .24; }
        .band { fill: var(--band); fill-opacity: .3; stroke: none; }
        .expected { fill: none; stroke: var(--faint); stroke-dasharray: 4 3; }
        .values { fill: none; stroke: var(--values); stroke-width: 1.3; stroke-linejoin: round; stroke-linecap: round; }
        .alert { fill: var(--alert); stroke: var(--panel); }
        .score { fill: none; stroke: var(--score); stroke-width: 1.1; stroke-linejoin: round; stroke-linecap: round; }
        .line { fill: none; stroke: var(--alert); stroke-width: 1.3; stroke-dasharray: 6 4; }
        .truth-strip { fill: var(--truth); }
        .alert-strip { fill: var(--alert); }
        footer { margin-top: 3rem; font-size: .8rem; }
        @media print { figure { break-inside: avoid; } }
        """

    /// Eleven grounds from the panel's colour to nearly that of values: one hue, so that lightness alone says how much. Text
    /// turns dark on the light grounds of the dark mode.
    private static let heat: String = {
        let steps = (0...10).map { step in
            "td.h\(step) { background: color-mix(in srgb, var(--values) \(step * 8 + 2)%, var(--panel)); }"
        }
        let light = (6...10).map { "td.heat.h\($0)" }.joined(separator: ", ")
        return steps.joined(separator: "\n")
            + "\n@media (prefers-color-scheme: dark) { \(light) { color: #000000; } }"
    }()
}
