/// The functions by which robust exponential smoothing holds outliers down (Gelper, Fried and Croux 2010, §2).
enum RobustPsi {
    /// Where both functions stop to follow the residual, in standard deviations; the authors' choice.
    static let limit = 2.0
    /// Makes the mean of ``rho(_:)`` over standard Gaussian residuals 1.
    static let consistency = 2.52

    /// Huber's ψ: the residual itself up to the limit, and the limit beyond.
    static func huber(_ residual: Double) -> Double {
        min(max(residual, -limit), limit)
    }

    /// Tukey's biweight ρ: about a square near 0, never above ``consistency``.
    static func rho(_ residual: Double) -> Double {
        guard abs(residual) <= limit else { return consistency }
        let share = residual / limit
        let rest = 1 - share * share
        return consistency * (1 - rest * rest * rest)
    }
}
