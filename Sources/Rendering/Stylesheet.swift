/// The report's looks: light and dark, desk, telephone and paper, without any other file.
enum Stylesheet {
  static let text = [light, dark, frame, decisions, tables, drawings, small, paper].joined(
    separator: "\n")

  private static let light = """
    :root { color-scheme: light dark; --ink: #18212c; --soft: #525e6e; --line: #d5dbe3;
      --paper: #ffffff; --ground: #f2f4f7; --tint: #eef3f8; --accent: #0f5c8c; --band: #c9dff0;
      --bar: #1d6fa5; --quiet: #8593a5; --red: #a61b1b; --amber: #845200; --green: #17663a;
      --grey: #525e6e; --red-ground: #fdeeec; --amber-ground: #fff5de; --green-ground: #e8f5ed;
      --grey-ground: #e9edf2; }
    """

  private static let dark = """
    @media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #a9b4c3;
      --line: #37414f; --paper: #1b222c; --ground: #12171e; --tint: #232d3a; --accent: #85bdea;
      --band: #2b4a66; --bar: #6fb1e4; --quiet: #7d8b9d; --red: #ff9b92; --amber: #f6c660;
      --green: #7fd8a3; --grey: #a9b4c3; --red-ground: #3a1e1d; --amber-ground: #372b11;
      --green-ground: #163122; --grey-ground: #262f3a; } }
    """

  private static let frame = """
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0; overflow-wrap: anywhere; background: var(--ground); color: var(--ink);
      font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
    main, body > header, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
    body > header { padding-top: 1.25rem; }
    h1 { font-size: 2rem; line-height: 1.2; margin: .3rem 0 0; letter-spacing: -.015em; }
    h2 { font-size: 1.4rem; line-height: 1.25; margin: 3rem 0 .6rem; letter-spacing: -.01em; }
    h3 { font-size: 1.1rem; line-height: 1.35; margin: 1.4rem 0 .4rem; }
    h4 { font-size: .8rem; margin: 0 0 .35rem; text-transform: uppercase; letter-spacing: .06em;
      color: var(--soft); }
    .card > h4 { margin-top: .9rem; }
    p { margin: .4rem 0; max-width: 46rem; } ul, ol { margin: .3rem 0; padding-left: 1.3rem; }
    li { margin: .2rem 0; max-width: 46rem; } a { color: var(--accent); }
    .soft { color: var(--soft); } .small { font-size: .875rem; }
    code, .mono { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, monospace;
      font-size: .875em; overflow-wrap: anywhere; }
    .jump { position: absolute; left: -99rem; }
    .jump:focus { position: static; display: inline-block; padding: .3rem 0; }
    .brand { display: flex; align-items: center; gap: .5rem; margin: 0; font-size: .875rem;
      color: var(--soft); max-width: none; }
    .brand a { margin-left: auto; }
    .brand strong { color: var(--accent); } .brand svg { fill: none; stroke: var(--accent);
      stroke-width: 2; stroke-linecap: round; }
    .date { font-size: 1.1rem; color: var(--soft); margin: 0 0 1.1rem; }
    .posture { border: 1px solid; border-left-width: .5rem; border-radius: .6rem;
      padding: 1.1rem 1.3rem; color: var(--tone); background: var(--tone-ground); }
    .overdue { border-left: .5rem solid var(--amber, currentColor); padding: .2rem 1rem; margin: 1rem 0; }
    .posture > p, .posture li, .posture dd, .posture dt { color: var(--ink); }
    .posture .verdict { display: flex; align-items: center; gap: .7rem; margin: 0;
      font-size: 1.45rem; font-weight: 700; line-height: 1.25; letter-spacing: -.01em; }
    .posture .verdict .sign { width: 1.8rem; height: 1.8rem; color: var(--tone); }
    .red, .tone-red { --tone: var(--red); --tone-ground: var(--red-ground); }
    .amber, .tone-amber { --tone: var(--amber); --tone-ground: var(--amber-ground); }
    .green, .tone-green { --tone: var(--green); --tone-ground: var(--green-ground); }
    .learning, .empty, .tone-learning, .tone-empty { --tone: var(--grey);
      --tone-ground: var(--grey-ground); }
    .todo { margin: .8rem 0 .2rem; padding: 0; list-style: none; counter-reset: todo; }
    .todo li { display: grid; grid-template-columns: 6rem 5.5rem 1fr; gap: .2rem .8rem;
      align-items: baseline; padding: .3rem 0; border-top: 1px solid var(--line); margin: 0;
      max-width: none; }
    .todo strong { text-transform: capitalize; }
    .glance { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 1rem 2rem;
      margin: 1.4rem 0 0; align-items: start; } .glance figure { margin: 0; }
    .glance .wide { margin: 0; }
    .figures { display: grid; grid-template-columns: 1fr 1fr; gap: .7rem 1rem; margin: 0; } .figures dt { font-size: .85rem; color: var(--soft); }
    .figures dd { margin: 0; font-size: 1.7rem; font-weight: 650; line-height: 1.15;
      font-variant-numeric: tabular-nums; }
    .figures.row { display: flex; flex-wrap: wrap; gap: .7rem 2.2rem; margin: 1rem 0; }
    #content > h2:first-child { margin-top: 1rem; }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; padding: .5rem 0;
      margin: .8rem 0 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
    nav li { margin: 0; } nav a { display: inline-block; padding: .15rem 0; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
    footer { padding: 2.5rem 1.5rem 3rem; color: var(--soft); font-size: .875rem; }
    """

