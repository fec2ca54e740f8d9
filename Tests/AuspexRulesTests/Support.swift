import AuspexDocuments
import AuspexSignals
import Foundation

@testable import AuspexRules

/// A series called `load` of one instance.
func load(_ instance: String, service: String = "web") -> Labels {
    Labels([Labels.metricName: "load", "instance": instance, "service": service])
}

/// The moment `seconds` after the start of the tests' clock.
func second(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }

/// A reading of a series with an anomaly score.
func reading(_ labels: Labels, _ seconds: Int64, _ value: Double, score: Double = 0) -> Fact {
    .metric(
        MetricFact(
            labels: labels,
            reading: Reading(time: second(seconds), value: value, rawScore: score, anomalyScore: score)))
}

/// A rule set of one rule about `load`, with lines put in.
func rules(
    when: String = "{source: metric, where: 'm.name == \"load\" && m.value > 1', for: 30s}", more: String = ""
) throws -> RuleSet {
    try RuleLoader.load(
        text: """
            kind: rule
            id: high-load
            title: Load is high
            severity: warning
            when: {c: \(when)}
            \(more)
            """, file: "rule.yaml")
}

extension RuleEvent {
    /// The alert that it tells of.
    var alert: Alert? { if case .alert(let alert) = self { alert } else { nil } }

    /// The request that it makes.
    var request: RunRequest? { if case .request(let request) = self { request } else { nil } }

    /// `pending a`, `firing a`, `run restart`: state and instance, or runbook.
    var brief: String {
        switch self {
        case .alert(let alert): "\(alert.state.rawValue) \(alert.group["instance"] ?? alert.group.description)"
        case .request(let request): "run \(request.runbook)"
        }
    }
}

extension RuleEngine {
    /// Hands in a fact at its own time.
    mutating func take(_ fact: Fact) -> [String] { handle(fact, now: fact.time).map(\.brief) }

    /// Lets time pass to `seconds`.
    mutating func pass(to seconds: Int64) -> [String] { advance(to: second(seconds)).map(\.brief) }
}

/// The folder of the rules that ship.
let shippedRules: String = {
    let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    return file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Rules").path
}()

extension RuleEngine {
    /// What a rule remembers.
    func state(of rule: String) -> RuleState { ruleSet.place(of: rule).map { states[$0] } ?? RuleState() }
}

/// What is told, with why nobody hears of it, and what is asked for, with how far it may go.
func told(_ events: [RuleEvent]) -> [String] {
    events.map { event in
        if let alert = event.alert { return event.brief + (alert.heldBack.map { " (\($0))" } ?? "") }
        return event.brief + " \(event.request?.mode.rawValue ?? "")"
    }
}

/// What is told when the load of an instance is read.
func take(_ engine: inout RuleEngine, _ instance: String, _ seconds: Int64, _ value: Double = 2) -> [String] {
    told(engine.handle(reading(load(instance), seconds, value), now: second(seconds)))
}
