import AuspexNumerics
import AuspexTesting
import Testing

@Suite struct KernelTests {
    static let counts = [0, 1, 2, 3, 4, 7, 15, 16, 63, 64, 65, 127, 128, 129, 1_000]

    private func random(_ count: Int, seed: UInt64) -> [Double] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in generator.gaussian() }
    }

    @Test("sliding products have the bits of their twin in Swift", arguments: counts)
    func slide(count: Int) {
        let (leave, enter) = (random(count, seed: 1), random(count, seed: 2))
        let before = random(count, seed: 3)
        var actual = before
        actual.withUnsafeMutableBufferPointer { products in
            leave.withUnsafeBufferPointer { leave in
                enter.withUnsafeBufferPointer { enter in
                    Kernels.slideProducts(products, leaving: 0.3, leave: leave, entering: -1.7, enter: enter)
                }
            }
        }
        let expected = before.indices.map { before[$0] + (-1.7 * enter[$0] - 0.3 * leave[$0]) }
        #expect(actual.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    @Test("selection finds what its twin in Swift finds", arguments: counts, [-9.0, -2, 0, 2, .infinity])
    func select(count: Int, limit: Double) {
        let (products, norms) = (random(count, seed: 4), random(count, seed: 5))
        var values = [Double](repeating: .nan, count: count + 1)
        var indices = [Int32](repeating: -1, count: count + 1)
        let hits = products.withUnsafeBufferPointer { products in
            norms.withUnsafeBufferPointer { norms in
                values.withUnsafeMutableBufferPointer { values in
                    indices.withUnsafeMutableBufferPointer { indices in
                        Kernels.selectBelow(limit, products: products, norms: norms, values: values, indices: indices)
                    }
                }
            }
        }
        let expected = products.indices.filter { norms[$0] - 2 * products[$0] < limit }
        #expect(hits == expected.count)
        #expect(indices.prefix(hits).map(Int.init) == expected)
        #expect(values.prefix(hits).map(\.bitPattern) == expected.map { (norms[$0] - 2 * products[$0]).bitPattern })
        #expect(indices[count] == -1, "nothing is written behind the end")
    }

    @Test("sliding and selecting in one pass is the one after the other", arguments: counts, [-2.0, 0, .infinity])
    func slideAndSelect(count: Int, limit: Double) {
        let (leave, enter, norms) = (random(count, seed: 1), random(count, seed: 2), random(count, seed: 5))
        var (fused, apart) = (random(count, seed: 3), random(count, seed: 3))
        var (values, indices) = ([Double](repeating: 7, count: count), [Int32](repeating: -1, count: count))
        var (expected, places) = (values, indices)
        let (hits, expectedHits) = leave.withUnsafeBufferPointer { leave in
            enter.withUnsafeBufferPointer { enter in
                norms.withUnsafeBufferPointer { norms in
                    let hits = fused.withUnsafeMutableBufferPointer { products in
                        values.withUnsafeMutableBufferPointer { values in
                            indices.withUnsafeMutableBufferPointer { indices in
                                Kernels.slideAndSelect(
                                    products, leaving: 0.3, leave: leave, entering: -1.7, enter: enter, below: limit,
                                    norms: norms, values: values, indices: indices)
                            }
                        }
                    }
                    let expectedHits = apart.withUnsafeMutableBufferPointer { products in
                        Kernels.slideProducts(products, leaving: 0.3, leave: leave, entering: -1.7, enter: enter)
                        return expected.withUnsafeMutableBufferPointer { values in
                            places.withUnsafeMutableBufferPointer { indices in
                                Kernels.selectBelow(
                                    limit, products: UnsafeBufferPointer(products), norms: norms, values: values,
                                    indices: indices)
                            }
                        }
                    }
                    return (hits, expectedHits)
                }
            }
        }
        #expect(hits == expectedHits && indices == places)
        #expect(fused.map(\.bitPattern) == apart.map(\.bitPattern))
        #expect(values.map(\.bitPattern) == expected.map(\.bitPattern))
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
}
