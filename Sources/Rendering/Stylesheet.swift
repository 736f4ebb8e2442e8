/// The report's looks: light and dark, screen and paper, without any other file.
enum Stylesheet {
  static let text = """
    :root { color-scheme: light dark; --ink: #1b2330; --soft: #566072; --line: #d8dde6;
      --paper: #ffffff; --ground: #f4f6f9; --accent: #1f5fae; --band: #cfe0f5; --bar: #1f5fae;
      --red: #b3261e; --amber: #8a5a00; --green: #1a6b3c; --grey: #566072;
      --red-ground: #fdecea; --amber-ground: #fff4dc; --green-ground: #e6f4ec;
      --grey-ground: #eceff4; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6eaf2; --soft: #a3adbd;
      --line: #343c4a; --paper: #1a1f29; --ground: #12161d; --accent: #7fb2f0; --band: #2a4468;
      --bar: #7fb2f0; --red: #ff8a80; --amber: #ffc95c; --green: #7fd6a0; --grey: #a3adbd;
      --red-ground: #3b1c1a; --amber-ground: #3a2c0e; --green-ground: #15301f;
      --grey-ground: #262c37; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    main, header, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
    header { padding-top: 1.5rem; }
    h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .7rem; }
    h3 { font-size: 1.05rem; margin: 1.1rem 0 .4rem; } p { margin: .4rem 0; max-width: 60rem; }
    a { color: var(--accent); } .soft { color: var(--soft); } .small { font-size: .875rem; }
    code, .mono { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, monospace;
      font-size: .875em; overflow-wrap: anywhere; }
    .posture { border-left: .45rem solid; padding: .6rem .9rem; margin: 1rem 0;
      border-radius: .3rem; }
    .posture.red { border-color: var(--red); background: var(--red-ground); }
    .posture.amber { border-color: var(--amber); background: var(--amber-ground); }
    .posture.green { border-color: var(--green); background: var(--green-ground); }
    .posture.learning, .posture.empty { border-color: var(--grey); background: var(--grey-ground); }
    .posture strong { display: block; font-size: 1.1rem; }
    .card { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem;
      padding: .9rem 1.1rem; margin: .8rem 0; }
    .card > h3 { margin-top: 0; }
    .badge { display: inline-block; border: 1px solid; border-radius: 1rem; padding: 0 .6rem;
      font-size: .8rem; font-weight: 600; margin-right: .35rem; }
    .critical, .high { color: var(--red); } .medium { color: var(--amber); }
    .low, .info { color: var(--grey); }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; background: var(--paper); font-size: .9rem; }
    caption { text-align: left; font-weight: 600; padding: .4rem 0; }
    th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line);
      vertical-align: top; overflow-wrap: anywhere; }
    th { color: var(--soft); font-weight: 600; white-space: nowrap; overflow-wrap: normal; }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums;
      white-space: nowrap; }
    figure { margin: .9rem 0; } figcaption { font-size: .875rem; color: var(--soft); }
    svg { max-width: 100%; height: auto; display: block; }
    svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
    svg .axis { stroke: var(--line); } svg .band { fill: var(--band); }
    svg .bar { fill: var(--bar); } svg .mid { fill: none; stroke: var(--soft);
      stroke-dasharray: 3 3; } svg .actual { fill: none; stroke: var(--bar); stroke-width: 2; }
    svg .dot { fill: var(--bar); } svg .cell { fill: var(--bar); }
    details { margin: .5rem 0; } summary { cursor: pointer; color: var(--accent); }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    footer { padding: 2rem 1.25rem 3rem; color: var(--soft); font-size: .875rem; }
    @media print { body { background: #fff; } .card { break-inside: avoid; } nav { display: none; } }
    """
}
