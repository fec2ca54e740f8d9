import AuspexNumerics
import AuspexTesting
import Testing

@Suite struct KernelTests {
    static let counts = [0, 1, 2, 3, 4, 7, 15, 16, 63, 64, 65, 127, 128, 129, 1_000]

    private func random(_ count: Int, seed: UInt64) -> [Double] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in generator.gaussian() }
    }

    @Test("selection finds what its twin in Swift finds", arguments: counts, [-9.0, -2, 0, 2, .infinity])
    func select(count: Int, limit: Double) {
        let (products, halves) = (random(count, seed: 4), random(count, seed: 5))
        var values = [Double](repeating: .nan, count: count + 1)
        var indices = [Int32](repeating: -1, count: count + 1)
        let hits = products.withUnsafeBufferPointer { products in
            halves.withUnsafeBufferPointer { halves in
                values.withUnsafeMutableBufferPointer { values in
                    indices.withUnsafeMutableBufferPointer { indices in
                        Kernels.selectBelow(limit, products: products, halves: halves, values: values, indices: indices)
                    }
                }
            }
        }
        let expected = products.indices.filter { halves[$0] - products[$0] < limit }
        #expect(hits == expected.count)
        #expect(indices.prefix(hits).map(Int.init) == expected)
        #expect(values.prefix(hits).map(\.bitPattern) == expected.map { (halves[$0] - products[$0]).bitPattern })
        #expect(indices[count] == -1, "nothing is written behind the end")
    }

    @Test("the nearest one is the first of the least, as its twin in Swift finds it", arguments: counts, [1.0, 1_000])
    func nearest(count: Int, coarseness: Double) {
        // Coarse numbers have ties.
        let products = random(count, seed: 6).map { Float(($0 * 10 / coarseness).rounded()) }
        let norms = random(count, seed: 7).map { Float(($0 * 10 / coarseness).rounded()) }
        let found = products.withUnsafeBufferPointer { products in
            norms.withUnsafeBufferPointer { norms in Kernels.nearest(products: products, norms: norms) }
        }
        let values = products.indices.map { norms[$0] - 2 * products[$0] }
        #expect(found?.value == values.min())
        #expect(found?.index == values.min().flatMap { values.firstIndex(of: $0) })
    }

    @Test("values that are all infinite have no nearest one")
    func nearestOfNone() {
        let infinite = [Float](repeating: .infinity, count: 70)
        let products = [Float](repeating: 0, count: 70)
        let found = products.withUnsafeBufferPointer { products in
            infinite.withUnsafeBufferPointer { norms in Kernels.nearest(products: products, norms: norms) }
        }
        #expect(found == nil)
    }

    @Test("counts and sums are those of their twins in Swift", arguments: counts)
    func counting(count: Int) {
        let values = random(count, seed: 8).map { Float(($0 * 4).rounded()) }
        let tallies = values.map { UInt16(abs($0)) }
        for limit in [-100, -1, 0, 0.5, 3, 100] as [Float] {
            let below = values.withUnsafeBufferPointer { Kernels.count(of: $0, below: limit) }
            #expect(below == values.count { $0 < limit })
            let upTo = values.withUnsafeBufferPointer { Kernels.count(of: $0, upTo: limit) }
            #expect(upTo == values.count { $0 <= limit })
        }
        let sum = tallies.withUnsafeBufferPointer { Kernels.sum(of: $0) }
        #expect(sum == tallies.reduce(0) { $0 + Int($1) })
    }

    @Test("the least gap is the first of the least, as its twin in Swift finds it", arguments: counts, [1.0, 100])
    func leastGap(count: Int, coarseness: Double) {
        // Coarse numbers have ties.
        let values = random(count, seed: 9).map { Float(($0 * 100 / coarseness).rounded()) }.sorted()
        for range in [1..<max(count, 1), min(3, max(count, 1))..<max(count - 1, 3)] where range.upperBound <= count {
            let found = values.withUnsafeBufferPointer { Kernels.leastGap(of: $0, at: range) }
            let gaps = range.map { values[$0] - values[$0 - 1] }
            #expect(found?.width == gaps.min())
            #expect(found?.index == gaps.min().flatMap { gaps.firstIndex(of: $0) }.map { $0 + range.lowerBound })
        }
    }
}
