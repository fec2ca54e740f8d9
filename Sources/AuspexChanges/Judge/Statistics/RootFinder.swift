/// Where a function crosses zero (Brent 1973, `zeroin`), step for step as R's `uniroot` does it.
///
/// The steps count: on a function with jumps, such as one of ranks, the answer within the tolerance depends on them,
/// and intervals are to agree with R's to six digits.
package enum RootFinder {
    /// A place within `tolerance` of a crossing between `lower` and `upper`, where the function has opposite signs.
    ///
    /// - Parameters:
    ///   - lower: One end.
    ///   - upper: The other end.
    ///   - tolerance: How far off the answer may be; half of it to either side.
    ///   - steps: After so many steps the best place so far is the answer.
    ///   - function: The function; called once a step.
    package static func root(
        from lower: Double, to upper: Double, tolerance: Double, steps: Int = 1000, of function: (Double) -> Double
    ) -> Double {
        var (a, b) = (lower, upper)
        var (fa, fb) = (function(a), function(b))
        var (c, fc) = (a, fa)
        if fa == 0 { return a }
        if fb == 0 { return b }
        for _ in 0...steps {
            let previous = b - a
            if fc.magnitude < fb.magnitude {
                (a, b, c) = (b, c, b)
                (fa, fb, fc) = (fb, fc, fb)
            }
            let least = 2 * Double.ulpOfOne * b.magnitude + tolerance / 2
            var step = (c - b) / 2
            if step.magnitude <= least || fb == 0 { return b }
            if previous.magnitude >= least, fa.magnitude > fb.magnitude {
                step = interpolated(Bracket(a: a, b: b, c: c, fa: fa, fb: fb, fc: fc), previous, least) ?? step
            }
            if step.magnitude < least { step = step > 0 ? least : -least }
            (a, fa) = (b, fb)
            b += step
            fb = function(b)
            if (fb > 0 && fc > 0) || (fb < 0 && fc < 0) { (c, fc) = (a, fa) }
        }
        return b
    }

    private struct Bracket {
        var a, b, c, fa, fb, fc: Double
    }

    /// The step of a line or a parabola through the last places; nil when halving is safer.
    private static func interpolated(_ at: Bracket, _ previous: Double, _ least: Double) -> Double? {
        let width = at.c - at.b
        var (p, q): (Double, Double)
        if at.a == at.c {
            let ratio = at.fb / at.fa
            (p, q) = (width * ratio, 1 - ratio)
        } else {
            let (r0, r1, r2) = (at.fa / at.fc, at.fb / at.fc, at.fb / at.fa)
            p = r2 * (width * r0 * (r0 - r1) - (at.b - at.a) * (r1 - 1))
            q = (r0 - 1) * (r1 - 1) * (r2 - 1)
        }
        if p > 0 { q = -q } else { p = -p }
        let isInside = p < 0.75 * width * q - (least * q).magnitude / 2 && p < (previous * q / 2).magnitude
        return isInside ? p / q : nil
    }
}
