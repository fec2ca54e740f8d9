public import AuspexSignals

/// What a ``LogStream`` says of one line.
public struct LogReading: Hashable, Sendable {
    /// The line's number in the stream, from 1.
    public let line: UInt64
    /// When it was written, if that is known.
    public let time: Timestamp?
    /// How bad it says it is, if it does.
    public let severity: LogSeverity?
    /// The template that it belongs to.
    public let templateID: TemplateID
    /// The version of the template's text.
    public let version: UInt32
    /// The template's text at this line.
    public let template: String
    /// Lines of this template so far, this one included.
    public let count: UInt64
    /// Whether the template was never seen before.
    public let isNew: Bool
    /// Surprise in bits: log2((n + 2) / (c + 1)) after n lines, c of them of this template. 0 or more, never NaN.
    public let rawScore: Double
    /// Chance of a new template when nothing is wrong, 0 < p <= 1; 1 for a line that reports nothing.
    public let pValue: Double
    /// log(p)/log(α): 1 is the alert line, the same for every detector; 0 for a line that reports nothing.
    public let anomalyScore: Double
    /// Whether the score counts.
    public let readiness: Reading.Readiness
    /// What reached the alert line with this line: its template for being new, its parameters, and what its time brought
    /// to an end, such as a window in which another template came too often. Mostly nothing.
    public internal(set) var verdicts: [LogVerdict]

    /// Whether its template is news: at most one line of a template is.
    public var isNews: Bool { readiness == .ready && anomalyScore >= 1 }

    /// Whether anything reached the alert line.
    public var isAnomalous: Bool { !verdicts.isEmpty }

    /// The verdict that its template is news.
    func newsVerdict(alpha: Double) -> LogVerdict {
        LogVerdict(
            .newTemplate, of: .template(templateID), at: time ?? Timestamp(milliseconds: 0), expected: nil,
            observed: Double(count), pValue: pValue, alpha: alpha, explanation: explanation)
    }

    /// Why the line got its score, in a sentence.
    public var explanation: String {
        switch readiness {
        case .warmingUp(let seen, let needed): return "warming up, line \(seen) of \(needed)"
        case .missing: return "the line is empty"
        case .ready: break
        }
        guard anomalyScore > 0 else {
            return isNew
                ? "a template that was never seen before, not reported yet"
                : "seen \(count) times in \(line) lines"
        }
        let before = isNew ? line - 1 : line
        let subject = "a template that was never seen before in \(before) lines"
        return "\(subject); a new one was expected once in \(rounded(1 / pValue)) lines"
    }

    private func rounded(_ number: Double) -> Int { Int(min(number.rounded(), 1e15)) }
}
