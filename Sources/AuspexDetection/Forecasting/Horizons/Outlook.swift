public import AuspexSignals

/// An answer about the future, or why there is none yet.
public enum Outlook<Answer: Sendable & Hashable>: Sendable, Hashable {
    /// The answer.
    case known(Answer)
    /// Of the forecasts of this length `seen` have been compared with what came; `needed` have to be.
    case warmingUp(seen: Int, needed: Int)
    /// So far ahead nothing is forecast; `longest` is.
    case tooFar(longest: TimeSpan)

    /// The answer, if there is one.
    public var answer: Answer? {
        if case .known(let answer) = self { answer } else { nil }
    }
}

/// When a series reaches a threshold, counted from its last sample.
public struct Arrival: Sendable, Hashable, Codable {
    /// When the nearer end of the band reaches it; nil when it does not within ``horizon``.
    public var earliest: TimeSpan?
    /// When the expected value reaches it; nil when it does not within ``horizon``.
    public var expected: TimeSpan?
    /// When the farther end of the band reaches it; nil when it does not within ``horizon``.
    public var latest: TimeSpan?
    /// How far was looked.
    public var horizon: TimeSpan

    /// Creates an arrival.
    public init(earliest: TimeSpan?, expected: TimeSpan?, latest: TimeSpan?, horizon: TimeSpan) {
        self.earliest = earliest
        self.expected = expected
        self.latest = latest
        self.horizon = horizon
    }
}
