import AuspexNumerics
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

/// The parts of the streaming default beside twins that say the same in the plainest way.
@Suite struct OnlinePartsTests {
    /// Values of a few kinds: noise, a few levels, a ramp, repeats.
    private static func values(_ kind: String, _ count: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { row in
            switch kind {
            case "levels": return Float(Int(random.uniform() * 5)) * 10
            case "ramp": return Float(row) + Float(random.gaussian())
            case "repeats": return Float((row % 24) * (row % 24))
            case "heavy": return Float(exp(3 * random.gaussian()))
            default: return Float(random.gaussian())
            }
        }
    }

    private static let kinds = ["noise", "levels", "ramp", "repeats", "heavy"]

    @Test("a sketch is its plain twin", arguments: kinds, [2, 3, 8, 56])
    func sketch(kind: String, capacity: Int) {
        var twin: [Float] = []
        var count: Int32 = 0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: capacity) { room in
            guard let start = room.baseAddress else { return }
            let sketch = SupportSketch(centres: start, capacity: capacity)
            for value in Self.values(kind, 1_500, seed: 3) {
                let novelty = sketch.novelty(of: value, count: &count)
                #expect(novelty == Self.twinNovelty(value, &twin, capacity))
                #expect(Array(room[..<Int(count)]) == twin)
                #expect(twin == twin.sorted())
            }
        }
    }

    private static func twinNovelty(_ value: Float, _ centres: inout [Float], _ capacity: Int) -> Float {
        guard let first = centres.first, let last = centres.last else {
            centres = [value]
            return 0
        }
        let novelty = centres.map { abs($0 - value) }.min() ?? 0
        guard novelty > (last - first) * 0.25 / Float(capacity) else { return novelty }
        centres = (centres + [value]).sorted()
        if centres.count > capacity {
            var closest = 1
            for index in stride(from: 2, to: centres.count - 1, by: 1)
            where closest == 1 || centres[index] - centres[index - 1] < centres[closest] - centres[closest - 1] {
                closest = index
            }
            if closest > 1 { centres[closest - 1] = 0.5 * (centres[closest - 1] + centres[closest]) }
            centres.remove(at: closest)
        }
        return novelty
    }

    @Test("medians are those of the sorted last values", arguments: kinds)
    func medians(kind: String) {
        var head = RecentMedians.Head()
        let values = Self.values(kind, 400, seed: 5)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 61) { room in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 76) { order in
                guard let start = room.baseAddress, let places = order.baseAddress else { return }
                let medians = RecentMedians(values: start, order: places)
                for row in values.indices {
                    if row == 200 { head = RecentMedians.Head() }
                    let from = row < 200 ? 0 : 200
                    let (short, long) = medians.push(values[row], head: &head)
                    #expect(short == Self.median(values[max(from, row - 14)...row]))
                    #expect(long == Self.median(values[max(from, row - 60)...row]))
                    for lag in 0..<8 {
                        let expected = row - lag >= from ? Double(values[row - lag]) : nil
                        #expect(head.value(lag, in: start) == expected)
                    }
                }
            }
        }
    }

    private static func median(_ values: ArraySlice<Float>) -> Float {
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half])
    }

    @Test("lag distances are those of the plain recursion, bit for bit", arguments: kinds, [2, 8])
    func lags(kind: String, width: Int) {
        let (capacity, lags) = (64, 40)
        var ring = Kernels.LagRing()
        var values = [Float](repeating: 0, count: capacity)
        var averages = [UInt16](repeating: 0, count: lags)
        var twin = [Float](repeating: 0, count: lags)
        let series = Self.values(kind, 500, seed: 9)
        let keep = 1 - 1 / Float(width)
        for row in series.indices {
            let least = averages.withUnsafeMutableBufferPointer { averages in
                values.withUnsafeBufferPointer { values in
                    Kernels.leastLagDistance(
                        averages: averages, values: values, ring: ring, value: series[row], width: width)
                }
            }
            for lag in 1...lags where lag <= row {
                let difference = series[row] - series[row - lag]
                twin[lag - 1] = Self.rounded(keep * twin[lag - 1] + (1 - keep) * (difference * difference))
            }
            let counting = stride(from: width, through: min(lags, row - width), by: 1)
            #expect(least == counting.map { twin[$0 - 1] }.min())
            values.withUnsafeMutableBufferPointer { values in
                if let start = values.baseAddress { ring.push(series[row], to: start, capacity: capacity) }
            }
        }
    }

    /// To the 8 bits of bfloat16, to nearest even.
    private static func rounded(_ value: Float) -> Float {
        let bits = value.bitPattern
        return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
    }

    @Test("the first positive novelty after n of 0 has rank 1/(n + 1)", arguments: [50, 300, 5_000])
    func firstNovelty(count: Int) {
        var head = RarityHistogram.Head()
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: RarityHistogram.binCount) { room in
            room.initialize(repeating: 0)
            guard let start = room.baseAddress else { return }
            let histogram = RarityHistogram(counts: start)
            for _ in 0..<count { #expect(histogram.rarity(of: 0, head: &head) == 0) }
            #expect(abs(histogram.rarity(of: 3, head: &head) - log10(Float(count + 1))) < 1e-4)
        }
    }

    @Test("ranks of novelties are as rare as they say, whatever their distribution", arguments: ["noise", "heavy"])
    func ranks(kind: String) {
        var head = RarityHistogram.Head()
        var over = [0, 0]
        let values = Self.values(kind, 60_000, seed: 11)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: RarityHistogram.binCount) { room in
            room.initialize(repeating: 0)
            guard let start = room.baseAddress else { return }
            let histogram = RarityHistogram(counts: start)
            for value in values {
                let rarity = histogram.rarity(of: abs(value), head: &head)
                if rarity >= 1 { over[0] += 1 }
                if rarity >= 2 { over[1] += 1 }
            }
        }
        // More than 32,768 of them, so that the counts were halved on the way.
        #expect(abs(Double(over[0]) / 60_000 - 0.1) < 0.02)
        #expect(abs(Double(over[1]) / 60_000 - 0.01) < 0.004)
    }

    @Test("a linear recursion is learned, and its error falls to the noise")
    func regression() {
        var random = SplitMix64(seed: 2)
        var past: [Double] = []
        var head = RecursiveRegression.Head()
        var errors: [Double] = []
        withUnsafeTemporaryAllocation(byteCount: RecursiveRegression.bytes, alignment: 8) { room in
            guard let start = room.baseAddress else { return }
            let model = RecursiveRegression(weights: start.assumingMemoryBound(to: Double.self))
            model.begin()
            for _ in 0..<4_000 {
                let next = 1.6 * (past.last ?? 0) - 0.8 * (past.dropLast().last ?? 0) + 0.1 * random.gaussian()
                let prediction = model.update(next, head: &head) { lag in
                    lag < past.count ? past[past.count - 1 - lag] : nil
                }
                if let prediction { errors.append(abs(prediction.value - next)) }
                past.append(next)
            }
        }
        #expect(errors.count == 4_000 - RecursiveRegression.order)
        let late = errors.suffix(1_000).reduce(0, +) / 1_000
        // The mean absolute value of Gaussian noise of deviation 0.1 is 0.0798.
        #expect(late < 0.09)
    }
}
