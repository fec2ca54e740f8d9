import AuspexEngine
import AuspexRules
import AuspexSignals
import AuspexTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct IncidentTests {
    private static let rules = """
        kind: rule
        id: high-load
        title: Load is high
        status: stable
        severity: critical
        when: {c: {source: metric, where: 'm.value > 1.0'}}
        group_by: [service]
        """

    private func withRules(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = try directory.file("rules.yaml", Self.rules)
        try await withServer({ $0.rulePaths = [path] }) { client, engine in
            try await body(Site(client: client, engine: engine))
        }
    }

    /// A server with what tests ask of it.
    private struct Site: Sendable {
        let client: any TestClientProtocol
        let engine: Engine

        func get(_ path: String) async throws -> JSONValue {
            try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil).json
        }

        func post(_ path: String, _ body: String) async throws -> TestResponse {
            try await client.executeRequest(
                uri: path, method: .post, headers: [.contentType: "application/json"], body: ByteBuffer(string: body))
        }

        /// Sends a load of each service, now.
        func load(_ values: [String: Double]) async throws {
            let now = engine.clock.now()
            try await engine.ingest(
                SignalBatch(
                    series: values.map { service, value in
                        SeriesSamples(
                            labels: Labels(["__name__": "load", "service": service]),
                            samples: [Sample(time: now, value: value)])
                    }))
        }

        /// The listing, when it is as it should be.
        func list(_ path: String, until isRight: ([JSONValue]) -> Bool) async throws -> [JSONValue] {
            while true {
                let found = try await get(path).array ?? []
                if isRight(found) { return found }
                await Task.yield()
            }
        }
    }

    @Test("an incident is taken on, talked about, closed and opened again, and says who did it")
    func life() async throws {
        try await withRules { site in
            let response = try await site.post(
                "/api/v1/services/edges", #"{"edges":[{"service":"shop","dependency":"db"}]}"#)
            #expect(response.status == .noContent)
            let change = #"{"id":"d1","service":"db","version":"v2","outcome":"success"}"#
            #expect(try await site.post("/api/v1/changes", change).status == .accepted)
            try await site.load(["shop": 2, "db": 2])
            let found = try await site.list("/api/v1/incidents?state=open&service=shop") { !$0.isEmpty }
            let incident = try #require(found.first)
            let id = try #require(incident["id"]?.string)
            #expect(incident["services"]?.array?.compactMap(\.string) == ["db", "shop"])
            #expect(incident["title"]?.string?.hasPrefix("Load is high (") == true)
            #expect(incident["suspects"]?.array?.first?["change"]?["id"]?.string == "d1")
            let path = "/api/v1/incidents/\(id)"
            let acknowledged = try await site.post(path + "/ack", #"{"by":"ann"}"#)
            #expect(acknowledged.json["state"]?.string == "acknowledged")
            #expect(acknowledged.json["acknowledgedBy"]?.string == "ann")
            let again = try await site.post(path + "/ack", #"{"by":"bob"}"#)
            #expect(again.status == .conflict)
            #expect(again.json["detail"]?.string == "ann has acknowledged it already")
            #expect(try await site.post(path + "/comment", #"{"by":"ann","text":"rolling back"}"#).status == .ok)
            #expect(
                try await site.post(path + "/comment", #"{"by":"ann"}"#).json["detail"]?.string == "text is missing")
            #expect(try await site.post(path + "/comment", #"{"by":"ann","text":" "}"#).status == .badRequest)
            #expect(try await site.post(path + "/resolve", #"{"by":"ann"}"#).json["state"]?.string == "resolved")
            #expect(try await site.post(path + "/reopen", #"{"by":"bob"}"#).json["state"]?.string == "open")
            let history = try await site.get(path)["history"]?.array ?? []
            #expect(history.compactMap { $0["actor"]?.string }.filter { !$0.isEmpty } == ["ann", "ann", "ann", "bob"])
            #expect(try await site.post("/api/v1/incidents/inc-0/ack", #"{"by":"ann"}"#).status == .notFound)
            let audit = try await site.get("/api/v1/audit").array ?? []
            #expect(
                audit.compactMap { $0["kind"]?.string } == [
                    "incident.acknowledged", "incident.commented", "incident.resolved", "incident.reopened",
                ])
            let alerts = try await site.get(
                "/api/v1/alerts?severity=critical&matchers=service%3Ddb&state=firing,resolved")
            let alert = try #require(alerts.array?.first?["id"]?.string)
            #expect(try await site.get("/api/v1/alerts/\(alert)")["labels"]?["service"]?.string == "db")
            #expect(try await site.get("/api/v1/incidents?alert=\(alert)").array?.first?["id"]?.string == id)
            let services = try await site.get("/api/v1/services")
            #expect(services["edges"]?.array?.first?["origin"]?.string == "told")
        }
    }

    @Test("a silence is previewed, made, changed and ended")
    func silences() async throws {
        try await withRules { site in
            try await site.load(["shop": 2, "blog": 2])
            _ = try await site.list("/api/v1/alerts?state=firing") { $0.count == 2 }
            let preview = try await site.post("/api/v1/silences/preview", #"{"matchers":"service=shop, team=\"web\""}"#)
            #expect(preview.json["silencedCount"]?.int == 0)
            #expect(preview.json["examined"]?.int == 2)
            #expect(preview.json["idleMatchers"]?.array?.compactMap(\.string) == ["team=\"web\""])
            let end = site.engine.clock.now().milliseconds + 3_600_000
            func wish(_ matchers: String, _ end: Int64) -> String {
                #"{"matchers":"\#(matchers)","endsAt":\#(end),"by":"ann","comment":"known"}"#
            }
            let made = try await site.post("/api/v1/silences", wish("service=shop", end))
            #expect(made.status == .created)
            let id = try #require(made.json["id"]?.string)
            #expect(made.json["state"]?.string == "active")
            let held = try await site.list("/api/v1/alerts?matchers=service%3Dshop") { alerts in
                alerts.first?["heldBack"] != nil
            }
            #expect(held.first?["heldBack"]?.string == "silenced by \(id)")
            let edited = try await site.post("/api/v1/silences/\(id)/edit", wish("service=blog", end))
            let second = try #require(edited.json["id"]?.string)
            #expect(
                try await site.get("/api/v1/silences?state=active").array?.compactMap { $0["id"]?.string } == [second])
            #expect(
                try await site.post("/api/v1/silences/\(second)/expire", #"{"by":"ann"}"#).json["state"]?.string
                    == "expired")
            #expect(try await site.post("/api/v1/silences/\(second)/expire", #"{"by":"ann"}"#).status == .conflict)
            #expect(try await site.post("/api/v1/silences", wish("service=~\\\".*\\\"", end)).status == .badRequest)
            let text = #"{"matchers":"service=x","endsAt":"2100-01-01T00:00:00Z","by":"ann","comment":"c"}"#
            #expect(try await site.post("/api/v1/silences", text).json["endsAt"]?.int == 4_102_444_800_000)
            let wrong = text.replacing("2100-01-01T00:00:00Z", with: "tomorrow")
            let answer = try await site.post("/api/v1/silences", wrong).json["detail"]?.string
            #expect(answer?.hasPrefix("endsAt: must be a moment such as") == true)
            #expect(try await site.post("/api/v1/silences/\(second)/expire", #"{"by":" "}"#).status == .badRequest)
            let past = try await site.post("/api/v1/silences", wish("service=shop", 1_000))
            #expect(past.json["detail"]?.string?.contains("is past") == true)
        }
    }

    @Test("names of services that are none are refused with their place")
    func wrongEdges() async throws {
        try await withRules { site in
            let response = try await site.post(
                "/api/v1/services/edges",
                #"{"edges":[{"service":"shop","dependency":"db"},{"service":"shop","dependency":"10.0.0.1"}]}"#)
            #expect(response.status == .badRequest)
            #expect(response.json["detail"]?.string?.hasPrefix("edges[1].dependency: '10.0.0.1'") == true)
            #expect(try await site.get("/api/v1/services")["edges"]?.array?.isEmpty == true)
        }
    }

    // MARK: Other systems

    @Test("alerts of Prometheus and outcomes of health checks are taken, wrong ones named while the others count")
    func doors() async throws {
        try await withRules { site in
            let alerts = """
                [{"labels":{"alertname":"Down","service":"shop"}},{"labels":{}},{"labels":{"alertname":"Slow"}}]
                """
            let response = try await site.post("/api/v2/alerts", alerts)
            #expect(response.status == .badRequest)
            #expect(response.json["detail"]?.string?.hasPrefix("1 alerts refused, 2 accepted: alerts[1]: ") == true)
            #expect(site.engine.metrics.value(of: .outsideAlerts) == 2)
            #expect(try await site.post("/api/v2/alerts", "{").status == .badRequest)
            let checks = #"{"checks":[{"labels":{"service":"shop"},"status":"unhealthy"}]}"#
            #expect(try await site.post("/api/v1/health", checks).status == .noContent)
            let wrong = try await site.post("/api/v1/health", #"{"checks":[{"labels":{},"status":"healthy"}]}"#)
            #expect(wrong.json["detail"]?.string?.hasPrefix("checks[0].labels is empty") == true)
            let old = #"{"checks":[{"labels":{"service":"s"},"status":"healthy","time":"2026-01-01T00:00:00Z"}]}"#
            #expect(try await site.post("/api/v1/health", old).json["detail"]?.string?.contains("says nothing") == true)
            let early = #"{"checks":[{"labels":{"service":"s"},"status":"healthy","time":4102444800000}]}"#
            #expect(try await site.post("/api/v1/health", early).json["detail"]?.string?.contains("ahead") == true)
        }
    }

    @Test("a notification needs the token that is set up for it")
    func notification() async throws {
        let body = """
            {"version":"4","status":"firing","receiver":"auspex","alerts":[
            {"status":"firing","labels":{"alertname":"Down"},"startsAt":"2026-03-01T12:00:00Z"}]}
            """
        @Sendable func send(_ client: any TestClientProtocol, _ token: String?) async throws -> TestResponse {
            var headers: HTTPFields = [.contentType: "application/json"]
            if let token { headers[.authorization] = "Bearer \(token)" }
            return try await client.executeRequest(
                uri: "/hooks/alertmanager", method: .post, headers: headers, body: ByteBuffer(string: body))
        }
        try await withServer { client, _ in
            let status = try await send(client, "t0ken").status
            #expect(status == .forbidden)
        }
        try await withServer({ $0.hooks.alertmanagerToken = Secret("t0ken") }) { client, engine in
            var statuses: [HTTPResponse.Status] = []
            for token in [nil, "t0kem", "t0ken"] { statuses.append(try await send(client, token).status) }
            #expect(statuses == [.unauthorized, .unauthorized, .ok])
            #expect(engine.metrics.value(of: .outsideAlerts) == 1)
        }
    }
}
