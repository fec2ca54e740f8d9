import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Loading windows")
struct WindowLoaderTests {
    private static let full = """
        kind: window
        id: night-work
        title: The database moves
        owner: storage
        effect: maintenance
        remediation: blocked
        scope: 'service="shop", host=~"db-.*"'
        weekly: {days: [sat, sun], from: "22:00", to: "06:00"}
        time_zone: Europe/Berlin
        """

    @Test("everything that a window can say is read")
    func everything() throws {
        let window = try #require(try RuleLoader.load(text: Self.full, file: "f").windows.windows.first)
        #expect(window.id == "night-work")
        #expect(window.title == "The database moves")
        #expect(window.owner == "storage")
        #expect(window.effect == .maintenance)
        #expect(window.blocksRemediation)
        #expect(window.location.description == "f:1:1")
        let labels = Labels(["service": "shop", "host": "db-1"])
        // A Sunday, at 01:00 in Berlin.
        let moment = try #require(Timestamp(iso8601: "2026-05-02T23:00:00Z"))
        #expect(window.isActive(at: moment, labels: labels))
    }

    /// A change of the full window, and the complaint that it brings.
    private static let mistakes: [(from: String, to: String, complaint: String)] = [
        ("kind: window", "kind: windw", "f:1:7: unknown kind 'windw'; did you mean 'window'?"),
        ("kind: window\n", "", "f:1:1: a document begins with 'kind: rule', 'kind: runbook', 'kind: window'"),
        ("id: night-work", "id: Night", "f:2:5: 'id' must be a name"),
        ("owner: storage\n", "", "f:1:1: a window needs 'owner'"),
        ("owner", "ownr", "f:4:1: unknown key 'ownr' in a window; did you mean 'owner'?"),
        ("maintenance", "maintenence", "f:5:9: 'effect' must be maintenance or freeze, not 'maintenence'; did"),
        ("maintenance", "freeze", "f:6:1: 'remediation' is for a maintenance"),
        ("blocked", "blokced", "f:6:14: 'remediation' must be allowed or blocked, not 'blokced'; did"),
        ("=\"shop\"", "==\"shop\"", "f:7:16: '==' is written '='"),
        ("db-.*", "db-(", "f:7:31: not a regular expression"),
        (
            "'service=\"shop\", host=~\"db-.*\"'", "'host=~\".*\"'",
            "f:7:8: this fits everything: at least one matcher must"
        ),
        ("'service=\"shop\", host=~\"db-.*\"'", "[]", "f:7:8: at least one matcher is needed"),
        ("'service=\"shop\", host=~\"db-.*\"'", "[{a: b}]", "f:7:9: 'scope' must be matchers"),
        ("scope: 'service=\"shop\", host=~\"db-.*\"'\n", "", "f:1:1: a window needs 'scope'"),
        ("[sat, sun]", "[sta]", "f:8:17: a day is mon, tue, wed, thu, fri, sat or sun, not 'sta'"),
        ("[sat, sun]", "[]", "f:8:10: 'days' is empty, so the window never comes"),
        ("\"22:00\"", "\"24:00\"", "f:8:34: 'from' must be a time of day such as \"22:00\" (00:00 to 23:59)"),
        ("\"22:00\"", "10pm", "f:8:34: 'from' must be a time of day"),
        ("\"22:00\"", "\"2é:0\"", "f:8:34: 'from' must be a time of day"),
        ("\"06:00\"", "\"06:60\"", "f:8:47: 'to' must be a time of day"),
        ("\"06:00\"", "\"22:00\"", "f:8:43: 'to' is 'from'; for a whole day write"),
        ("to: \"06:00\"", "too: \"06:00\"", "f:8:43: unknown key 'too' in 'weekly'; did you mean 'to'?"),
        ("Berlin", "Berln", "f:9:12: unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?"),
        ("Europe/Berlin", "GMT+2", "f:9:12: unknown time zone 'GMT+2'"),
        ("time_zone: Europe/Berlin", "", "f:8:1: a weekly window needs 'time_zone'"),
        ("time_zone: Europe/Berlin", "time_zone:", "f:9:1: 'time_zone' has no value"),
        ("weekly: {", "from: 2026-05-01\nweekly: {", "f:9:1: a window has exactly one of"),
        (
            "weekly: {", "from: 2026-05-01\nuntil: 2026-05-02\nuser: {",
            "f:11:1: 'time_zone' is for 'weekly' and 'monthly'"
        ),
        ("weekly: {", "from: 2026-05-02\nuntil: 2026-05-02\nuser: {", "f:9:1: 'until' must lie after 'from'"),
        ("weekly: {", "from: tomorrow\nuntil: 2026-05-02\nuser: {", "f:8:7: 'from' must be a date and time"),
        ("weekly: {", "until: 2026-05-02\nuser: {", "f:1:1: a window needs 'from'"),
        ("weekly: {", "user: {", "f:1:1: a window needs 'from' and 'until', 'weekly' or 'monthly'"),
        ("weekly: {days: [sat, sun]", "monthly: {days: [0]", "f:8:18: a day of the month is 1 to 31, or -1"),
        ("weekly: {days: [sat, sun]", "monthly: {days: [sat]", "f:8:18: a day of the month is 1 to 31, or -1"),
    ]

    @Test("a mistake is named in its place", arguments: mistakes)
    func mistake(from: String, to: String, complaint: String) throws {
        let text = Self.full.replacing(from, with: to)
        #expect(text != Self.full)
        let error = try #require(throws: DocumentError.self) { try RuleLoader.load(text: text, file: "f") }
        #expect(error.diagnostics.contains { $0.description.hasPrefix(complaint) }, "\(error)")
    }

    @Test("documents of other kinds may stand beside them, an id can be had once")
    func documents() throws {
        let others = "kind: runbook\nid: x\n---\nkind: services\nservices: [{name: shop}]"
        let rules = try RuleLoader.load(text: [others, Self.full].joined(separator: "\n---\n"), file: "f")
        #expect(rules.windows.windows.map(\.id) == ["night-work"])
        #expect(rules.services.services.map(\.name) == ["shop"])
        let error = try #require(throws: DocumentError.self) {
            try RuleLoader.load(text: [Self.full, Self.full].joined(separator: "\n---\n"), file: "f")
        }
        #expect(error.description == "f:11:1: the id 'night-work' is taken by the window at f:1:1")
    }

    @Test("there may be only so many")
    func cap() throws {
        let text = (0...WindowSet.mostWindows).map { number in
            "kind: window\nid: w\(number)\ntitle: t\nowner: o\neffect: freeze\nscope: all\nfrom: 2026-05-01\nuntil: 2026-05-02"
        }.joined(separator: "\n---\n")
        let error = try #require(throws: DocumentError.self) { try RuleLoader.load(text: text, file: "f") }
        #expect(error.description.hasSuffix("there may be 1000 windows; this is one more"))
    }
}
