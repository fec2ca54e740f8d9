import AuspexSignals

extension ParameterDetector {
    /// Bytes of a value that are shown.
    private static let shown = 48

    func verdict(
        _ judgement: ParameterSlot.Judgement, _ key: Key, _ text: Span<UInt8>, at time: Timestamp
    ) -> LogVerdict {
        let bytes = (0..<min(text.count, Self.shown)).map { text[$0] }
        let value = String(decoding: bytes, as: UTF8.self) + (text.count > Self.shown ? "…" : "")
        let chance = "expected once in \(Wording.number((1 / judgement.pValue).rounded())) lines"
        let (kind, expected, observed, explanation): (LogVerdict.Kind, Double, Double, String) =
            switch judgement.finding {
            case .number(let number, let median):
                (
                    .unusualNumber, median, number,
                    "\(value) where \(Wording.number(median)) is usual; a number this far out is \(chance)"
                )
            case .newValue(let known):
                (
                    .newValue, Double(known), Double(known + 1),
                    "\"\(value)\" is none of \(Wording.count(Double(known), "known value")); a new one is \(chance)"
                )
            }
        return LogVerdict(
            kind, of: .parameter(key.template, key.position), at: time, expected: expected, observed: observed,
            pValue: judgement.pValue, alpha: configuration.alpha, explanation: explanation)
    }
}
