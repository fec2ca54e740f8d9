import AuspexChanges
import AuspexEngine
import AuspexSignals

extension Change {
    /// All of it, for people.
    var report: String {
        let place = environment.isEmpty ? "" : " in \(environment)"
        let version = version.isEmpty ? "" : " to \(version)"
        var lines = ["\(kind.rawValue) of \(service)\(version)\(place)", "\(id), \(outcome.rawValue)"]
        lines.append("began \(startedAt.iso8601)" + (endedAt.map { ", over \($0.iso8601)" } ?? ""))
        if !previousVersion.isEmpty { lines.append("before: \(previousVersion)") }
        if !author.isEmpty { lines.append("by: \(author)") }
        if !title.isEmpty { lines.append("title: \(title)") }
        if let repository { lines.append("repository: \(repository)") }
        if let committedAt {
            let count = commits.map { $0 == 1 ? "1 commit" : "\($0) commits, the oldest" } ?? "the oldest commit"
            lines.append("\(count) of \(committedAt.iso8601)")
        }
        return lines.map(TextTable.printable).joined(separator: "\n")
    }
}

extension ChangeOutcome {
    /// All of it, for people.
    var report: String {
        let lines = ["\(harm.rawValue) since \(decidedAt.iso8601)"] + reasons.map { "  \($0)" }
        return lines.map(TextTable.printable).joined(separator: "\n")
    }
}

extension IncidentBlame {
    /// All of it, for people.
    var report: String {
        var lines = [
            "\(incident): \(faults == 1 ? "1 fault" : "\(faults) faults"), \(earlierFaults) earlier ones of the kind"
        ]
        for blame in changes where blame.score > 0 || blame == changes.first {
            let version = blame.change.version.isEmpty ? "" : " to \(blame.change.version)"
            let name = "\(blame.change.kind.rawValue) \(blame.change.id) of \(blame.change.service)\(version)"
            lines.append("\(Self.percent(blame.share))  \(name): \(blame.reasons.joined(separator: "; "))")
        }
        lines.append("\(Self.percent(none))  none of these")
        if culprit == nil {
            lines.append("no change reaches \(Self.percent(leastBlame)), from which on one is the cause")
        }
        return lines.map(TextTable.printable).joined(separator: "\n")
    }

    private static func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}
