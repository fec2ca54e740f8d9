import AuspexChanges
import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct GateFactsTests {
    private static let rules = """
        kind: rule
        id: high-load
        title: Load is high
        status: stable
        severity: critical
        when: {c: {source: metric, where: 'm.name == "load" && m.value > 1.0'}}
        group_by: [service]
        ---
        kind: rule
        id: production
        title: It is production
        severity: info
        when: {c: {source: change, where: 'c.environment == "production" && c.outcome == "pending"'}}
        risk: {base: 50, points: [{if: 'has(c.commits) && c.commits > 10', add: 30, because: many commits}]}
        ---
        kind: rule
        id: broken
        title: It asks for what is not there
        severity: info
        when: {c: {source: change, where: 'c.service == "broken" && c.commits > 1'}}
        risk: {base: 90}
        ---
        kind: window
        id: quarter-end
        title: The books are closed
        owner: finance
        effect: freeze
        scope: 'service="ledger"'
        from: 2000-01-01T00:00:00Z
        until: 2100-01-01T00:00:00Z
        """

    private struct Site: Sendable {
        let client: any TestClientProtocol
        let engine: Engine

        func post(_ path: String, _ body: String) async throws -> TestResponse {
            try await client.executeRequest(
                uri: path, method: .post, headers: [.contentType: "application/json"], body: ByteBuffer(string: body))
        }

        func gate(_ body: String) async throws -> Verdict {
            let response = try await post("/api/v1/gate", body)
            return try JSONDecoder().decode(Verdict.self, from: Data(response.body.readableBytesView))
        }

        /// The verdict, when it is as it should be: what was sent is worked in soon, not at once.
        func gate(_ body: String, until isRight: (Verdict) -> Bool) async throws -> Verdict {
            while true {
                let verdict = try await gate(body)
                if isRight(verdict) { return verdict }
                await Task.yield()
            }
        }

        func load(_ service: String, _ value: Double, environment: String? = nil) async throws {
            var names = ["__name__": "load", "service": service]
            names["environment"] = environment
            let labels = Labels(names)
            try await engine.ingest(
                SignalBatch(
                    series: [
                        SeriesSamples(labels: labels, samples: [Sample(time: engine.clock.now(), value: value)])
                    ]))
        }
    }

    private func withRules(
        _ configure: @escaping (inout EngineConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (Site) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = try directory.file("rules.yaml", Self.rules)
        try await withServer({
            $0.rulePaths = [path]
            configure(&$0)
        }) { client, engine in try await body(Site(client: client, engine: engine)) }
    }

    @Test("a freeze in force stops its service and no other, and names itself")
    func freeze() async throws {
        try await withRules { site in
            let frozen = try await site.gate(#"{"service":"ledger"}"#)
            #expect(frozen.verdict == .fail)
            #expect(frozen.context?.freezes == [.init(id: "quarter-end", title: "The books are closed")])
            #expect(frozen.reasons.first?.text == "freeze 'quarter-end' (The books are closed) is in force")
            let other = try await site.gate(#"{"service":"shop"}"#)
            #expect(other.verdict == .inconclusive && other.context?.freezes == [])
        }
    }

    @Test("an open incident stops its service, and warns those who depend on it")
    func incident() async throws {
        try await withRules { site in
            let edges = #"{"edges":[{"service":"shop","dependency":"db"},{"service":"web","dependency":"shop"}]}"#
            #expect(try await site.post("/api/v1/services/edges", edges).status == .noContent)
            try await site.load("db", 2)
            let own = try await site.gate(#"{"service":"db"}"#) { $0.context?.incidents?.isEmpty == false }
            #expect(own.verdict == .fail)
            #expect(own.context?.incidents?.first?.isDependency == false && own.context?.dependents == 2)
            #expect(own.reasons.contains { $0.text.contains("incident inc-") && $0.text.contains("of the service") })
            #expect(own.reasons.contains { $0.text.hasPrefix("alert 'high-load' (critical) is firing") })
            let far = try await site.gate(#"{"service":"web"}"#) { $0.context?.incidents?.isEmpty == false }
            let incident = try #require(far.context?.incidents?.first)
            #expect(incident.service == "db" && incident.isDependency)
            #expect(far.verdict == .inconclusive && far.context?.dependents == 0)
            #expect(far.context?.dependencyAnomalies != nil)
            let apart = try await site.gate(#"{"service":"mail"}"#)
            #expect(apart.context?.incidents == [] && apart.context?.dependents == nil)
            try await site.load("db", 0)
            _ = try await site.gate(#"{"service":"db"}"#) { verdict in
                !verdict.reasons.contains { $0.text.hasPrefix("alert") }
            }
        }
    }

    @Test("series, alerts and incidents of another environment do not count, and what is not known there is said")
    func environments() async throws {
        try await withRules { site in
            try await site.load("db", 2, environment: "staging")
            let staging = #"{"service":"db","environment":"staging"}"#
            let there = try await site.gate(staging) { $0.context?.incidents?.isEmpty == false }
            #expect(there.verdict == .fail)
            let here = try await site.gate(#"{"service":"db","environment":"production"}"#)
            #expect(here.verdict == .inconclusive && here.context?.incidents == [])
            #expect(!here.reasons.contains { $0.text.hasPrefix("alert") })
            #expect(here.missing.contains("health: nothing is known of 'db' in the environment 'production'"))
            let anywhere = try await site.gate(#"{"service":"db"}"#)
            #expect(anywhere.verdict == .fail)
        }
    }

    @Test("rules about changes give their points, and one that cannot be asked is missing")
    func points() async throws {
        try await withRules { site in
            let body = #"{"service":"shop","environment":"production","commits":11,"author":"ada"}"#
            let verdict = try await site.gate(body)
            #expect(verdict.points?.score == 80 && verdict.points?.rules.map(\.rule) == ["production"])
            #expect(verdict.points?.rules.first?.reasons == [.init(text: "many commits", points: 30)])
            #expect(verdict.reasons.first?.text.hasPrefix("rule 'It is production' gives 80 points (high)") == true)
            #expect(try await site.gate(#"{"service":"shop"}"#).points?.rules == [])
            let broken = try await site.gate(#"{"service":"broken"}"#)
            #expect(broken.missing.contains { $0.hasPrefix("points: rule 'broken' could not be asked") })
            #expect(broken.points?.unanswered.map(\.rule) == ["broken"])
        }
    }

    @Test("past deploys say how often they fail, how long ago the last was, and what to go back to")
    func past() async throws {
        try await withRules({ $0.gate.policy.minimumTimeSinceDeploy = .hours(1) }) { site in
            let now = site.engine.clock.now()
            for (number, outcome) in ["success", "failure", "success"].enumerated() {
                let time = (now - .minutes(Int64(30 - number))).milliseconds
                let body = """
                    {"id":"d\(number)","service":"shop","environment":"production","version":"v\(number)",\
                    "author":"ada","startedAt":\(time),"endedAt":\(time),"outcome":"\(outcome)"}
                    """
                #expect(try await site.post("/api/v1/changes", body).status == .accepted)
            }
            let verdict = try await site.gate(#"{"service":"shop","environment":"production","author":"ada"}"#)
            #expect(verdict.context?.service == FailureRate(failures: 1, changes: 3, usual: 1.5 / 4))
            #expect(verdict.context?.author == verdict.context?.service)
            let span = try #require(verdict.context?.sinceLastDeploy)
            #expect(span >= .minutes(28) && span < .hours(1))
            #expect(verdict.reasons.contains { $0.weight == 0.5 && $0.text.contains("the policy wants 1h") })
            #expect(try await site.gate(#"{"service":"shop","environment":"test"}"#).context?.sinceLastDeploy == nil)
        }
    }

    @Test("content comes with the question or with the assessment, and the policy of the service decides")
    func content() async throws {
        try await withRules({ configuration in
            var policy = GatePolicy()
            (policy.name, policy.migration, policy.required) = ("careful", .fail, [])
            configuration.gate.policies = [ScopedPolicy(services: ["shop"], policy: policy)]
        }) { site in
            let content = #"{"commits":2,"files":{"migration":1},"committed_at":1000}"#
            let direct = try await site.gate(#"{"service":"shop","content":\#(content)}"#)
            #expect(direct.verdict == .fail && direct.policy.name == "careful")
            #expect(direct.context?.commits == 2 && direct.context?.content?.count(.migration) == 1)
            #expect((direct.context?.commitAge ?? .zero) > .hours(24))
            let assessed = try await site.gate(
                #"{"service":"shop","assessment":{"reasons":[],"missing":[],"content":\#(content)}}"#)
            #expect(assessed.verdict == .fail)
            let other = try await site.gate(#"{"service":"mail","content":\#(content)}"#)
            #expect(other.verdict == .inconclusive && other.policy.name == "default")
        }
    }

    @Test("measures without a model are told and weigh nothing, as a list or by their names")
    func measures() async throws {
        try await withRules { site in
            let list = "[12,0,1,1,1,0,0,0,0,0,0,0,0,0]"
            let object = """
                {"ns":1,"nd":1,"nf":1,"entropy":0,"la":12,"ld":0,"lt":0,"fix":0,"ndev":0,"age":0,"nuc":0,"exp":0,\
                "rexp":0,"sexp":0}
                """
            for measures in [list, object] {
                let verdict = try await site.gate(#"{"service":"shop","measures":\#(measures)}"#)
                #expect(verdict.risk == nil && verdict.missing.contains { $0.contains("there is no model") })
                #expect(verdict.reasons.contains { $0.text == "lines added: 12" && $0.weight == 0 })
            }
            for wrong in ["[1]", "{}", "7"] {
                let response = try await site.post("/api/v1/gate", #"{"service":"shop","measures":\#(wrong)}"#)
                #expect(response.status == .badRequest)
            }
        }
    }
}