  private static let decisions = """
    .card { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem;
      padding: 1.2rem 1.4rem 1rem; margin: 1rem 0; }
    .decision { border-left: .35rem solid var(--tone); }
    .card.critical, .card.high { --tone: var(--red); --tone-ground: var(--red-ground); }
    .card.medium { --tone: var(--amber); --tone-ground: var(--amber-ground); }
    .card.low, .card.info { --tone: var(--grey); --tone-ground: var(--grey-ground); }
    .eyebrow { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 0; font-size: .875rem;
      color: var(--soft); max-width: none; }
    .card h3 { font-size: 1.3rem; line-height: 1.3; margin: .25rem 0 .15rem;
      letter-spacing: -.01em; }
    .severity { font-weight: 700; white-space: nowrap; }
    .severity .sign { vertical-align: -.12em; }
    .severity.critical, .severity.high { color: var(--red); } .severity.medium { color: var(--amber); }
    .severity.low, .severity.info { color: var(--grey); }
    [class*="tone-"] { color: var(--tone); }
    .sign { width: 1em; height: 1em; flex: none; display: inline-block; }
    .sign .full { fill: currentColor; } .sign .line { fill: none; stroke: currentColor;
      stroke-width: 2.4; }
    .sign .cut { fill: none; stroke: var(--paper); stroke-width: 2; }
    .who { margin: 0 0 .7rem; color: var(--soft); } .who b { color: var(--ink); }
    .advice { margin: .8rem 0 1rem; padding: .6rem .9rem; border-radius: .4rem; max-width: none;
      background: var(--tone-ground); }
    .advice strong { font-size: 1.2rem; margin-right: .4rem; color: var(--tone); }
    .halves { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem 2rem; }
    .halves ul, .halves ol { padding-left: 1.15rem; }
    .why b { white-space: nowrap; font-size: 1.1em; font-variant-numeric: tabular-nums; }
    .minis { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: .8rem 0 .2rem; }
    .minis figure { margin: 0; } .minis figcaption { font-size: .8rem; }
    .more { margin: .7rem 0 0; padding-top: .6rem; border-top: 1px solid var(--line);
      max-width: none; display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; font-size: .9rem; }
    .voices { display: grid; grid-template-columns: max-content 1fr; gap: .2rem .9rem;
      margin: .6rem 0; } .voices dt { font-weight: 650; } .voices dd { margin: 0; }
    .facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem;
      margin: .5rem 0; font-size: .9rem; } .facts dt { color: var(--soft); }
    .facts dd { margin: 0; overflow-wrap: anywhere; }
    """

