import ArgumentParser
import AuspexEngine
import AuspexExternal
import AuspexRules
import AuspexRunbooks
import AuspexSignals
import AuspexWire
import Foundation

/// Runs a recording through detectors and rules.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run recorded metrics through detectors and rules, and show what would have happened.",
        discussion: "Nothing is stored and nothing is run: of a runbook that a rule asks for the plan is printed.")

    @Argument(help: "Recordings: NDJSON or CSV with times, also compressed with gzip; - for standard input.")
    var inputs: [String]

    @Option(help: "The configuration file; only its rules, runbooks and detection count here.")
    var config: String?

    @Option(help: "A file or folder with rules, besides those of the configuration; its runbooks count, too.")
    var rules: [String] = []

    @Option(help: "A file or folder with runbooks, besides those of the configuration.")
    var runbooks: [String] = []

    @Option(help: "Leave out what is before this moment, such as 2026-03-01T12:00:00Z.")
    var from: String?

    @Option(help: "Leave out what is after this moment.")
    var to: String?

    @Flag(help: "Also show alerts that are pending, and those that never fired.")
    var all = false

    func validate() throws {
        _ = try range()
    }

    func run() async throws {
        let range = try range()
        var detectors = AuspexCommandLine.detectors
        try Failure.ofInput { try detectors.refusePrograms() }
        let replay = try Failure.ofInput {
            var configuration = try ConfigurationLoader.load(
                path: config, environment: ProcessInfo.processInfo.environment,
                registry: detectors)
            configuration.rulePaths += rules
            configuration.runbookPaths = runbookPaths(
                besideRules: rules, named: configuration.runbookPaths + runbooks)
            return try namingRunbooks { try AuspexEngine.Replay(configuration: configuration, detectors: detectors) }
        }
        let series = try Failure.ofInput { try inputs.flatMap { try Self.read($0, within: range) } }
        let showsAll = all
        let summary = try await Failure.ofInput {
            try await replay.run(series) { event in
                if let text = Self.text(of: event, all: showsAll) { Terminal.print(text) }
            }
        }
        Terminal.print(
            "\(summary.samples) samples of \(summary.series) series, \(summary.anomalies) readings at or above the alert "
                + "line, \(summary.ruleErrors) errors in conditions")
    }

    private func range() throws -> ClosedRange<Timestamp> {
        let (start, end) = (try moment(from, "--from", .min), try moment(to, "--to", .max))
        guard start <= end else { throw ValidationError("--from \(start.iso8601) is later than --to \(end.iso8601)") }
        return start...end
    }

    private func moment(_ text: String?, _ option: String, _ standard: Int64) throws -> Timestamp {
        guard let text else { return Timestamp(milliseconds: standard) }
        guard let moment = Timestamp(iso8601: text) else {
            throw ValidationError("\(option) \(text) is not a moment such as 2026-03-01T12:00:00Z")
        }
        return moment
    }

    private static func read(_ path: String, within range: ClosedRange<Timestamp>) throws -> [SeriesSamples] {
        guard let series = try TableReader().read(path: path).seriesSamples else {
            throw Failure(.input, "\(path): has no times; a replay needs a column or member 'timestamp'")
        }
        return series.compactMap { part in
            let samples = part.samples.filter { range.contains($0.time) }
            return samples.isEmpty ? nil : SeriesSamples(labels: part.labels, samples: samples)
        }
    }

    private static func text(of event: AuspexEngine.Replay.Event, all: Bool) -> String? {
        switch event {
        case .alert(let alert):
            guard all || alert.firedAt != nil else { return nil }
            let time = (alert.resolvedAt ?? alert.firedAt ?? alert.startedAt).iso8601
            let why = alert.state == .resolved ? alert.note : alert.evidence.text
            return "\(time)  \(alert.state.rawValue)  \(alert.rule) \(alert.group)" + (why.isEmpty ? "" : "  \(why)")
        case .incident(let incident):
            let time = (incident.resolvedAt ?? incident.startedAt).iso8601
            return "\(time)  incident \(incident.state.rawValue)  \(incident.id)  \(incident.title)"
        case .plan(let request, let plan):
            return
                "\(request.firedAt.iso8601)  \(request.mode.word)  \(request.runbook), asked for by \(request.rule)\n"
                + plan.text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        case .noPlan(let request, let reason):
            return "\(request.firedAt.iso8601)  no plan  \(request.runbook), asked for by \(request.rule): \(reason)"
        }
    }
}
