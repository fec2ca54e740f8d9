import AuspexChanges
import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// What questions by webhook, which bring no measures, are decided by.
@Suite(.timeLimit(.minutes(2))) struct QuestionEvidenceTests {
    private let sha = String(repeating: "ab", count: 20)

    private func question(_ id: String, sha: String) -> DeploymentQuestion {
        DeploymentQuestion(
            id: id, service: "shop", environment: "production", sha: sha, repository: "acme/shop",
            reply: .gitHubProtectionRule(
                repository: "acme/shop", callback: "https://api.github.com/x", environment: "production",
                installation: 7))
    }

    /// Sends a day of calm minutes and waits until the service counts as healthy.
    private func makeHealthy(_ engine: Engine) async throws {
        let labels = Labels(["__name__": "load", "service": "shop"])
        let now = engine.clock.now()
        var random = SplitMix64(seed: 1)
        let samples = (0..<1_440).map { minute in
            Sample(
                time: now - .minutes(Int64(1_440 - minute)), value: 10 + Double.random(in: -1...1, using: &random))
        }
        try await engine.ingest(SignalBatch(series: [SeriesSamples(labels: labels, samples: samples)]))
        while try await engine.decide(GateQuery(service: "shop")).health?.score == nil { await Task.yield() }
    }

    private func verdict(on question: DeploymentQuestion, _ engine: Engine) async throws -> Verdict {
        #expect(try await engine.ask(question))
        while try await engine.question(id: question.id)?.settlement == nil { await Task.yield() }
        return try #require(try await engine.verdict(id: question.id))
    }

    @Test("a protection rule's question passes by the measures that a pipeline sent of the same commit")
    func measuredByPipeline() async throws {
        let sha = sha
        try await withServer({ $0.gate.wait = .zero }) { _, engine in
            try await makeHealthy(engine)
            let unknown = try await verdict(on: question("q1", sha: sha), engine)
            #expect(unknown.verdict == .inconclusive && unknown.risk == nil)
            let risk = Risk(
                probability: nil, percentile: 40, lift: 1, model: SizeRisk.model, trainedOn: 0, calibrated: false)
            let sent = GateQuery(
                service: "shop", environment: "production", sha: sha,
                assessment: RiskAssessment(risk: risk), measures: ChangeMeasures { _ in 1 },
                content: ChangeContent(commits: 2))
            _ = try await engine.decide(sent)
            let asked = try await verdict(on: question("q2", sha: sha), engine)
            #expect(asked.verdict == .pass, "\(asked.missing) \(asked.reasons)")
            #expect(asked.risk?.percentile == 40 && asked.context?.content?.commits == 2)
            let other = try await verdict(on: question("q3", sha: String(repeating: "cd", count: 20)), engine)
            #expect(other.verdict == .inconclusive)
        }
    }

    private func git(_ directory: String, _ arguments: String...) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["git", "-C", directory, "-c", "user.name=ann", "-c", "user.email=ann@example.org"] + arguments
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("a configured repository is measured since the last deploy that went well, and what was measured is kept")
    func measuredHere() async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = directory.path
        _ = try git(path, "init", "--quiet", "--initial-branch=main", ".")
        var commits: [String] = []
        for number in 0..<45 {
            _ = try directory.file("file.swift", String(repeating: "line \(number)\n", count: number + 1))
            _ = try git(path, "add", "--all")
            _ = try git(path, "commit", "--quiet", "--message", "Change \(number)")
            commits.append(try git(path, "rev-parse", "HEAD"))
        }
        let shas = commits
        try await withServer({
            $0.gate.wait = .zero
            $0.gate.repositories["acme/shop"] = path
        }) { _, engine in
            try await makeHealthy(engine)
            let first = try await verdict(on: question("q1", sha: shas[44]), engine)
            #expect(first.missing.contains { $0.contains("no earlier deploy of 'shop' is known") })
            let now = engine.clock.now()
            for (number, outcome) in [(42, Change.Outcome.success), (43, .failure)] {
                try await engine.report(
                    Change(
                        id: "d\(number)", service: "shop", environment: "production", version: shas[number],
                        startedAt: now - .hours(Int64(50 - number)), endedAt: now - .hours(Int64(50 - number)),
                        outcome: outcome))
            }
            let asked = try await verdict(on: question("q2", sha: shas[44]), engine)
            #expect(asked.risk != nil && asked.verdict != .inconclusive, "\(asked.missing)")
            #expect(asked.context?.content?.commits == 2, "the failed one brought nothing")
            // The second time it comes from what was kept: there is no such repository under this name.
            var again = GateQuery(service: "shop", environment: "production", sha: shas[44])
            again.origin = "nobody/nothing"
            #expect(try await engine.decide(again).risk == asked.risk)
            let lost = try await verdict(on: question("q3", sha: String(repeating: "0", count: 40)), engine)
            #expect(lost.missing.contains { $0.contains("cannot be measured in the repository 'acme/shop'") })
        }
    }
}
