import AuspexNumerics
import AuspexTesting
import Testing

@Suite struct BandKernelTests {
    private static let band = Kernels.band

    private func random(_ count: Int, seed: UInt64) -> [Double] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in generator.gaussian() }
    }

    @Test(
        "what is selected in a band, and where its products end, has the bits of the twin in Swift",
        arguments: [0, 1, 2, 9, 130], [1, 2, 3])
    func select(rows: Int, columns: Int) {
        let (window, query, reference) = (7, 3, 5)
        let heights = (query: rows + window + query, reference: rows + window + reference + Self.band - 1)
        let queries = random(columns * heights.query, seed: 1)
        let references = random(columns * heights.reference, seed: 2)
        let halves = random(reference + rows + Self.band - 1, seed: 3).map { $0 > 2 ? .infinity : 10 * $0 }
        let before = random(Self.band, seed: 4)
        // All, none and some are under the limit.
        let limits = random(rows, seed: 5).enumerated().map { row, value in
            row % 4 == 0 ? .infinity : row % 4 == 1 ? -.infinity : 10 * value
        }
        var expected: [(value: UInt64, place: Int32)] = []
        var products = before
        for row in 0..<rows {
            for lane in 0..<Self.band {
                let value = halves[reference + row + lane] - products[lane]
                if value < limits[row] { expected.append((value.bitPattern, Int32(row * Self.band + lane))) }
                for column in 0..<columns {
                    let left = column * heights.query + query + row
                    let right = column * heights.reference + reference + row + lane
                    products[lane] +=
                        queries[left + window] * references[right + window] - queries[left] * references[right]
                }
            }
        }

        var actual = before
        var values = [Double](repeating: .nan, count: rows * Self.band + 1)
        var places = [Int32](repeating: -1, count: rows * Self.band + 1)
        let hits = queries.withUnsafeBufferPointer { queries in
            references.withUnsafeBufferPointer { references in
                actual.withUnsafeMutableBufferPointer { actual in
                    halves.withUnsafeBufferPointer { halves in
                        limits.withUnsafeBufferPointer { limits in
                            values.withUnsafeMutableBufferPointer { values in
                                places.withUnsafeMutableBufferPointer { places in
                                    Kernels.selectInBand(
                                        actual, query: query, of: Kernels.Columns(queries, count: columns),
                                        reference: reference, of: Kernels.Columns(references, count: columns),
                                        window: window, halves: halves, below: limits, values: values, places: places)
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(hits == expected.count)
        #expect(values.prefix(hits).map(\.bitPattern) == expected.map(\.value))
        #expect(Array(places.prefix(hits)) == expected.map(\.place))
        #expect(places.last == -1, "nothing is written behind the end")
        #expect(actual.map(\.bitPattern) == products.map(\.bitPattern))
    }

    private struct Best: Equatable {
        var values: [UInt64]
        var indices: [Int32]

        init(_ values: [Double], _ indices: [Int32]) {
            (self.values, self.indices) = (values.map(\.bitPattern), indices)
        }
    }

    @Test(
        "the best correlations of a band have the bits of their twin in Swift",
        arguments: [0, 1, 2, 9, 130], [-Double.infinity, 1, .infinity])
    func correlate(rows: Int, limit: Double) {
        let (row, other) = (2, 11)
        let count = other + rows + Self.band
        let (steps, levels) = (random(count, seed: 1), random(count, seed: 2))
        // Windows that take no part have no number.
        let factors = random(count, seed: 3).map { $0 > 1.5 ? .nan : abs($0) }
        let seeds = random(Self.band, seed: 4)
        var (behind, before) = ([Double](repeating: limit, count: count), [Double](repeating: -1, count: count))
        var (behindIndices, beforeIndices) = (
            [Int32](repeating: -1, count: count), [Int32](repeating: -1, count: count)
        )
        var (behindTwin, beforeTwin) = (behind, before)
        var (behindTwinIndices, beforeTwinIndices) = (behindIndices, beforeIndices)
        var covariances = seeds
        for down in 0..<rows {
            for lane in 0..<Self.band {
                let (one, two) = (row + down, other + down + lane)
                let value = covariances[lane] * factors[two] * factors[one]
                if value > behindTwin[one] { (behindTwin[one], behindTwinIndices[one]) = (value, Int32(two)) }
                if value > beforeTwin[two] { (beforeTwin[two], beforeTwinIndices[two]) = (value, Int32(one)) }
                covariances[lane] += steps[one + 1] * levels[two + 1] + levels[one + 1] * steps[two + 1]
            }
        }

        steps.withUnsafeBufferPointer { steps in
            levels.withUnsafeBufferPointer { levels in
                factors.withUnsafeBufferPointer { factors in
                    seeds.withUnsafeBufferPointer { seeds in
                        behind.withUnsafeMutableBufferPointer { behind in
                            behindIndices.withUnsafeMutableBufferPointer { behindIndices in
                                before.withUnsafeMutableBufferPointer { before in
                                    beforeIndices.withUnsafeMutableBufferPointer { beforeIndices in
                                        Kernels.correlateBand(
                                            seeds, Kernels.Forms(steps: steps, levels: levels, factors: factors),
                                            row: row, other: other, rows: rows,
                                            behind: Kernels.Best(values: behind, indices: behindIndices),
                                            before: Kernels.Best(values: before, indices: beforeIndices))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(Best(behind, behindIndices) == Best(behindTwin, behindTwinIndices))
        #expect(Best(before, beforeIndices) == Best(beforeTwin, beforeTwinIndices))
    }

    @Test("squared distances have the bits of eight sums", arguments: [0, 1, 7, 8, 9, 100, 129])
    func squaredDistance(count: Int) {
        let (one, other) = (random(count, seed: 1), random(count, seed: 2))
        var sums = [Double](repeating: 0, count: 8)
        let whole = count - count % 8
        for index in 0..<whole { sums[index % 8] += (one[index] - other[index]) * (one[index] - other[index]) }
        var expected = sums.reduce(0, +)
        for index in whole..<count { expected += (one[index] - other[index]) * (one[index] - other[index]) }
        let actual = one.withUnsafeBufferPointer { one in
            other.withUnsafeBufferPointer { Kernels.squaredDistance(one, $0) }
        }
        #expect(actual.bitPattern == expected.bitPattern)
    }
}
