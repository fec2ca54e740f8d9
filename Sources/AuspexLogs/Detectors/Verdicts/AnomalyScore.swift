#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The scale that all detectors share.
enum AnomalyScore {
    /// Smaller chances are taken as this one, under which doubles lose digits.
    static let leastChance = 1e-300

    /// A p-value in its range; a chance that is no number tells nothing.
    static func chance(_ pValue: Double) -> Double {
        pValue.isNaN ? 1 : min(1, max(leastChance, pValue))
    }

    /// log(p)/log(α), with rounding never on the wrong side of the alert line.
    static func of(_ pValue: Double, alpha: Double) -> Double {
        let score = log(pValue) / log(alpha) + 0
        return pValue <= alpha ? max(1, score) : min(score, 1.0.nextDown)
    }
}
