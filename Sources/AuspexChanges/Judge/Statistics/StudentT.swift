import AuspexNumerics

/// Student's t distribution.
package enum StudentT {
    /// The chance of a value above `t` with `degrees` (more than 0) of freedom; small ones are as accurate as large
    /// ones.
    package static func upperTail(_ t: Double, degrees: Double) -> Double {
        guard t.isFinite else { return t.isNaN ? .nan : (t > 0 ? 0 : 1) }
        // x and its complement are both formed from t, so that neither loses digits.
        let square = t * t
        guard square.isFinite else { return t > 0 ? 0 : 1 }
        let half =
            IncompleteBeta.regularized(degrees / (degrees + square), square / (degrees + square), degrees / 2, 0.5) / 2
        return t >= 0 ? half : 1 - half
    }
}
