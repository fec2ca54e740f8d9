import AuspexNumerics
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct ClusterDistanceTests {
    private func vectors(_ columns: [[Double]], window: Int) -> WindowVectors {
        WindowVectors(columns, window: window, standardising: false)
    }

    @Test("centres are the means of what is nearest to them", arguments: [1, 2, 5, 20])
    func fixedPoint(k: Int) throws {
        let values = sawtooth(rows: 1_500)
        let windows = vectors([values], window: 12)
        let clusters = try KMeans(windows, k: k, seed: 3)
        let assignment = try clusters.assignment(of: windows)
        #expect(clusters.sizes.reduce(0, +) == windows.count)
        var (sums, counts) = (
            [[Double]](repeating: [Double](repeating: 0, count: 12), count: k), [Int](repeating: 0, count: k)
        )
        for start in 0..<windows.count {
            let distances = (0..<k).map { centre in
                (0..<12).reduce(0.0) {
                    let difference = values[start + $1] - clusters.centres[$1, centre]
                    return $0 + difference * difference
                }
            }
            #expect(isClose(distances.min() ?? -1, assignment.squaredDistance[start], within: 1e-9))
            counts[assignment.centre[start]] += 1
            for place in 0..<12 { sums[assignment.centre[start]][place] += values[start + place] }
        }
        // The iteration ends when centres move by a ten-thousandth of the variance.
        for centre in 0..<k {
            for place in 0..<12 {
                #expect(abs(sums[centre][place] / Double(counts[centre]) - clusters.centres[place, centre]) < 0.2)
            }
        }
    }

    @Test("more clusters leave less distance")
    func monotone() throws {
        let windows = vectors([sawtooth(rows: 800)], window: 8)
        let sums = try [1, 4, 16, 64].map { k in
            try KMeans(windows, k: k, seed: 1).assignment(of: windows).squaredDistance.reduce(0, +)
        }
        #expect(zip(sums, sums.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test("as many clusters as different windows leave no distance, and no more are made")
    func repeated() throws {
        let values = (0..<400).map { Double($0 % 5) }
        let clusters = try KMeans(vectors([values], window: 5), k: 20, seed: 1)
        #expect(clusters.centres.columns == 5)
        #expect(try output("kmeans:k=20,window=5", [values]).scores.allSatisfy { $0 < 1e-9 })
    }

    @Test("the same seed gives the same scores, another one may not")
    func seeds() throws {
        let values = sawtooth(rows: 500)
        let first = try output("kmeans:k=5,window=10,seed=7", [values]).scores
        #expect(try output("kmeans:k=5,window=10,seed=7", [values]).scores == first)
        #expect(try output("kmeans:k=5,window=10,seed=8", [values]).scores != first)
    }

    @Test("a form that is unlike the others scores highest, whatever the height of its window")
    func form() throws {
        var random = SplitMix64(seed: 2)
        var values = (0..<2_000).map { Double($0 % 25) + 0.5 * random.gaussian() + 100 * Double($0 / 1_000) }
        for row in 600..<625 { values[row] = Double(24 - row % 25) }
        #expect((585..<640).contains(top(try output("kmeans:window=25", [values]).scores)))
    }

    @Test("of several columns rows are compared, unless a window is set")
    func rows() throws {
        let result = try output("kmeans:k=3", threeGroups())
        #expect(result.reach == 1)
        #expect(top(result.scores) == 121)
        #expect(try output("kmeans:k=3,window=6", threeGroups()).reach == 6)
    }

    @Test("with reference=training what comes later does not move the centres")
    func training() throws {
        var values = sawtooth(rows: 600)
        for row in 400..<500 { values[row] = 20 }
        let all = try output("kmeans:k=4,window=10,scaling=column", [values]).scores
        let trained = try output("kmeans:k=4,window=10,scaling=column,reference=training", [values], training: 0..<400)
            .scores
        #expect(trained[450] > 3 * all[450])
    }

    @Test("clusters that would take too long are refused")
    func tooLarge() throws {
        let table = try Table(columns: [[Double](repeating: 0, count: 100_000)])
        let error = #expect(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeBatch("kmeans:k=1000,window=1000").fit(table, training: nil)
        }
        #expect(error?.description.contains("99001 windows of 1000 values in 1000 clusters take too long") == true)
    }
}