  private static let tables = """
    .wide { overflow-x: auto; margin: .6rem 0; }
    table { border-collapse: collapse; width: 100%; background: var(--paper); font-size: .9rem; }
    caption { text-align: left; font-weight: 650; padding: .4rem 0; background: var(--ground); }
    .card caption { background: var(--paper); }
    th, td { text-align: left; padding: .4rem .65rem; border-bottom: 1px solid var(--line);
      vertical-align: top; }
    td, th { overflow-wrap: break-word; } td.mono { overflow-wrap: anywhere; min-width: 11.5rem; }
    thead th { color: var(--soft); font-weight: 600; white-space: nowrap; font-size: .825rem;
      background: var(--tint); }
    tbody th { font-weight: 600; }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums;
      white-space: nowrap; }
    .news { columns: 24rem 2; column-gap: 2rem; } .news li { break-inside: avoid; }
    details { margin: .6rem 0; } summary { cursor: pointer; color: var(--accent);
      padding: .15rem 0; }
    """

  private static let drawings = """
    figure { margin: 1rem 0; } figcaption { font-size: .85rem; color: var(--soft);
      max-width: 46rem; }
    svg.chart { display: block; max-width: 100%; height: auto; }
    svg text { fill: var(--soft); font: 11px system-ui, "DejaVu Sans", sans-serif; }
    svg .axis { stroke: var(--line); } svg .none { fill: var(--quiet); } svg .band { fill: var(--band); }
    svg .bar { fill: var(--bar); } svg .hollow { fill: var(--paper); stroke: var(--bar); }
    svg .mid { fill: none; stroke: var(--soft); stroke-dasharray: 3 3; }
    svg .actual { fill: none; stroke: var(--bar); stroke-width: 2; }
    svg .dot { fill: var(--bar); } svg .cell { fill: var(--bar); }
    svg .host { fill: var(--tint); stroke: var(--soft); }
    svg .self { fill: var(--tint); stroke: var(--bar); stroke-width: 2.5; }
    svg .arrow { fill: none; stroke: var(--ink); stroke-width: 1.5; }
    svg .head { fill: var(--ink); } svg .name { fill: var(--ink); font-size: 12px; }
    """

  private static let small = """
    @media (max-width: 44rem) {
      main, body > header, footer { padding-left: .9rem; padding-right: .9rem; }
      h1 { font-size: 1.55rem; } h2 { margin-top: 2.2rem; }
      .posture { padding: .9rem; } .posture .verdict { font-size: 1.2rem; }
      .todo li { grid-template-columns: max-content 1fr; }
      .todo li a { grid-column: 1 / -1; }
      .glance { grid-template-columns: minmax(0, 1fr); }
      .halves { grid-template-columns: 1fr; } .card { padding: .9rem; }
      .wide svg.chart { min-width: 36rem; direction: ltr; }
      .glance .wide { direction: rtl; } /* scrolled to the newest day */
      .facts, .voices { grid-template-columns: 1fr; } .facts dd, .voices dd { margin-bottom: .3rem; }
    }
    """

  private static let paper = """
    @media print { :root { --ground: #fff; --paper: #fff; } body { font-size: 10pt; }
      @page { margin: 14mm; } nav, .jump { display: none; } main, body > header, footer {
      max-width: none; padding: 0; } figure, tr, li, .advice, .posture { break-inside: avoid; }
      h2, h3, h4, caption, .eyebrow, h2 + p { break-after: avoid; } .wide { overflow: visible; }
      a { color: inherit; } }
    """
}
