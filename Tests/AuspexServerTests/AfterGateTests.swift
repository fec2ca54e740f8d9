import AuspexChanges
import AuspexEngine
import AuspexSignals
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct AfterGateTests {
    private static func gate(_ client: any TestClientProtocol, _ body: String) async throws -> Verdict {
        let response = try await client.executeRequest(
            uri: "/api/v1/gate", method: .post, headers: [.contentType: "application/json"],
            body: ByteBuffer(string: #"{"phase":"after","# + body + "}"))
        return try JSONDecoder().decode(Verdict.self, from: Data(response.body.readableBytesView))
    }

    @Test("what was just reported is known, and nothing but the judgement of the change that is meant is an answer")
    func questions() async throws {
        try await withServer({ $0.gate.judge.mostWatches = 1 }) { client, engine in
            let now = engine.clock.now()
            func change(_ id: String, _ service: String, _ outcome: Change.Outcome) -> Change {
                Change(
                    id: id, service: service, environment: "production", version: "v2", startedAt: now,
                    endedAt: outcome == .pending ? nil : now, outcome: outcome)
            }
            let place = #""service":"shop","environment":"production""#
            let unknown = try await Self.gate(client, place + #","version":"v2""#)
            #expect(unknown.verdict == .inconclusive)
            #expect(unknown.missing.contains { $0.contains("to 'v2' was reported") })

            try await engine.report(change("d1", "shop", .pending))
            for named in [#""version":"v2""#, #""sha":"v2""#, #""change":"d1""#] {
                let verdict = try await Self.gate(client, "\(place),\(named)")
                #expect(verdict.verdict == .inconclusive && !verdict.final)
                #expect(verdict.missing.contains { $0.contains("still being watched") }, "\(verdict.missing)")
            }
            try await engine.report(change("d1", "shop", .success))
            #expect(try await !Self.gate(client, place + #","version":"v2""#).final)

            let refusals = [
                (place, "names no change"), (#""service":"blog","change":"d1""#, "not of 'blog'"),
                (#""service":"shop","environment":"staging","change":"d1""#, "not in 'staging'"),
                (#""change":"d9""#, "no change 'd9' was reported"),
                (#""service":"shop","version":"v2""#, "was reported"),
            ]
            for (question, reason) in refusals {
                let verdict = try await Self.gate(client, question)
                #expect(verdict.verdict == .inconclusive && verdict.final)
                #expect(verdict.missing.contains { $0.contains(reason) }, "\(verdict.missing)")
            }
            // There is room for one watch.
            try await engine.report(change("d2", "blog", .pending))
            #expect(try await !Self.gate(client, #""change":"d2""#).final)
            try await engine.report(change("d2", "blog", .success))
            let refused = try await Self.gate(client, #""change":"d2""#)
            #expect(refused.verdict == .inconclusive && refused.final)
        }
    }

    @Test("after a pass, the same version carried out again does not pass by the old judgement")
    func again() async throws {
        try await withServer { client, engine in
            let noon = engine.clock.now() - .minutes(60)
            func change(_ id: String, _ outcome: Change.Outcome, at time: Timestamp) -> Change {
                Change(
                    id: id, service: "shop", environment: "production", version: "v2", startedAt: time, endedAt: time,
                    outcome: outcome)
            }
            for minute in -61..<40 as Range<Int64> {
                if minute == 0 { try await engine.report(change("d1", .success, at: noon)) }
                let labels = Labels([Labels.metricName: "latency", "service": "shop"])
                let sample = Sample(time: noon + .minutes(minute), value: 100 + Double((minute + 70) * 7 % 5))
                try await engine.ingest(SignalBatch(series: [SeriesSamples(labels: labels, samples: [sample])]))
            }
            let question = #""service":"shop","environment":"production","version":"v2""#
            let passed = try await Self.gate(client, question)
            #expect(passed.final && passed.reasons.contains { $0.text.contains("'d1': nothing is worse") })
            try await engine.report(change("d2", .success, at: noon + .minutes(41)))
            let again = try await Self.gate(client, question)
            #expect(again.verdict == .inconclusive && !again.final)
            try await engine.report(change("d2", .rolledBack, at: noon + .minutes(42)))
            let undone = try await Self.gate(client, question)
            #expect(undone.verdict == .inconclusive && undone.missing.contains { $0.contains("undone") })
            try await engine.report(change("d1", .rolledBack, at: noon + .minutes(43)))
            #expect(try await Self.gate(client, #""change":"d1""#).verdict == .inconclusive)
        }
    }
}
