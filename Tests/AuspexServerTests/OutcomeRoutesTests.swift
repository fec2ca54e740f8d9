import AuspexChanges
import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct OutcomeRoutesTests {
    private static let rules = """
        kind: rule
        id: high-load
        title: Load is high
        status: stable
        severity: critical
        when: {c: {source: metric, where: 'm.value > 1.0'}}
        group_by: [service]
        """

    private struct Site: Sendable {
        let client: any TestClientProtocol
        let engine: Engine

        func get(_ path: String) async throws -> TestResponse {
            try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil)
        }

        func post(_ path: String, _ body: String) async throws -> TestResponse {
            try await client.executeRequest(
                uri: path, method: .post, headers: [.contentType: "application/json"], body: ByteBuffer(string: body))
        }
    }

    private func withSite(_ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = try directory.file("rules.yaml", Self.rules)
        try await withServer({ $0.rulePaths = [path] }) { client, engine in
            try await body(Site(client: client, engine: engine))
        }
    }

    @Test("an incident's blame falls on the deploy of its service, which is harmful from then on")
    func blame() async throws {
        try await withSite { site in
            for service in ["shop", "till"] {
                let change =
                    #"{"id":"gh:acme/\#(service)/7","service":"\#(service)","version":"v2","outcome":"success"}"#
                #expect(try await site.post("/api/v1/changes", change).status == .accepted)
            }
            try await site.engine.ingest(
                SignalBatch(
                    series: [
                        SeriesSamples(
                            labels: Labels(["__name__": "load", "service": "shop"]),
                            samples: [Sample(time: site.engine.clock.now(), value: 2)])
                    ]))
            var incident: String?
            while incident == nil {
                incident = try await site.get("/api/v1/incidents").json.array?.first?["id"]?.string
                await Task.yield()
            }
            let id = try #require(incident)
            let blame = try await site.get("/api/v1/incidents/\(id)/blame").json
            #expect(blame["faults"]?.int == 1)
            #expect(blame["culprit"]?.string == "gh:acme/shop/7", "\(blame)")
            let first = try #require(blame["changes"]?.array?.first)
            #expect(first["reasons"]?.array?.compactMap(\.string).contains("none of the kind before it") == true)
            await site.engine.outcomes.pass()
            let shown = try await site.get("/api/v1/changes/gh%3Aacme%2Fshop%2F7").json
            #expect(shown["change"]?["service"]?.string == "shop", "\(shown)")
            #expect(shown["outcome"]?["harm"]?.string == "harmful")
            #expect(shown["outcome"]?["incidents"]?.array?.first?["incident"]?.string == id)
            let other = try await site.get("/api/v1/changes/gh%3Aacme%2Ftill%2F7").json
            #expect(other["outcome"]?["harm"]?.string == "open")
            #expect(try await site.get("/api/v1/incidents/inc-0/blame").status == .notFound)
            #expect(try await site.get("/api/v1/changes/nobody").status == .notFound)
        }
    }

    @Test("a person's word wins, and wrong words are refused")
    func outcome() async throws {
        try await withSite { site in
            let change = #"{"id":"d1","service":"shop","version":"v2","outcome":"rolled_back"}"#
            #expect(try await site.post("/api/v1/changes", change).status == .accepted)
            let path = "/api/v1/changes/d1/outcome"
            let said = try await site.post(path, #"{"harmful":false,"by":"ann","reason":"a drill"}"#)
            #expect(said.json["harm"]?.string == "harmless")
            #expect(said.json["reasons"]?.array?.compactMap(\.string) == ["ann said so: a drill"])
            #expect(try await site.post(path, #"{"harmful":false,"by":""}"#).status == .badRequest)
            #expect(try await site.post(path, #"{"by":"ann"}"#).json["detail"]?.string == "harmful is missing")
            let unknown = try await site.post("/api/v1/changes/d2/outcome", #"{"harmful":true,"by":"ann"}"#)
            #expect(unknown.status == .notFound)
        }
    }

    @Test("delivery counts production unless it is told otherwise, and says what is wrong with a question")
    func delivery() async throws {
        try await withSite { site in
            for (id, environment) in [("a", "production"), ("b", "staging"), ("c", "production")] {
                let now = site.engine.clock.now().milliseconds
                let change = """
                    {"id":"\(id)","service":"shop","environment":"\(environment)","version":"\(id)","outcome":"success",
                    "startedAt":\(now - 60_000),"endedAt":\(now - 1_000),"committedAt":\(now - 3_601_000),"commits":2}
                    """
                #expect(try await site.post("/api/v1/changes", change).status == .accepted)
            }
            let usual = try await site.get("/api/v1/delivery").json
            #expect(usual["whole"]?["finished"]?.int == 2)
            #expect(usual["whole"]?["lead_time"]?["median"]?.double == 3_600)
            #expect(usual["services"]?.array?.count == 1)
            let weeks = try await site.get("/api/v1/delivery?environment=any&by=week").json
            #expect(weeks["whole"]?["finished"]?.int == 3)
            #expect((weeks["weeks"]?.array?.count ?? 0) >= 13)
            for question in ["by=day", "since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "since=soon"] {
                #expect(try await site.get("/api/v1/delivery?\(question)").status == .badRequest, "\(question)")
            }
        }
    }

    @Test("the models of a server that knows nothing say so, and what is no model is not imported")
    func models() async throws {
        try await withSite { site in
            let status = try await site.get("/api/v1/risk/models").json.array ?? []
            #expect(status.count == 1)
            #expect(status.first?["scorer"]?.string == "size-only")
            #expect(status.first?["reason"]?.string?.hasPrefix("0 of 0 changes did harm") == true)
            let path = "/api/v1/risk/models/import?service=shop"
            #expect(try await site.post(path, "{}").json["detail"]?.string?.contains("format") == true)
            #expect(try await site.post(path, #"{"format":9}"#).status == .badRequest)
            let form = try await site.client.executeRequest(
                uri: path, method: .post, headers: [:], body: ByteBuffer(string: "{}"))
            #expect(form.status == .unsupportedMediaType)
        }
    }

    @Test("a model that is imported scores its service's changes from then on, and other services' as before")
    func importing() async throws {
        let changes = (0..<300).map { (number: Int) -> LabelledChange in
            let size = number % 97
            let time = Timestamp(milliseconds: Int64(number) * 3_600_000)
            let measures = ChangeMeasures { $0 == .la ? Double(1 + size * 10) : 1 }
            return LabelledChange(time: time, measures: measures, isHarmful: size > 70)
        }
        let model = try JSONText.pretty(RiskTrainer.train(changes, service: "elsewhere"))
        try await withSite { site in
            let measures = Array(repeating: "900", count: ChangeFeature.allCases.count).joined(separator: ",")
            let question = { (service: String) in #"{"service":"\#(service)","measures":[\#(measures)]}"# }
            let before = try await site.post("/api/v1/risk/score", question("shop")).json
            let imported = try await site.post("/api/v1/risk/models/import?service=shop&by=ann", model)
            #expect(imported.status == .ok, "\(imported.json)")
            let after = try await site.post("/api/v1/risk/score", question("shop")).json
            #expect(after["risk"]?["probability"] != nil && after != before, "\(after)")
            #expect(try await site.post("/api/v1/risk/score", question("till")).json == before)
            let status = try await site.get("/api/v1/risk/models?service=shop").json.array?.first
            #expect(status?["scorer"]?.string == "own")
            #expect(status?["versions"]?.array?.first?["origin"]?.string == "imported")
            let audit = try await site.get("/api/v1/audit").json.array ?? []
            #expect(audit.contains { "\($0)".contains("ann") }, "\(audit)")
        }
    }
}
