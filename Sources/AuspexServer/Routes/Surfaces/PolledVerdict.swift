import AuspexChanges

/// A verdict for those who read single members of it: ``Verdict`` with `verdict` as others are told it.
struct PolledVerdict: Encodable {
    private let verdict: Verdict

    init(_ verdict: Verdict) { self.verdict = verdict }

    private enum CodingKeys: String, CodingKey {
        case decided, reason
    }

    func encode(to encoder: any Encoder) throws {
        var told = verdict
        told.verdict = verdict.outward
        try told.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        // What was decided, whoever is to be stopped by it.
        try container.encode(verdict.verdict, forKey: .decided)
        try container.encode(verdict.summary, forKey: .reason)
    }
}
