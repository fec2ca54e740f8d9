import AuspexSignals

/// How detectors check their settings.
enum OptionRanges {
    static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(LogConfigurationError) {
        guard !range.contains(value) else { return }
        throw LogConfigurationError(
            option: name, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
    }

    static func check(
        _ name: String, _ value: TimeSpan, _ range: ClosedRange<TimeSpan>
    ) throws(LogConfigurationError) {
        guard !range.contains(value) else { return }
        throw LogConfigurationError(
            option: name, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
    }

    static func checkAlpha(_ alpha: Double) throws(LogConfigurationError) {
        guard alpha > 0, alpha < 1 else {
            throw LogConfigurationError(option: "alpha", value: "\(alpha)", allowed: "above 0 and below 1")
        }
    }
}
