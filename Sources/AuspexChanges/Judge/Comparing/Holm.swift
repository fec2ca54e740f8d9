/// Corrects p-values for how many there are (Holm 1979): the chance that any of them is small by accident stays what a
/// single one's would be, however the metrics hang together.
enum Holm {
    /// The corrected values, in the given order.
    static func adjusted(_ ps: [Double]) -> [Double] {
        var result = ps
        var largest = 0.0
        for (place, index) in ps.indices.sorted(by: { ps[$0] < ps[$1] }).enumerated() {
            largest = max(largest, min(1, ps[index] * Double(ps.count - place)))
            result[index] = largest
        }
        return result
    }
}
