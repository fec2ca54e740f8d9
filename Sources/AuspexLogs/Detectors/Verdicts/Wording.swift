import AuspexSignals

/// Numbers and words in explanations.
enum Wording {
    /// Three significant digits without an exponent up to 10¹⁵, and none behind the point over 100.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        guard value.magnitude < 1e15 else { return "\(value)" }
        var scale = 1.0
        var size = value.magnitude
        while size > 0, size < 100, scale < 1e9 {
            size *= 10
            scale *= 10
        }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
    }

    /// `1 line`, `3 lines`.
    static func count(_ number: Double, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(self.number(number)) \(noun)s"
    }

    /// A length of time, whole seconds from one minute on.
    static func span(milliseconds: Double) -> String {
        let most = 1e15
        let exact = Int64(min(max(milliseconds, 0), most))
        let shown = exact < 60_000 ? exact : (exact + 500) / 1_000 * 1_000
        return TimeSpan(milliseconds: shown).description
    }
}
